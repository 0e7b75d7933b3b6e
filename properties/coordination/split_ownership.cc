#include "coordination/split_ownership.h"

#include "weir/engine/events.h"

namespace weir::properties {
namespace {

constexpr sim::TraceKind kWatched[] = {engine::EventKind::CheckpointCompleted};

}  // namespace

std::span<const sim::TraceKind> SplitOwnership::watched() const { return kWatched; }

bool SplitOwnership::begin(const RunContext& context) {
  context_ = context;
  finding_.clear();
  return context.reference != nullptr;
}

void SplitOwnership::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  const CheckpointFacts* const facts = context_.history->checkpoint({event.a});
  if (facts == nullptr || context_.reference == nullptr) return;
  for (const SourceInfo& source : context_.reference->sources()) check_source(*facts, source, index);
}

void SplitOwnership::check_source(const CheckpointFacts& facts, const SourceInfo& source, std::uint32_t index) {
  owners_.assign(source.start.size(), 0);
  for (const SplitPosition& split : facts.splits) {
    if (split.source == source.vertex && split.split < owners_.size()) ++owners_[split.split];
  }
  const bool all_are_told = !facts.any_finished(*context_.graph, source.vertex);
  for (std::size_t split = 0; split < owners_.size(); ++split) {
    if (owners_[split] == 1 || (owners_[split] == 0 && !all_are_told)) continue;
    finding_.add("split " + std::to_string(split) + " of " + source.label +
                     (owners_[split] == 0 ? " has no owner" : " has " + std::to_string(owners_[split]) + " owners") +
                     " in checkpoint " + std::to_string(facts.id.value),
                 {facts.triggered, index});
  }
}

void SplitOwnership::judge(const sim::RunOutcome&, const sim::Trace&, Verdict& verdict) { finding_.conclude(verdict); }

}  // namespace weir::properties
