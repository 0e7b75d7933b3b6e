#include "channel/no_stuck_channel.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using engine::SubtaskId;

constexpr sim::TraceKind kWatched[] = {
    EventKind::AlignmentStarted, EventKind::AlignmentEnded,  EventKind::AlignmentAborted,    EventKind::ChannelBlocked,
    EventKind::ChannelResumed,   EventKind::AttemptDeployed, EventKind::AttemptStateChanged,
};

// One that stayed blocked would hold its sender back, and whoever waits for that one, for good (BP-4).
bool is_over(engine::AttemptState state) { return state >= engine::AttemptState::Finished; }
static_assert(engine::AttemptState::Finished < engine::AttemptState::Canceled);
static_assert(engine::AttemptState::Finished < engine::AttemptState::Failed);

std::uint64_t attempt_of(const sim::TraceEvent& event) {
  const bool in_detail = event.kind == sim::TraceKind(EventKind::AlignmentEnded) ||
                         event.kind == sim::TraceKind(EventKind::AttemptStateChanged);
  return in_detail ? event.detail : event.b;
}

}  // namespace

std::span<const sim::TraceKind> NoStuckChannel::watched() const { return kWatched; }

bool NoStuckChannel::begin(const RunContext& context) {
  lay_out(*context.graph);
  instant_ = 0;
  finding_.clear();
  return true;
}

void NoStuckChannel::lay_out(const engine::ExecutionGraph& graph) {
  graph_ = &graph;
  receivers_.assign(graph_->subtasks().size(), Receiver{});
  blocks_.assign(graph_->channels().size(), Block{});
  touched_.clear();
}

void NoStuckChannel::before_stage() { settle(); }
void NoStuckChannel::on_stage(const RunContext& context) { lay_out(*context.graph); }

void NoStuckChannel::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.time != instant_) settle();
  instant_ = event.time;
  const std::optional<SubtaskId> subtask = receiver_of(event);
  if (!subtask) return;
  apply(event, index, *subtask);
  Receiver& receiver = receivers_[subtask->value];
  if (!receiver.touched) touched_.push_back(*subtask);
  receiver.touched = true;
}

// The subtask an event is about; deployments are the coordinator's words.
std::optional<SubtaskId> NoStuckChannel::receiver_of(const sim::TraceEvent& event) const {
  std::uint64_t subtask = event.a;
  if (event.kind != sim::TraceKind(EventKind::AttemptDeployed)) {
    if (!is_subtask(event.actor)) return std::nullopt;
    subtask = subtask_of(event.actor).value;
  }
  if (subtask >= receivers_.size()) return std::nullopt;
  return SubtaskId{static_cast<std::uint16_t>(subtask)};
}

void NoStuckChannel::apply(const sim::TraceEvent& event, std::uint32_t index, SubtaskId subtask) {
  if (event.kind == sim::TraceKind(EventKind::AttemptDeployed)) return deployed(event.detail, subtask);
  Receiver& receiver = receivers_[subtask.value];
  if (attempt_of(event) != receiver.attempt) return;
  switch (static_cast<EventKind>(event.kind.value)) {
    case EventKind::AlignmentStarted:
      receiver.aligning = event.a;
      return;
    case EventKind::AlignmentEnded:
    case EventKind::AlignmentAborted:
      receiver.ended_at = index;
      if (event.a >= receiver.aligning) receiver.aligning = 0;
      return;
    case EventKind::ChannelBlocked:
      return block(event, index, receiver);
    case EventKind::ChannelResumed:
      return resume(event, receiver);
    case EventKind::AttemptStateChanged:
      if (is_over(static_cast<engine::AttemptState>(event.a))) forget(subtask);
      return;
    default:
      return;
  }
}

void NoStuckChannel::block(const sim::TraceEvent& event, std::uint32_t index, Receiver& receiver) {
  if (event.detail >= blocks_.size()) return;
  Block& b = blocks_[event.detail];
  if (b.checkpoint == 0) ++receiver.blocked;
  b = {event.a, index};
}

void NoStuckChannel::resume(const sim::TraceEvent& event, Receiver& receiver) {
  if (event.detail >= blocks_.size() || blocks_[event.detail].checkpoint == 0) return;
  blocks_[event.detail] = {};
  --receiver.blocked;
}

// One that an ousted leader deploys may come after its successor (RE-15).
void NoStuckChannel::deployed(std::uint32_t attempt, SubtaskId subtask) {
  Receiver& receiver = receivers_[subtask.value];
  if (attempt < receiver.attempt) return;
  forget(subtask);
  receiver.attempt = attempt;
}

// The channels of an attempt end with it.
void NoStuckChannel::forget(SubtaskId subtask) {
  Receiver& receiver = receivers_[subtask.value];
  receiver = {.attempt = receiver.attempt, .touched = receiver.touched};
  for (const engine::ChannelId channel : graph_->subtask(subtask).inputs) blocks_[channel.value] = {};
}

void NoStuckChannel::settle() {
  for (const SubtaskId subtask : touched_) {
    receivers_[subtask.value].touched = false;
    if (receivers_[subtask.value].blocked > 0) check(subtask);
  }
  touched_.clear();
}

// Told once for each channel: it counts as resumed afterwards.
void NoStuckChannel::check(SubtaskId subtask) {
  Receiver& receiver = receivers_[subtask.value];
  for (const engine::ChannelId channel : graph_->subtask(subtask).inputs) {
    Block& b = blocks_[channel.value];
    if (b.checkpoint == 0 || b.checkpoint == receiver.aligning) continue;
    const bool after_end = receiver.ended_at != kNever && receiver.ended_at > b.at;
    finding_.add(graph_->channel(channel).name + " stayed blocked for checkpoint " + std::to_string(b.checkpoint) +
                     (after_end ? " after its alignment was over" : ", which nobody was aligning"),
                 {b.at, after_end ? receiver.ended_at : kNever});
    b = {};
    --receiver.blocked;
  }
}

void NoStuckChannel::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  settle();
  finding_.conclude(verdict);
}

}  // namespace weir::properties
