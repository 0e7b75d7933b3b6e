#pragma once

// What the job's user does during a run: takes a savepoint, stops or cancels the job, and starts the next version of it
// from what is left. Values, like faults.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/engine/processes.h"
#include "weir/sim/fault.h"

namespace weir::sim {

struct Action {
  engine::JobRequestKind request = engine::JobRequestKind::Savepoint;
  engine::SavepointFormat format = engine::SavepointFormat::Canonical;
  bool starts_next = false;  // when the job has ended by it, the next stage begins
  Trigger trigger;
  friend bool operator==(const Action&, const Action&) = default;
};

// The newest savepoint; or the newest checkpoint of the job before, else what that one started from.
enum class StageOrigin : std::uint8_t { Savepoint, Checkpoint };
std::string_view name(StageOrigin origin);

// A job of the run: the first one, or one that was started when the one before had ended. All of them use the same
// workload, storage and log; each has a cluster of its own, with empty disks.
struct Stage {
  engine::JobSetup setup;
  StageOrigin from = StageOrigin::Savepoint;
  engine::RestoreOptions restore = {};  // its directory is found out
};

// Actions are carried out one after the other, each in the stage that the ones before it lead to. One that the job
// refuses, or that a failure undoes, is tried again until it succeeds.
struct ActionActivity {
  bool asked = false;      // its trigger came
  bool fulfilled = false;  // the job did it
  Time fulfilled_at{};
  friend bool operator==(const ActionActivity&, const ActionActivity&) = default;
};

struct StageInfo {
  std::shared_ptr<const engine::ExecutionGraph> graph;
  std::uint32_t first_event = 0;    // of the trace
  engine::CheckpointId restored{};  // 0: it started from the beginning
};
// Of the job that is the n-th after the first: where its checkpoints lie in storage, "" or "job-2/".
std::string directory_of_stage(std::uint32_t stage);

}  // namespace weir::sim
