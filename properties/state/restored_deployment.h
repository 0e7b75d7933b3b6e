#pragma once

// What the subtasks of one deployment of the job say they restored.

#include <cstdint>
#include <vector>

#include "history/history.h"
#include "reference/reference.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/trace.h"

namespace weir::properties {

class RestoredDeployment {
 public:
  struct Split {
    std::size_t source = 0;  // in Reference::sources
    std::uint32_t split = 0;
    engine::SubtaskId owner;
    std::uint64_t position = 0;
    std::uint32_t at = kNever;   // kNever: nobody restored it
    bool excused = false;        // whoever read it had finished before the restored checkpoint
    engine::SubtaskId reader{};  // who said last that it restored it; else the owner
  };
  struct Keyed {
    engine::SubtaskId subtask;
    std::uint64_t digest = 0;     // 0 unless reported: no state
    std::uint64_t processed = 0;  // the same when it had processed what was in flight
    std::uint32_t at = kNever;
    bool excused = false;
  };

  // Which splits and keyed subtasks there are. Both outlive the run.
  void lay_out(const engine::ExecutionGraph& graph, const Reference& reference);
  // A deployment begins: nobody is part of it yet.
  void start(const History& history);
  void on_deployed(engine::SubtaskId subtask);

  void on_split(engine::SubtaskId subtask, std::uint32_t split, std::uint64_t position, std::uint32_t index);
  void on_unassigned(engine::VertexId source, std::uint32_t split, std::uint64_t position, std::uint32_t index);
  void on_state(engine::SubtaskId subtask, std::uint64_t digest, std::uint32_t index);
  void on_in_flight_processed(engine::SubtaskId subtask, std::uint64_t digest);
  void on_running(engine::SubtaskId subtask);
  // Every subtask of the deployment has come to run, so that all reports are in.
  bool all_running() const { return deployed_count_ > 0 && running_count_ == deployed_count_; }
  // The others run on as they were (RE-5).
  bool restarted(engine::SubtaskId subtask) const { return deployed_[subtask.value] != 0; }

  engine::CheckpointId checkpoint() const { return checkpoint_; }  // restored from; 0: from the start
  std::uint32_t chosen_at() const { return chosen_at_; }
  const std::vector<Split>& splits() const { return splits_; }  // by source, then by split
  const std::vector<Keyed>& keyed() const { return keyed_; }

 private:
  bool had_finished(const Split& split, const History& history) const;

  std::vector<Split> splits_;
  std::vector<Keyed> keyed_;
  std::vector<char> deployed_;  // by subtask
  std::vector<char> running_;   // by subtask
  std::size_t deployed_count_ = 0;
  std::size_t running_count_ = 0;
  engine::CheckpointId checkpoint_{};
  std::uint32_t chosen_at_ = kNever;
  const engine::ExecutionGraph* graph_ = nullptr;
  const Reference* reference_ = nullptr;
};

}  // namespace weir::properties
