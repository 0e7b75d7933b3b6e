#pragma once

// After every recovery, keyed state is what the records before the restored positions make it, no more and no less.

#include <string>
#include <vector>

#include "state/prefix_fold.h"
#include "state/restored_deployment.h"
#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kStateEqualsFold{
    "state-equals-fold",
    "After every recovery, sources are at the positions of the restored checkpoint and keyed state is the fold of "
    "exactly the records before them, as soon as what was in flight has been processed.",
    "P1, P19, P21, G-2, SO-1, SO-8, RE-7, RE-8, RE-9",
};

// A deployment is the whole job or some of its regions; what depends on the others is then not looked at, because
// regions share no records (RE-5). Judges a deployment once all its subtasks have come to run: when the next checkpoint
// is triggered (CO-5), when the next deployment begins, or at the end of the run. Commutative jobs only: the sequential
// run reads split by split.
class StateEqualsFold final : public Check {
 public:
  const PropertyInfo& info() const override { return kStateEqualsFold; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void before_stage() override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void on_report(const sim::TraceEvent& event, std::uint32_t index, engine::SubtaskId subtask);
  bool is_current(engine::SubtaskId subtask, const sim::TraceEvent& event) const;
  void on_deployed(const sim::TraceEvent& event);
  void start_deployment();
  void judge_deployment();
  void check_restored_id(const sim::TraceEvent& event, std::uint32_t index, engine::SubtaskId subtask);
  void check_position(const RestoredDeployment::Split& split);
  void check_state(const RestoredDeployment::Keyed& keyed);
  void check_sum(const engine::JobVertex& vertex);
  bool in_flight_before(const CheckpointFacts& facts, engine::VertexId vertex) const;
  std::uint64_t position_without_restart(const RestoredDeployment::Split& split) const;
  const SplitPosition* in_snapshot(const CheckpointFacts& facts, const RestoredDeployment::Split& split) const;
  std::string name_of(const RestoredDeployment::Split& split) const;
  std::string origin() const;  // "checkpoint 3", "the start"

  RunContext context_;
  const engine::ExecutionGraph* graph_ = nullptr;
  const Reference* reference_ = nullptr;
  engine::AttemptId generation_{};
  bool judged_ = false;
  bool exact_ = true;    // no job of the run so far gave that up
  bool silent_ = false;  // of this job there is no reference, or its state is not exact
  RestoredDeployment deployment_;
  PrefixFold fold_;
  std::vector<std::uint64_t> positions_;
  std::vector<std::uint32_t> restoring_;  // by subtask the attempt that began to restore last; 0: none
  Finding finding_;
};

}  // namespace weir::properties
