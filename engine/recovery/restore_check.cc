#include "recovery/restore_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "checkpoint/finished_extent.h"
#include "checkpoint/metadata.h"
#include "coordination/source_coordinator.h"
#include "recovery/in_flight_assignment.h"
#include "recovery/state_assignment.h"
#include "weir/engine/processes.h"

namespace weir::engine {
namespace {

class Checker {
 public:
  Checker(const JobGraph& job, const CompletedCheckpoint& checkpoint) : job_(job), checkpoint_(checkpoint) {}

  std::string run(bool allow_non_restored_state) {
    for (const JobVertex& vertex : job_.vertices) check_max_parallelism(vertex);
    for (const JobVertex& vertex : job_.vertices) check_chain_finished(vertex);
    for (const JobEdge& edge : job_.edges) check_finished(edge);
    if (const std::string lost = problems_of_in_flight(job_, checkpoint_); !lost.empty()) add(lost);  // BA-39
    if (!allow_non_restored_state) {
      for (const OperatorPart& part : checkpoint_.operators) check_is_wanted(part);
    }
    return problems_;
  }

 private:
  void add(const std::string& problem) {
    if (!problems_.empty()) problems_ += '\n';
    problems_ += problem;
  }

  // RS-3, and RS-14: the keyed operators of a chain share one division into key groups.
  void check_max_parallelism(const JobVertex& vertex) {
    for (const JobOperator& op : vertex.chain) {
      const OperatorPart* const part = find_state(checkpoint_, op);
      if (part == nullptr || !has_state(*part)) continue;
      const std::string of = " of '" + op.uid + "'";
      const std::string there = checkpoint_name() + " has " + std::to_string(part->max_parallelism);
      if (vertex.max_parallelism_given && vertex.max_parallelism != part->max_parallelism) {
        add("the max parallelism" + of + " is set to " + std::to_string(vertex.max_parallelism) + ", but " + there +
            ": set that, or none");
      } else if (vertex.parallelism > part->max_parallelism) {
        add("the parallelism" + of + " is " + std::to_string(vertex.parallelism) +
            ", above the max parallelism: " + there + "; lower the parallelism");
      } else if (part->max_parallelism != adopted(vertex)) {
        add("the operators of one chain have different max parallelisms: '" + vertex.chain.front().uid +
            "' takes over " + std::to_string(adopted(vertex)) + " and" + of + " " + there +
            "; do not chain them (disable_operator_chaining)");
      }
    }
  }
  std::uint32_t adopted(const JobVertex& vertex) const;

  // CO-53. An operator that the checkpoint does not know has everything before it.
  FinishedExtent extent_of(const JobOperator& op) const {
    const OperatorPart* const part = find_state(checkpoint_, op);
    if (part == nullptr) return FinishedExtent::None;
    const auto finished =
        std::count_if(part->subtasks.begin(), part->subtasks.end(), [](const auto& s) { return s.finished; });
    return finished_extent(static_cast<std::size_t>(finished), part->subtasks.size());
  }
  void check_chain_finished(const JobVertex& vertex) {
    const JobOperator& head = vertex.chain.front();
    for (const JobOperator& op : vertex.chain) {
      if (extent_of(op) == extent_of(head)) continue;
      add("'" + head.uid + "' and '" + op.uid + "' are one chain, and in " + checkpoint_name() +
          " they have not finished alike: do not chain them (disable_operator_chaining), or start from a checkpoint "
          "before their end");
      return;
    }
  }
  void check_finished(const JobEdge& edge) {
    const JobOperator& producer = job_.vertices[edge.from.value].chain.front();
    const JobOperator& consumer = job_.vertices[edge.to.value].chain.front();
    if (!contradicts(extent_of(producer), extent_of(consumer), edge.type->partitioning())) return;
    add("'" + consumer.uid + "' has finished in " + checkpoint_name() + " and '" + producer.uid +
        "' before it has not: what it still sends would be lost; start from a checkpoint before the end of '" +
        consumer.uid + "'");
  }

  // RS-13: an operator that had no state never blocks.
  void check_is_wanted(const OperatorPart& part) {
    if (!has_state(part)) return;
    for (const JobVertex& vertex : job_.vertices) {
      for (const JobOperator& op : vertex.chain) {
        if (find_state(checkpoint_, op) == &part) return;
      }
    }
    add(checkpoint_name() + " has state of operator '" + part.uid +
        "', which the job does not have: give the operator that continues it this uid, or allow state that is not "
        "restored");
  }

  std::string checkpoint_name() const { return "checkpoint " + std::to_string(checkpoint_.id.value); }

  const JobGraph& job_;
  const CompletedCheckpoint& checkpoint_;
  std::string problems_;
};

// Of the first operator in the chain that brings state along; the vertex's own when none does.
std::uint32_t max_parallelism_after(const JobVertex& vertex, const CompletedCheckpoint& checkpoint) {
  for (const JobOperator& op : vertex.chain) {
    const OperatorPart* const part = find_state(checkpoint, op);
    if (part != nullptr && has_state(*part)) return part->max_parallelism;
  }
  return vertex.max_parallelism;
}

std::uint32_t Checker::adopted(const JobVertex& vertex) const { return max_parallelism_after(vertex, checkpoint_); }

bool has_native_state(const OperatorPart& part) {
  return std::any_of(part.subtasks.begin(), part.subtasks.end(), [](const SubtaskPart& subtask) {
    const auto& handles = subtask.state.managed_keyed;
    return std::any_of(handles.begin(), handles.end(), [](const auto& handle) { return handle.native(); });
  });
}

}  // namespace

std::string problems_of_backend(StateBackendKind backend, const CompletedCheckpoint& checkpoint) {
  std::string problems;
  if (backend == StateBackendKind::RocksDb) return problems;
  for (const OperatorPart& part : checkpoint.operators) {
    if (!has_native_state(part)) continue;
    if (!problems.empty()) problems += '\n';
    problems += "the keyed state of '" + part.uid + "' in checkpoint " + std::to_string(checkpoint.id.value) +
                " is in files of RocksDB, which the heap backend cannot read: set state.backend to rocksdb, or change "
                "the backend with a canonical savepoint";
  }
  return problems;
}

std::string problems_of_coordinators(SplitAssignment assignment, const CompletedCheckpoint& checkpoint) {
  std::string problems;
  const auto add = [&](const OperatorPart& part, const std::string& what) {
    if (!problems.empty()) problems += '\n';
    problems += "the coordinator of '" + part.uid + "' in checkpoint " + std::to_string(checkpoint.id.value) + what;
  };
  for (const OperatorPart& part : checkpoint.operators) {
    if (part.coordinator.empty()) continue;
    const auto splits = decode_unassigned(part.coordinator);
    if (!splits.ok()) {
      add(part, " cannot be read: " + splits.status().message() + "; start from another one");
    } else if (assignment == SplitAssignment::ByNumber && !splits.value().empty()) {
      add(part, " has splits that no subtask has: set source.assignment to on-request");
    }
  }
  return problems;
}

std::string problems_of_restore(const JobGraph& job, const CompletedCheckpoint& checkpoint,
                                bool allow_non_restored_state) {
  return Checker(job, checkpoint).run(allow_non_restored_state);
}

std::shared_ptr<const JobGraph> adopt_max_parallelism(std::shared_ptr<const JobGraph> job,
                                                      const CompletedCheckpoint& checkpoint) {
  const auto differs = [&](const JobVertex& vertex) {
    return max_parallelism_after(vertex, checkpoint) != vertex.max_parallelism;
  };
  if (std::none_of(job->vertices.begin(), job->vertices.end(), differs)) return job;
  auto adopted = std::make_shared<JobGraph>(*job);
  for (JobVertex& vertex : adopted->vertices) vertex.max_parallelism = max_parallelism_after(vertex, checkpoint);
  return adopted;
}

Result<JobSetup> restore_from(JobSetup setup, BytesView metadata, RestoreOptions options) {
  Result<CompletedCheckpoint> decoded = decode_metadata(metadata);
  if (!decoded.ok()) return decoded.status();
  CompletedCheckpoint checkpoint = std::move(decoded).value();
  checkpoint.claimed = options.claim == ClaimMode::Claim;
  checkpoint.directory = std::move(options.directory);
  const std::shared_ptr<const JobGraph> job = setup.graph->share_job();
  if (std::string problems = problems_of_restore(*job, checkpoint, options.allow_non_restored_state);
      !problems.empty()) {
    return Status(StatusCode::Invalid, std::move(problems));
  }
  if (std::string problems = problems_of_backend(setup.options.backend, checkpoint); !problems.empty()) {
    return Status(StatusCode::Invalid, std::move(problems));
  }
  if (std::string problems = problems_of_coordinators(setup.options.split_assignment, checkpoint); !problems.empty()) {
    return Status(StatusCode::Invalid, std::move(problems));
  }
  if (auto adopted = adopt_max_parallelism(job, checkpoint); adopted != job) {
    setup.graph = std::make_shared<ExecutionGraph>(std::move(adopted));
  }
  setup.initial = std::make_shared<CompletedCheckpoint>(std::move(checkpoint));
  return setup;
}

std::string_view name(ClaimMode mode) { return mode == ClaimMode::Claim ? "claim" : "no-claim"; }

}  // namespace weir::engine
