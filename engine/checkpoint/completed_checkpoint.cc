#include "checkpoint/completed_checkpoint.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

OperatorSubtaskState take_state_of(OperatorId op, SubtaskState& subtask) {
  for (SubtaskState::Operator& entry : subtask.operators) {
    if (entry.id == op) return std::move(entry.state);
  }
  return {};
}

}  // namespace

const OperatorPart* CompletedCheckpoint::find(OperatorId op) const {
  const auto found =
      std::find_if(operators.begin(), operators.end(), [&](const OperatorPart& o) { return o.id == op; });
  return found == operators.end() ? nullptr : &*found;
}

bool has_state(const OperatorPart& part) {
  return std::any_of(part.subtasks.begin(), part.subtasks.end(), [](const SubtaskPart& s) { return !s.state.empty(); });
}

bool fully_finished(const OperatorPart& part) {
  return std::all_of(part.subtasks.begin(), part.subtasks.end(), [](const SubtaskPart& s) { return s.finished; });
}

std::uint64_t total_size(const CompletedCheckpoint& checkpoint) {
  std::uint64_t bytes = 0;
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) bytes += size_of(subtask.state);
  }
  return bytes;
}

std::string checkpoint_directory(const std::string& job, CheckpointId checkpoint, CheckpointKind kind) {
  return job + (is_savepoint(kind) ? "savepoint-" : "chk-") + std::to_string(checkpoint.value);
}

CheckpointId starts_from(const JobSetup& setup) { return setup.initial == nullptr ? kNoCheckpoint : setup.initial->id; }

bool claims(const JobSetup& setup) { return setup.initial != nullptr && setup.initial->claimed; }

std::string metadata_path(const std::string& directory) { return directory + "/_metadata"; }

std::vector<std::string> files_of(const CompletedCheckpoint& checkpoint) {
  std::vector<std::string> files{metadata_path(checkpoint.directory)};
  append_private_files(checkpoint, files);
  return files;
}

void append_private_files(const CompletedCheckpoint& checkpoint, std::vector<std::string>& paths) {
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) append_private_files(subtask.state, paths);
  }
}

void append_shared_files(const CompletedCheckpoint& checkpoint, std::vector<std::string>& paths) {
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) append_shared_files(subtask.state, paths);
  }
}

std::vector<OperatorPart> assemble(const ExecutionGraph& graph, std::vector<SubtaskState> states,
                                   const std::vector<bool>& finished) {
  std::vector<OperatorPart> operators;
  for (const JobVertex& vertex : graph.job().vertices) {
    for (const JobOperator& op : vertex.chain) {
      OperatorPart part{op.id, op.uid, vertex.parallelism, vertex.max_parallelism, {}};
      part.subtasks.reserve(vertex.parallelism);
      for (std::uint32_t index = 0; index < vertex.parallelism; ++index) {
        const std::size_t subtask = graph.subtask_at(vertex.id, index).value;
        part.subtasks.push_back({take_state_of(op.id, states[subtask]), finished[subtask]});
      }
      operators.push_back(std::move(part));
    }
  }
  return operators;
}

}  // namespace weir::engine
