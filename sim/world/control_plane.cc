#include "world/control_plane.h"

#include <algorithm>
#include <utility>

#include "world/effect.h"

namespace weir::sim {
namespace {

// By what a message that is late may be overtaken on its link (flink-semantics 12).
enum class Overtaking : std::uint8_t { Nothing, OtherSubtasks, Anything };

Overtaking overtaking(engine::MessageKind kind) {
  switch (kind) {
    case engine::MessageKind::NotifyCheckpointComplete:
    case engine::MessageKind::NotifyCheckpointAborted:
      return Overtaking::Anything;
    case engine::MessageKind::AcknowledgeCheckpoint:
    case engine::MessageKind::DeclineCheckpoint:
      return Overtaking::OtherSubtasks;
    default:
      return Overtaking::Nothing;
  }
}

}  // namespace

void SimControlPlane::reset(std::uint64_t seed, LatencyRange latency) {
  latency_ = latency;
  in_flight_.clear();
  links_.clear();
  const std::size_t pairs = processes_->size() * processes_->size();
  for (std::size_t pair = 0; pair < pairs; ++pair)
    links_.push_back({RandomStream(seed, "network/control", pair), -1, {}});
}

void SimControlPlane::send(ProcessId from, ProcessId to, engine::SessionId session, engine::Message message) {
  WEIR_ASSERT(processes_->exists(from) && processes_->exists(to), "a message to or from nobody");
  const std::uint32_t sent = report(WorldEventKind::MessageSent, from, to, message);
  if (faults_->losing()) [[unlikely]] {
    if (const auto fault = faults_->lose(message)) {
      report(WorldEventKind::MessageLost, from, to, message);
      report_effect(*faults_, *log_, *fault);
      return;
    }
  }
  if (faults_->parting()) [[unlikely]] {
    if (const auto fault = faults_->part(from, to, scheduler_->now())) {
      report(WorldEventKind::MessageLost, from, to, message);
      report_effect(*faults_, *log_, *fault);
      return;
    }
  }
  if (faults_->repeating()) [[unlikely]]
    repeat(from, to, session, message, sent);
  const std::int64_t at = arrival(link(from, to), message);
  QueuedEvent event;
  event.target = to.value;
  event.small = in_flight_.put({std::move(message), from, to, processes_->incarnation(to), sent, session});
  scheduler_->push(at, Happening::Message, event);
}

std::int64_t SimControlPlane::arrival(Link& link, const engine::Message& message) {
  const std::int64_t in_order = scheduler_->arrival(link.last_arrival, scheduler_->latency(latency_, link.latencies));
  if (faults_->delaying() || !link.held.empty()) [[unlikely]]
    return late_arrival(link, message, in_order);
  return link.last_arrival = in_order;
}

std::int64_t SimControlPlane::late_arrival(Link& link, const engine::Message& message, std::int64_t in_order) {
  const auto fault = faults_->delay(message);
  if (fault) report_effect(*faults_, *log_, fault->fault);
  std::int64_t at = in_order + (fault ? engine::to_ns(fault->extra) : 0);
  const engine::SubtaskId subtask = engine::subtask_of(message);
  const auto held = link.held.find(subtask);
  if (held != link.held.end()) at = std::max(at, held->second + 1);
  const Overtaking by = fault ? overtaking(engine::kind_of(message)) : Overtaking::Nothing;
  if (by == Overtaking::Anything) return at;
  const bool behind = held != link.held.end() && at > in_order;
  if (by == Overtaking::OtherSubtasks || behind) return link.held[subtask] = at;
  if (held != link.held.end()) link.held.erase(held);
  return link.last_arrival = at;
}

// The copy keeps no order with what is sent in between: that is what makes it dangerous.
void SimControlPlane::repeat(ProcessId from, ProcessId to, engine::SessionId session, const engine::Message& message,
                             std::uint32_t sent) {
  const auto fault = faults_->repeat(message);
  if (!fault) return;
  QueuedEvent event;
  event.target = to.value;
  event.small = in_flight_.put({message, from, to, processes_->incarnation(to), sent, session});
  const Duration later{scheduler_->latency(latency_, link(from, to).latencies)};
  scheduler_->push_after(later + fault->extra, Happening::Message, event);
  report_effect(*faults_, *log_, fault->fault);
}

void SimControlPlane::deliver(const QueuedEvent& event) {
  InFlight arrived = in_flight_.take(event.small);
  log_->begin_handler(arrived.cause);
  engine::Process* receiver = processes_->find(arrived.to, arrived.incarnation);
  if (receiver == nullptr) {
    report(WorldEventKind::MessageLost, arrived.from, arrived.to, arrived.message);
    return refuse(arrived);
  }
  report(WorldEventKind::MessageDelivered, arrived.to, arrived.from, arrived.message);
  receiver->on_message(arrived.from, arrived.session, std::move(arrived.message));
}

// Nobody is there to take it. The sender of a heartbeat learns that, as of a connection that is refused; others do not
// ask.
void SimControlPlane::refuse(const InFlight& message) {
  const engine::MessageKind kind = engine::kind_of(message.message);
  if (kind != engine::MessageKind::Heartbeat && kind != engine::MessageKind::HeartbeatRequest) return;
  QueuedEvent event;
  event.target = message.from.value;
  event.small = log_->cause();
  event.a = processes_->incarnation(message.from);
  event.b = message.to.value;
  const Duration back{scheduler_->latency(latency_, link(message.to, message.from).latencies)};
  scheduler_->push_after(back, Happening::Unreachable, event);
}

std::uint32_t SimControlPlane::report(WorldEventKind kind, ProcessId at, ProcessId other,
                                      const engine::Message& message) {
  const auto detail = static_cast<std::uint32_t>(engine::kind_of(message)) | std::uint32_t{other.value} << 8;
  return log_->world(kind, engine::actor_of(at), detail, engine::checkpoint_of(message).value,
                     engine::subtask_of(message).value);
}

}  // namespace weir::sim
