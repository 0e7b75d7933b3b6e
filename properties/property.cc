#include "weir/properties/property.h"

#include <algorithm>
#include <array>

#include "channel/no_stuck_channel.h"
#include "commit/nothing_uncommitted_visible.h"
#include "coordination/checkpoint_order.h"
#include "coordination/event_consistency.h"
#include "coordination/failure_tolerance.h"
#include "coordination/split_ownership.h"
#include "coordination/zombies_are_harmless.h"
#include "cut/consistent_cut.h"
#include "cut/in_flight_conserved.h"
#include "delivery/at_least_once.h"
#include "delivery/exactly_once.h"
#include "liveness/engine_invariant.h"
#include "liveness/liveness.h"
#include "state/state_equals_fold.h"
#include "storage/durable_snapshots.h"
#include "storage/storage_tidy.h"

namespace weir::properties {
namespace {

constexpr std::array kAll{
    kExactlyOnce,       kAtLeastOnce,      kConsistentCut,
    kInFlightConserved, kStateEqualsFold,  kNothingUncommittedVisible,
    kCheckpointOrder,   kFailureTolerance, kZombiesAreHarmless,
    kEventConsistency,  kSplitOwnership,   kDurableSnapshots,
    kStorageTidy,       kNoStuckChannel,   kLiveness,
    kEngineInvariant,
};

// Violated is worse than inconclusive, inconclusive worse than holds.
int badness(Answer answer) {
  if (answer == Answer::Violated) return 2;
  return answer == Answer::Inconclusive ? 1 : 0;
}

}  // namespace

std::string_view name(Answer answer) {
  if (answer == Answer::Violated) return "violated";
  return answer == Answer::Inconclusive ? "inconclusive" : "holds";
}

std::span<const PropertyInfo> all_properties() { return kAll; }

Answer overall(const std::vector<Verdict>& verdicts) {
  Answer worst = Answer::Holds;
  for (const Verdict& verdict : verdicts) {
    if (badness(verdict.answer) > badness(worst)) worst = verdict.answer;
  }
  return worst;
}

Answer fault_activity_answer(const sim::RunOutcome& outcome) {
  if (outcome.faults.empty()) return Answer::Holds;
  const bool fired = std::any_of(outcome.faults.begin(), outcome.faults.end(), [](const auto& f) { return f.fired; });
  return fired ? Answer::Holds : Answer::Inconclusive;
}

std::string fault_activity_sentence(const sim::RunOutcome& outcome) {
  if (outcome.faults.empty()) return "No faults were planned.";
  const auto fired = std::count_if(outcome.faults.begin(), outcome.faults.end(), [](const auto& f) { return f.fired; });
  const std::string planned = std::to_string(outcome.faults.size());
  if (fired == 0) return "None of the " + planned + " planned faults fired, so the run shows nothing about them.";
  return std::to_string(fired) + " of " + planned + " planned faults fired.";
}

}  // namespace weir::properties
