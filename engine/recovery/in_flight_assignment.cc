#include "recovery/in_flight_assignment.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "recovery/state_assignment.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

// A channel of the checkpoint: producer, then consumer.
using OldChannel = std::pair<std::uint32_t, std::uint32_t>;

struct BothEnds {
  std::vector<InFlightData::Slice> received;
  std::vector<InFlightData::Slice> sent;
};

bool is(const JobOperator& op, OperatorId id) { return op.id == id || op.generated_id == id; }

// Whether the part is of the edge that is the vertex's `input`-th.
bool belongs(const InFlightPart& part, const JobGraph& job, const JobVertex& vertex, std::uint32_t input) {
  const JobEdge& edge = job.edges[vertex.inputs[input]];
  const JobOperator& producer = job.vertices[edge.from.value].chain[edge.from_operator];
  return part.input == input && is(vertex.chain.front(), part.consumer) && is(producer, part.producer);
}

template <class Use>
void each_part(const CompletedCheckpoint& checkpoint, Use use) {
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) {
      for (const InFlightHandle& handle : subtask.state.in_flight) {
        for (const InFlightPart& part : handle.parts) use(part, handle.state);
      }
    }
  }
}

std::map<OldChannel, BothEnds> channels_of(const JobGraph& job, const JobVertex& vertex, std::uint32_t input,
                                           const CompletedCheckpoint& checkpoint) {
  std::map<OldChannel, BothEnds> channels;
  each_part(checkpoint, [&](const InFlightPart& part, const StateHandle& state) {
    if (!belongs(part, job, vertex, input)) return;
    BothEnds& ends = channels[{part.producer_index, part.consumer_index}];
    (part.sent ? ends.sent : ends.received).push_back({state, part.offset, part.size});
  });
  return channels;
}

std::uint32_t parallelism_of(const CompletedCheckpoint& checkpoint, const JobOperator& op) {
  const OperatorPart* const part = find_state(checkpoint, op);
  return part == nullptr ? 0 : part->parallelism;  // BA-40
}

bool overlap(KeyGroupRange a, KeyGroupRange b) { return a.first <= b.last && b.first <= a.last; }

// BA-38: the mapper of the edge.
std::vector<std::uint32_t> takers(const JobVertex& vertex, const JobEdge& edge, std::uint32_t old_parallelism,
                                  std::uint32_t old_consumer) {
  if (old_parallelism == vertex.parallelism) return {old_consumer};
  if (edge.type->partitioning() != Partitioning::Hash) return {old_consumer % vertex.parallelism};
  const KeyGroupRange old = key_group_range(vertex.max_parallelism, old_parallelism, old_consumer);
  std::vector<std::uint32_t> takers;
  for (std::uint32_t index = 0; index < vertex.parallelism; ++index) {
    if (overlap(old, key_group_range(vertex.max_parallelism, vertex.parallelism, index))) takers.push_back(index);
  }
  return takers;
}

}  // namespace

std::vector<std::vector<InFlightData>> assign_in_flight(const JobGraph& job, const JobVertex& vertex,
                                                        const CompletedCheckpoint& checkpoint,
                                                        const DefectSet& defects) {
  std::vector<std::vector<InFlightData>> assigned(vertex.parallelism);
  const std::uint32_t old_parallelism = parallelism_of(checkpoint, vertex.chain.front());
  for (std::uint32_t input = 0; input < vertex.inputs.size(); ++input) {
    if (input > 0 && defects.has(Defect::RecoverFirstInputOnly)) break;
    const JobEdge& edge = job.edges[vertex.inputs[input]];
    const JobVertex& from = job.vertices[edge.from.value];
    const bool same = old_parallelism == vertex.parallelism &&
                      parallelism_of(checkpoint, from.chain[edge.from_operator]) == from.parallelism;
    for (auto& [channel, ends] : channels_of(job, vertex, input, checkpoint)) {
      if (defects.has(Defect::RecoverSentFirst)) std::swap(ends.received, ends.sent);
      InFlightData data{input, channel.first, same, std::move(ends.received)};
      data.slices.insert(data.slices.end(), ends.sent.begin(), ends.sent.end());
      for (const std::uint32_t taker : takers(vertex, edge, old_parallelism, channel.second)) {
        assigned[taker].push_back(data);
      }
    }
  }
  return assigned;
}

std::string problems_of_in_flight(const JobGraph& job, const CompletedCheckpoint& checkpoint) {
  std::set<std::string> edges;
  each_part(checkpoint, [&](const InFlightPart& part, const StateHandle&) {
    for (const JobVertex& vertex : job.vertices) {
      if (part.input < vertex.inputs.size() && belongs(part, job, vertex, part.input)) return;
    }
    const OperatorPart* const consumer = checkpoint.find(part.consumer);
    const OperatorPart* const producer = checkpoint.find(part.producer);
    edges.insert("from '" + (producer != nullptr ? producer->uid : "?") + "' to '" +
                 (consumer != nullptr ? consumer->uid : "?") + "'");
  });
  std::string problems;
  for (const std::string& edge : edges) {
    problems += (problems.empty() ? "" : "\n") + ("checkpoint " + std::to_string(checkpoint.id.value)) +
                " has data in flight " + edge +
                ", an edge that the job does not have: change the job with a savepoint, which is always aligned";
  }
  return problems;
}

}  // namespace weir::engine
