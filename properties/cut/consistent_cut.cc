#include "cut/consistent_cut.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::ChannelCut;

constexpr sim::TraceKind kWatched[] = {engine::EventKind::CheckpointCompleted};

std::string of(const CheckpointFacts& facts) { return "checkpoint " + std::to_string(facts.id.value); }

const char* have(std::uint64_t n, const char* one, const char* many) { return n == 1 ? one : many; }

bool took_part(const SubtaskPart& part) { return part.snapshot_taken != kNever && !part.finished; }

}  // namespace

std::span<const sim::TraceKind> ConsistentCut::watched() const { return kWatched; }

bool ConsistentCut::begin(const RunContext& context) {
  context_ = context;
  finding_.clear();
  return true;
}

void ConsistentCut::on_event(const sim::TraceEvent& event, std::uint32_t) {
  const CheckpointFacts* facts = context_.history->checkpoint({event.a});
  if (facts == nullptr) return;
  for (const engine::SubtaskInfo& subtask : context_.graph->subtasks()) check_part(*facts, subtask.id);
  for (const engine::ChannelInfo& channel : context_.graph->channels()) check_channel(*facts, channel);
}

void ConsistentCut::check_part(const CheckpointFacts& facts, engine::SubtaskId subtask) {
  const SubtaskPart& part = facts.parts[subtask.value];
  if (part.finished) return;
  const std::string& who = context_.graph->subtask(subtask).name;
  if (part.snapshot_taken == kNever) {
    finding_.add(who + " was running and has no snapshot in " + of(facts), {facts.triggered, facts.completed});
  } else if (const engine::AttemptId current = context_.history->attempts().current(subtask); part.attempt != current) {
    finding_.add("the snapshot of " + who + " in " + of(facts) + " is from attempt " +
                     std::to_string(part.attempt.value) + ", though attempt " + std::to_string(current.value) +
                     " is the current one",
                 {part.snapshot_taken, facts.completed});
  }
}

void ConsistentCut::check_channel(const CheckpointFacts& facts, const engine::ChannelInfo& channel) {
  if (!took_part(facts.parts[channel.producer.value]) || !took_part(facts.parts[channel.consumer.value])) return;
  const std::string problem = difference(facts, channel);
  if (problem.empty()) return;
  finding_.add(channel.name + ": " + problem + " (" + of(facts) + ")",
               {facts.sent[channel.id.value].at, facts.received[channel.id.value].at, facts.completed});
}

// Empty: both ends agree.
std::string ConsistentCut::difference(const CheckpointFacts& facts, const engine::ChannelInfo& channel) const {
  const Cut& sent = facts.sent[channel.id.value];
  const Cut& received = facts.received[channel.id.value];
  if (sent.at == kNever) return "no barrier was sent on it";
  if (received.at == kNever) return "the receiver took its snapshot without a cut of it";
  if (sent.attempt != received.attempt) {
    return "the barrier is of attempt " + std::to_string(sent.attempt.value) + ", the receiver's snapshot of attempt " +
           std::to_string(received.attempt.value);
  }
  const std::uint64_t kept = ChannelCut::sum(received.packed, facts.saved[channel.id.value]);  // BA-30
  if (sent.packed == kept) return {};
  const std::uint64_t before = ChannelCut::count(sent.packed);
  const std::uint64_t in = ChannelCut::count(kept);
  if (before > in) {
    return counted(before - in, "record") + " sent before the barrier " + have(before - in, "was", "were") +
           " not in the receiver's snapshot";
  }
  if (in > before && !promises_exactly_once(context_)) return {};  // BA-18
  if (in > before) {
    return counted(in - before, "record") + " in the receiver's snapshot " + have(in - before, "was", "were") +
           " not sent before the barrier";
  }
  return counted(in, "record") +
         " sent before the barrier and as many in the receiver's snapshot, but not the same ones";
}

void ConsistentCut::on_stage(const RunContext& context) { context_ = context; }

void ConsistentCut::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) { finding_.conclude(verdict); }

}  // namespace weir::properties
