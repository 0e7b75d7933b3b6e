#pragma once

// All coordinators of a job: leads what subtasks say to the one it is meant for, and says by effects what is to be
// sent, and when their part of a checkpoint is complete (CO-16, SO-15). Touches no port.

#include <optional>
#include <variant>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "checkpoint/effects.h"
#include "checkpoint/plan.h"
#include "coordination/source_coordinator.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

struct SendToTask {
  Message message;
  SubtaskId subtask;
};
struct ArmEventTimeout {
  SubtaskId subtask;
  std::uint32_t number = 0;  // of the event
};
// Their part of it is complete, and every event that belongs before it has arrived.
struct CoordinatorsSnapshotted {
  CheckpointId checkpoint;
  std::vector<CoordinatorState> states;
};
// An event did not arrive while its subtask runs: consistency by failover (SO-18).
struct EventLost {
  ExecutionAttempt attempt;
};

using CoordinationEffect = std::variant<SendToTask, ArmEventTimeout, CoordinatorsSnapshotted, EventLost, Event>;

class OperatorCoordinators {
 public:
  // There are none unless the options ask for them. All references outlive this.
  OperatorCoordinators(const ExecutionGraph& graph, const JobOptions& options, const DefectSet& defects,
                       const TaskViews& tasks, ActorId actor);

  bool any() const { return !sources_.empty(); }

  // Before a deployment that begins anew everywhere (RE-6). `checkpoint`: null: from the start, with the splits that
  // the sources have: `discovered`, in the order of the vertices with a coordinator.
  void reset(const CompletedCheckpoint* checkpoint, std::vector<std::vector<SourceSplit>> discovered);
  // New attempts have been deployed from that checkpoint (SO-9).
  void deployed(CheckpointId restored);
  void subtask_finished(ExecutionAttempt attempt);

  void on_event(const CoordinatorEvent& event);
  void on_seen(const EventSeen& seen);
  void on_timeout(SubtaskId subtask, std::uint32_t number);

  void snapshot(CheckpointId checkpoint);
  void on_completed(CheckpointId checkpoint);
  void on_aborted(CheckpointId checkpoint);

  EffectQueue<CoordinationEffect>& effects() { return effects_; }
  // The sources with a coordinator.
  std::vector<const JobVertex*> vertices() const;

 private:
  struct Source {
    const JobVertex* vertex;
    SourceCoordinator coordinator;
  };
  Source* source_of(SubtaskId subtask);
  SubtaskGateway& gateway_of(Source& source, SubtaskId subtask);
  bool current(ExecutionAttempt attempt) const;  // and not over
  void pump(Source& source, SubtaskId subtask);  // sends what may go now
  void pump_all();
  void complete_if_settled();
  void report_cut(const Source& source, SubtaskId subtask, CheckpointId checkpoint);
  void report_unassigned(EventKind kind, const Source& source, CheckpointId checkpoint);

  const ExecutionGraph& graph_;
  const DefectSet& defects_;
  const TaskViews& tasks_;
  ActorId actor_;
  std::vector<Source> sources_;  // by vertex
  std::optional<CoordinatorsSnapshotted> under_way_;
  EffectQueue<CoordinationEffect> effects_;
};

}  // namespace weir::engine
