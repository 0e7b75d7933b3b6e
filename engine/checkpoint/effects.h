#pragma once

// What the checkpoint coordinator wants done; the JobManager performs it through the ports, in order.

#include <deque>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "weir/engine/events.h"
#include "weir/engine/ha_store.h"
#include "weir/engine/messages.h"
#include "weir/engine/types.h"

namespace weir::engine {

enum class CheckpointTimer : std::uint8_t {
  Periodic,  // argument: generation of the periodic trigger
  Timeout,   // argument: checkpoint
  Store,     // argument: request that is to be repeated
};

struct ArmCheckpointTimer {
  CheckpointTimer kind{};
  Duration delay{};
  std::uint64_t argument = 0;
};
// The outcome comes back as CheckpointCoordinator::metadata_stored.
struct WriteMetadata {
  CheckpointId checkpoint;
  std::string path;
  Bytes content;
};
struct DeleteCheckpointFile {
  std::string path;
};
// Of the files below a directory only these stay (SH-15).
struct CleanDirectory {
  std::string directory;
  std::set<std::string> keep;
};
// More checkpoints failed than the job tolerates (CO-38).
struct FailJob {
  AbortReason reason{};
};

// The coordinators of operators take their part of it now (CO-16). The outcome comes back as
// CheckpointCoordinator::coordinators_snapshotted.
struct SnapshotCoordinators {
  CheckpointId checkpoint;
};
// They hear what became of it, as the tasks do (SO-15).
struct TellCoordinators {
  CheckpointId checkpoint;
  bool completed = false;  // else aborted
};

// The job ends with this savepoint, whose metadata is durable: from here on it does not restart (SP-9).
struct JobEndsWith {
  CheckpointId savepoint{};
};

// A savepoint that was asked for is stored, or it will not come.
struct SavepointEnded {
  std::uint32_t request = 0;  // JobRequest::number
  CheckpointId savepoint{};   // 0: it failed
};

// With high availability: the outcome is in the store, and no pointer of the job is left. What remains is the end.
struct JobConcluded {
  JobState state{};
};

using CheckpointEffect =
    std::variant<TriggerCheckpoint, NotifyCheckpointComplete, NotifyCheckpointAborted, WriteMetadata,
                 DeleteCheckpointFile, CleanDirectory, ArmCheckpointTimer, FailJob, SnapshotCoordinators,
                 TellCoordinators, JobEndsWith, SavepointEnded, HaRequest, JobConcluded, Event>;

// First in, first out: a machine leaves its effects here, its owner takes them.
template <class Effect>
class EffectQueue {
 public:
  void push(Effect effect) { effects_.push_back(std::move(effect)); }
  bool empty() const { return effects_.empty(); }
  std::size_t size() const { return effects_.size(); }
  Effect take() {
    Effect first = std::move(effects_.front());
    effects_.pop_front();
    return first;
  }

 private:
  std::deque<Effect> effects_;
};

}  // namespace weir::engine
