#include "commit/nothing_uncommitted_visible.h"

#include <algorithm>

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

using engine::EventKind;
using sim::WorldEventKind;

constexpr sim::TraceKind kWatched[] = {
    EventKind::TransactionPreCommitted,
    EventKind::CheckpointCompleted,
    WorldEventKind::LogVisible,
};

}  // namespace

std::span<const sim::TraceKind> NothingUncommittedVisible::watched() const { return kWatched; }

bool NothingUncommittedVisible::begin(const RunContext& context) {
  history_ = context.history;
  pre_commits_.clear();
  newest_completed_.clear();
  finding_.clear();
  return true;
}

void NothingUncommittedVisible::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.kind == sim::TraceKind(WorldEventKind::LogVisible)) return on_visible(event, index);
  if (event.kind == sim::TraceKind(EventKind::CheckpointCompleted)) return on_completed(event);
  pre_commits_.push_back({event.b, event.a, {event.detail, event.actor.value}, index});
}

void NothingUncommittedVisible::on_completed(const sim::TraceEvent& event) {
  const CheckpointFacts* facts = history_->checkpoint({event.a});
  const bool commits = facts != nullptr && facts->kind != engine::CheckpointKind::Savepoint;  // SP-3
  if (commits) justify(*facts);
}

// What a job starts from is committed by that, even a savepoint that committed nothing before.
void NothingUncommittedVisible::on_stage(const RunContext& context) {
  if (const CheckpointFacts* facts = history_->checkpoint(context.restored)) justify(*facts);
}

void NothingUncommittedVisible::justify(const CheckpointFacts& completed) {
  for (std::uint16_t s = 0; s < completed.attempts.size(); ++s) {
    std::uint64_t& newest = newest_completed_[{completed.attempts[s].value, actor_of(engine::SubtaskId{s}).value}];
    newest = std::max(newest, completed.id.value);
  }
}

void NothingUncommittedVisible::on_visible(const sim::TraceEvent& event, std::uint32_t index) {
  if (event.detail == 0) return;
  const std::string what = counted(event.detail, "record") + " of transaction " + std::to_string(event.a);
  const PreCommit* pre_commit = find(event.a);
  if (pre_commit == nullptr) return finding_.add(what + " became visible without any pre-commit", {index});
  const auto completed = newest_completed_.find(pre_commit->writer);
  if (completed != newest_completed_.end() && completed->second >= pre_commit->checkpoint) return;
  finding_.add(what + " became visible, though checkpoint " + std::to_string(pre_commit->checkpoint) +
                   ", which attempt " + std::to_string(pre_commit->writer.first) +
                   " pre-committed it for, has not completed",
               {pre_commit->at, index});
}

const NothingUncommittedVisible::PreCommit* NothingUncommittedVisible::find(std::uint64_t transaction) const {
  const auto found = std::find_if(pre_commits_.rbegin(), pre_commits_.rend(),
                                  [&](const PreCommit& p) { return p.transaction == transaction; });
  return found != pre_commits_.rend() ? &*found : nullptr;
}

void NothingUncommittedVisible::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) {
  finding_.conclude(verdict);
}

}  // namespace weir::properties
