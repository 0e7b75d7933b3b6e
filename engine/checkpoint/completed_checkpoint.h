#pragma once

// A completed checkpoint as a value: by operator, so that another job graph can find its way in it (RS-12, RS-14).

#include <cstdint>
#include <string>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/processes.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/types.h"

namespace weir::engine {

// One operator of one subtask.
struct SubtaskPart {
  OperatorSubtaskState state;
  bool finished = false;  // CO-51
  friend bool operator==(const SubtaskPart&, const SubtaskPart&) = default;
};

struct OperatorPart {
  OperatorId id;
  std::string uid;
  std::uint32_t parallelism = 1;  // the size of `subtasks`
  std::uint32_t max_parallelism = 128;
  std::vector<SubtaskPart> subtasks;  // by index
  Bytes coordinator = {};             // of its coordinator (SO-2); empty: there was none
  friend bool operator==(const OperatorPart&, const OperatorPart&) = default;
};

// The part that the coordinator of an operator has in a checkpoint.
struct CoordinatorState {
  OperatorId op;
  Bytes state;
};

struct CompletedCheckpoint {
  CheckpointId id;
  std::vector<OperatorPart> operators;  // every operator of the job, by vertex, head first
  CheckpointKind kind = CheckpointKind::Periodic;
  // Not part of its metadata: where that lies ("chk-7"), and whether its files are the job's to delete (SP-12, SH-5):
  // of a claimed one its own directory is taken over, not the directory of the job that took it (SP-13).
  std::string directory = {};
  bool claimed = true;
  friend bool operator==(const CompletedCheckpoint&, const CompletedCheckpoint&) = default;

  const OperatorPart* find(OperatorId op) const;  // null: it does not know that operator
};

bool has_state(const OperatorPart& part);
bool fully_finished(const OperatorPart& part);
std::uint64_t total_size(const CompletedCheckpoint& checkpoint);
// Its private files in the order of deletion: metadata first, so that a crash in between leaves orphans and never a
// checkpoint that has metadata but lacks files (CO-44). Shared ones go by the registry only.
std::vector<std::string> files_of(const CompletedCheckpoint& checkpoint);

// Both without the metadata.
void append_private_files(const CompletedCheckpoint& checkpoint, std::vector<std::string>& paths);
void append_shared_files(const CompletedCheckpoint& checkpoint, std::vector<std::string>& paths);

// Puts together what the subtasks of a job acknowledged. Both are indexed by SubtaskId.
std::vector<OperatorPart> assemble(const ExecutionGraph& graph, std::vector<SubtaskState> states,
                                   const std::vector<bool>& finished);

}  // namespace weir::engine
