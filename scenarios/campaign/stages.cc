#include "campaign/stages.h"

#include <string_view>
#include <utility>
#include <vector>

#include "model/restart_keys.h"
#include "weir/engine/processes.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {
namespace {

using engine::JobRequestKind;
using engine::Status;
using engine::StatusCode;

constexpr std::string_view kParameter = "job.params.";

JobRequestKind request_of(const ActionSpec& action) {
  switch (action.kind) {
    case ActionKind::Savepoint:
      return JobRequestKind::Savepoint;
    case ActionKind::Cancel:
    case ActionKind::Restore:
      return JobRequestKind::Cancel;
    default:
      return action.drain ? JobRequestKind::StopAndDrain : JobRequestKind::Stop;
  }
}

Status change(RunSpec& spec, const std::string& key, const std::string& value) {
  if (key.compare(0, kParameter.size(), kParameter) == 0) {
    spec.job.parameters[key.substr(kParameter.size())] = value;
    return {};
  }
  const SpecKey* known = spec_key(key);
  if (known == nullptr) return {StatusCode::Corrupt, "unknown key '" + key + "'"};
  return known->set(spec, *known, value);
}

Status change_all(RunSpec& spec, const ActionSpec& action) {
  std::vector<std::string_view> said;
  for (const auto& [key, value] : action.changes) {
    const Status status = change(spec, key, value);
    if (!status.ok()) return {status.code(), key + ": " + status.message()};
    said.push_back(key);
  }
  const auto problem = choose_restart_strategy(spec, said);
  if (problem) return {StatusCode::Corrupt, std::string(problem->key) + ": " + problem->what};
  return {};
}

// The input of the run was laid out for the first job.
Status can_read_on(const engine::JobSetup& next, std::uint32_t parallelism, std::uint32_t first) {
  const std::string name = parallelism == first ? std::string() : engine::keyed_in_place(next);
  if (name.empty()) return {};
  return {StatusCode::Corrupt,
          name + " takes records to be with the subtask that owns their key, and the input has them where " +
              std::to_string(first) + " subtasks own them: leave job.parallelism at " + std::to_string(first)};
}

Status add_stage(PreparedStages& made, const RunSpec& spec, const ActionSpec& action, const PreparedJob& first,
                 JobCache& jobs) {
  auto job = jobs.get_on_input_of(spec.job, first);
  if (!job.ok()) return job.status();
  sim::Stage stage;
  stage.setup = {job.value()->job.graph, spec.options};
  stage.from = action.kind == ActionKind::Restore ? action.from : sim::StageOrigin::Savepoint;
  stage.restore.claim = action.claim;
  stage.restore.allow_non_restored_state = action.allow_non_restored_state;
  const std::string problems = engine::validate(stage.setup);
  if (!problems.empty()) return {StatusCode::Corrupt, problems};
  const Status status = can_read_on(stage.setup, spec.job.parallelism, first.ref.parallelism);
  if (!status.ok()) return status;
  made.stages.push_back(std::move(stage));
  made.jobs.push_back(std::move(job).value());
  return {};
}

}  // namespace

engine::Result<PreparedStages> prepare_stages(const RunSpec& spec, const std::shared_ptr<const PreparedJob>& first,
                                              JobCache& jobs) {
  PreparedStages made;
  RunSpec stage = spec;
  for (const ActionSpec& action : spec.actions) {
    made.actions.push_back({request_of(action), action.format, starts_next(action.kind), action.trigger});
    if (!starts_next(action.kind)) continue;
    Status status = change_all(stage, action);
    if (status.ok()) status = add_stage(made, stage, action, *first, jobs);
    if (!status.ok()) {
      return Status(StatusCode::Corrupt, "the job that follows '" + to_text(action) + "': " + status.message());
    }
  }
  return made;
}

}  // namespace weir::scenarios
