#include "model/advice.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "weir/engine/messages.h"

namespace weir::scenarios {
namespace {

using engine::MessageKind;

// The first of the keys that the file gives; else where the last one would stand.
Place first_given(const Document& document, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (document.find(key) != nullptr) return document.place_of(key);
  }
  return document.place_of(*(keys.end() - 1));
}

// Without one of these a checkpoint neither completes nor is declined: only its timeout ends it (G-3).
bool holds_up_a_checkpoint(const sim::Fault& fault) {
  return fault.kind == sim::FaultKind::LoseMessages &&
         (fault.message == MessageKind::TriggerCheckpoint || fault.message == MessageKind::AcknowledgeCheckpoint ||
          fault.message == MessageKind::DeclineCheckpoint);
}

bool checkpoints_may_hang(const Scenario& scenario) {
  const sim::FaultPlan& faults = scenario.explicit_faults;
  return (scenario.profile.lose_messages && scenario.profile.max_faults > 0) ||
         std::any_of(faults.begin(), faults.end(), holds_up_a_checkpoint);
}

void advise_on_drain(const Document& document, const Scenario& scenario, Problems& warnings) {
  const engine::CheckpointOptions& checkpoint = scenario.base.options.checkpoint;
  const engine::Duration drain = scenario.base.world.drain;
  if (!checkpoint.enabled || drain > checkpoint.timeout || !checkpoints_may_hang(scenario)) return;
  const std::string timeout = sim::duration_text(checkpoint.timeout);
  warnings.add(first_given(document, {"world.drain", "checkpoint.timeout", "faults.lose-messages", "fault.0"}),
               "warning: world.drain (" + sim::duration_text(drain) + ") is not longer than checkpoint.timeout (" +
                   timeout +
                   "), and messages may be lost: a checkpoint that waits for a lost message is given up only then, so "
                   "the job may have no chance to finish; raise world.drain above " +
                   timeout + ", or lower checkpoint.timeout");
}

// The nemesis draws none of them then.
void advise_on_high_availability(const Document& document, const Scenario& scenario, Problems& warnings) {
  const sim::FaultProfile& profile = scenario.profile;
  const bool asked = profile.crash_job_manager || profile.ha_write_ambiguous || profile.lose_leadership;
  if (!asked || scenario.base.options.high_availability == engine::HighAvailability::Store) return;
  warnings.add(
      first_given(document, {"faults.crash-jobmanager", "faults.ha-write-ambiguous", "faults.lose-leadership"}),
      "warning: without high availability these faults are not drawn; set cluster.high-availability to "
      "\"store\", or crash the JobManager by a [[fault]]");
}

}  // namespace

void advise(const Document& document, const Scenario& scenario, Problems& warnings) {
  advise_on_drain(document, scenario, warnings);
  advise_on_high_availability(document, scenario, warnings);
}

}  // namespace weir::scenarios
