#include "world/ha_store.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"
#include "weir/engine/hash.h"
#include "world/effect.h"

namespace weir::sim {

using engine::HaAnswer;
using engine::HaOutcome;
using engine::HaRequest;
using engine::HaRequestKind;

void SimHaStore::reset(std::uint64_t seed, LatencyRange latency, Duration detect_loss) {
  latency_ = latency;
  detect_loss_ = detect_loss;
  entries_.clear();
  leader_ = {};
  begin_stage(seed);
}

void SimHaStore::begin_stage(std::uint64_t seed) {
  candidates_.clear();
  led_ = false;
  requests_.clear();
  answers_.clear();
  ways_.clear();
  for (std::size_t place = 0; place < processes_->size(); ++place)
    ways_.push_back({RandomStream(seed, "ha-store", place)});
}

bool SimHaStore::alive(const Candidate& candidate) const {
  return processes_->find(candidate.process, candidate.incarnation) != nullptr;
}

Duration SimHaStore::latency(ProcessId process) {
  return Duration{scheduler_->latency(latency_, way(process).latencies)};
}

// --- leadership ----------------------------------------------------------------------------------------------------

void SimHaStore::contend(ProcessId candidate) {
  candidates_.push_back({candidate, processes_->incarnation(candidate)});
  if (led_) return;
  QueuedEvent event;
  event.small = log_->cause();
  event.a = leader_.session.value;
  scheduler_->push_after(latency(candidate), Happening::SessionEnd, event);
}

void SimHaStore::process_died(ProcessId process) {
  if (!led_ || leader_.process != process) return;
  QueuedEvent event;
  event.small = log_->cause();
  event.a = leader_.session.value;
  scheduler_->push_after(detect_loss_, Happening::SessionEnd, event);
}

void SimHaStore::end_session(const QueuedEvent& event) {
  if (event.a != leader_.session.value) return;
  log_->begin_handler(event.small);
  led_ = false;
  elect(ProcessId{0xFFFF});
}

bool SimHaStore::depose(Duration delay) {
  const ProcessId before = leader_.process;
  if (!led_ || processes_->find(before) == nullptr || !elect(before)) return false;
  candidates_.push_back({before, processes_->incarnation(before)});
  tell(before, delay);
  return true;
}

// A leader is a candidate no more until it is deposed. The one before it is told by whoever deposes it.
bool SimHaStore::elect(ProcessId except) {
  std::erase_if(candidates_, [&](const Candidate& candidate) { return !alive(candidate); });
  const auto next = std::find_if(candidates_.begin(), candidates_.end(),
                                 [&](const Candidate& candidate) { return candidate.process != except; });
  if (next == candidates_.end()) return false;
  leader_ = {next->process, {leader_.session.value + 1}};
  led_ = true;
  candidates_.erase(next);
  log_->world(WorldEventKind::LeadershipGranted, engine::kHaStoreActor, leader_.process.value, leader_.session.value);
  for (std::size_t place = 0; place < processes_->size(); ++place) {
    const ProcessId process = processes_->at(place);
    if (process != except && processes_->find(process) != nullptr) tell(process, Duration{0});
  }
  return true;
}

void SimHaStore::process_started(ProcessId process) {
  if (led_) tell(process, Duration{0});
}

void SimHaStore::tell(ProcessId process, Duration later) {
  QueuedEvent event;
  event.target = process.value;
  event.small = log_->cause();
  event.a = std::uint64_t{leader_.session.value} << 16 | leader_.process.value;
  event.b = processes_->incarnation(process);
  scheduler_->push_after(latency(process) + later, Happening::LeaderNews, event);
}

void SimHaStore::deliver_news(const QueuedEvent& event) {
  const ProcessId told{event.target};
  engine::Process* process = processes_->find(told, static_cast<std::uint32_t>(event.b));
  if (process == nullptr) return;
  const engine::Leader leader{{static_cast<std::uint16_t>(event.a & 0xFFFF)},
                              {static_cast<std::uint32_t>(event.a >> 16)}};
  log_->begin_handler(event.small);
  log_->world(WorldEventKind::LeaderAnnounced, engine::actor_of(told), leader.process.value, leader.session.value);
  process->on_leader(leader);
}

// --- entries -------------------------------------------------------------------------------------------------------

void SimHaStore::request(ProcessId owner, HaRequest request) {
  Way& way = this->way(owner);
  way.last_request = scheduler_->arrival(way.last_request, scheduler_->latency(latency_, way.latencies));
  QueuedEvent event;
  event.small = requests_.put({{owner, processes_->incarnation(owner)}, log_->cause(), std::move(request)});
  scheduler_->push(way.last_request, Happening::HaRequest, event);
}

// Also when whoever asked is dead by now: what is on its way arrives.
void SimHaStore::arrive(const QueuedEvent& event) {
  Request arrived = requests_.take(event.small);
  log_->begin_handler(arrived.cause);
  HaAnswer answer = answer_to(std::move(arrived.request));
  Way& way = this->way(arrived.owner.process);
  way.last_answer = scheduler_->arrival(way.last_answer, scheduler_->latency(latency_, way.latencies));
  QueuedEvent back;
  back.small = answers_.put({arrived.owner, log_->cause(), std::move(answer)});
  scheduler_->push(way.last_answer, Happening::HaAnswer, back);
}

void SimHaStore::deliver_answer(const QueuedEvent& event) {
  Answer arrived = answers_.take(event.small);
  engine::Process* owner = processes_->find(arrived.owner.process, arrived.owner.incarnation);
  if (owner == nullptr) return;
  log_->begin_handler(arrived.cause);
  owner->on_ha_answer(arrived.answer);
}

HaAnswer SimHaStore::answer_to(HaRequest request) {
  const bool write = request.kind != HaRequestKind::List;
  const auto blur = write && faults_->blurring() ? faults_->blur(request.checkpoint) : std::nullopt;
  HaAnswer answer{request.id, request.session, HaOutcome::Unknown};
  if (!blur || blur->applied) answer = apply(request);
  if (!blur) return answer;
  report(WorldEventKind::HaAnswerLost, request);
  report_effect(*faults_, *log_, blur->fault);
  return {request.id, request.session, HaOutcome::Unknown};
}

HaAnswer SimHaStore::apply(const HaRequest& request) {
  HaAnswer answer{request.id, request.session, HaOutcome::Done};
  if (!led_ || request.session != leader_.session) {
    answer.outcome = HaOutcome::NotLeader;
    report(WorldEventKind::HaRefused, request);
    return answer;
  }
  const auto found = entries_.find(request.entry);
  if (request.kind == HaRequestKind::List) {
    for (auto at = entries_.lower_bound(request.entry); at != entries_.end() && at->first.starts_with(request.entry);
         ++at) {
      answer.entries.push_back({at->first, at->second});
    }
  } else if (request.kind == HaRequestKind::Remove) {
    if (found == entries_.end()) {
      answer.outcome = HaOutcome::NotFound;
      return answer;
    }
    entries_.erase(found);
    report(WorldEventKind::HaRemoved, request);
  } else if (request.kind == HaRequestKind::Create && found != entries_.end()) {
    answer.outcome = HaOutcome::Exists;
    answer.content = found->second;
  } else {
    entries_.insert_or_assign(request.entry, request.content);
    report(WorldEventKind::HaWritten, request);
  }
  return answer;
}

void SimHaStore::report(WorldEventKind kind, const HaRequest& request) {
  log_->world(kind, engine::kHaStoreActor, request.session.value, request.checkpoint.value,
              engine::hash_bytes(request.entry));
}

}  // namespace weir::sim
