#include "world/control_plane.h"

#include <utility>

#include "world/effect.h"

namespace weir::sim {

void SimControlPlane::reset(std::uint64_t seed, LatencyRange latency) {
  latency_ = latency;
  in_flight_.clear();
  links_.clear();
  const std::size_t pairs = processes_->size() * processes_->size();
  for (std::size_t pair = 0; pair < pairs; ++pair) links_.push_back({RandomStream(seed, "network/control", pair)});
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
  Link& link = this->link(from, to);
  link.last_arrival = scheduler_->arrival(link.last_arrival, scheduler_->latency(latency_, link.latencies));
  QueuedEvent event;
  event.target = to.value;
  event.small = in_flight_.put({std::move(message), from, to, processes_->incarnation(to), sent, session});
  scheduler_->push(link.last_arrival, Happening::Message, event);
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
  const InFlight arrived = in_flight_.take(event.small);
  log_->begin_handler(arrived.cause);
  engine::Process* receiver = processes_->find(arrived.to, arrived.incarnation);
  if (receiver == nullptr) {
    report(WorldEventKind::MessageLost, arrived.from, arrived.to, arrived.message);
    return refuse(arrived);
  }
  report(WorldEventKind::MessageDelivered, arrived.to, arrived.from, arrived.message);
  receiver->on_message(arrived.from, arrived.session, arrived.message);
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
