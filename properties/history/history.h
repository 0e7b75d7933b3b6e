#pragma once

// The facts of a run that several properties share, kept up as the trace grows: who lives, and what became of each
// checkpoint. It only notes what was reported and draws no conclusion.

#include <cstdint>
#include <span>
#include <vector>

#include "history/attempts.h"
#include "history/checkpoint_facts.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"
#include "weir/sim/trace.h"

namespace weir::properties {

class History {
 public:
  static std::span<const sim::TraceKind> watched();

  void begin(const engine::ExecutionGraph& graph, const engine::JobOptions& options);
  // Another job follows, of which only `restored` is known: its facts are told in terms of that job's graph.
  void on_stage(const engine::ExecutionGraph& graph, engine::CheckpointId restored);
  void on_event(const sim::TraceEvent& event, std::uint32_t index);

  // The JobManager that leads, as far as it is decided; what another one reports counts for nothing (RE-15).
  // One that led before and is made the leader again leads when it has read what is in the store: until then it may not
  // have heard that it was none in between.
  bool leads(engine::ActorId job_manager) const { return job_manager == leader_ && leader_has_begun_; }
  const Attempts& attempts() const { return attempts_; }
  // Null when it was never triggered, or is so old that nothing can refer to it: superseded by a newer completed one.
  const CheckpointFacts* checkpoint(engine::CheckpointId id) const;
  // The checkpoint that the newest deployment was restored from; 0: none.
  engine::CheckpointId chosen() const { return chosen_; }
  std::uint32_t chosen_at() const { return chosen_at_; }
  // The subtask had nothing to restore, because it had finished before the restored checkpoint (CO-54).
  bool finished_on_restore(engine::SubtaskId subtask) const { return finished_on_restore_[subtask.value]; }

 private:
  CheckpointFacts* find(std::uint64_t id);
  CheckpointFacts& open(engine::CheckpointId id);
  void release(std::size_t at);
  void release_all_but(engine::CheckpointId kept);
  SubtaskPart* part(const sim::TraceEvent& event);
  bool knows(engine::ActorId actor) const;

  void on_granted(const sim::TraceEvent& event);
  void on_recovered(const sim::TraceEvent& event);
  void on_triggered(const sim::TraceEvent& event, std::uint32_t index);
  void on_completed(const sim::TraceEvent& event, std::uint32_t index);
  void on_ack_received(const sim::TraceEvent& event, std::uint32_t index);
  void on_cut(const sim::TraceEvent& event, std::uint32_t index);
  void on_saved(const sim::TraceEvent& event);
  void on_split(const sim::TraceEvent& event, std::uint32_t index);
  void on_unassigned(const sim::TraceEvent& event, std::uint32_t index);
  void on_snapshot(const sim::TraceEvent& event, std::uint32_t index);
  void on_restore_chosen(const sim::TraceEvent& event, std::uint32_t index);

  const engine::ExecutionGraph* graph_ = nullptr;
  Attempts attempts_;
  std::vector<CheckpointFacts> facts_;  // the first `live_` are in use, in the order they were triggered
  std::size_t live_ = 0;
  engine::CheckpointId chosen_{};
  std::uint32_t chosen_at_ = kNever;
  std::vector<char> finished_on_restore_;
  engine::ActorId leader_ = engine::actor_of(engine::kJobManager);
  std::vector<engine::VertexId> partly_finished_;  // in what the present job started from
  std::uint64_t session_ = 0;                      // of the leader
  bool leader_has_begun_ = true;
  bool high_availability_ = false;
  std::uint64_t newest_completed_ = 0;
};

}  // namespace weir::properties
