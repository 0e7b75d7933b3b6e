#pragma once

// From what the author wrote (stream graph) to what runs: validated, ordered, chained vertices (job graph), and the
// subtasks and channels of it (execution graph). All three are immutable once built and shared by every run of a job.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/engine/edge.h"
#include "weir/engine/operator.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

// --- stream graph -------------------------------------------------------------------------------------------------
struct StreamNode {
  std::uint32_t id = 0;  // position in StreamGraph::nodes
  std::string name;      // for people: "map", "source: kafka-source"
  std::string uid;       // empty: generated from the topology (RS-12)
  std::optional<std::uint32_t> parallelism;
  bool source = false;
  bool sink = false;
  bool keyed = false;            // needs a keyed backend
  bool assigns_time = false;     // its records have timestamps, whatever its input has; so has all that comes of them
  std::uint32_t inputs = 1;      // of different types; an operator has at most two
  bool broadcast_state = false;  // what a broadcast edge brings only changes state that is the same in every subtask
  std::shared_ptr<const OperatorFactory> factory;
  std::shared_ptr<const StreamType> output;  // null for sinks
  std::optional<TopicRecords> writes;        // of sinks that write records to a topic
};
struct StreamEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::shared_ptr<const EdgeType> type;
  std::uint32_t input = 0;  // of the consumer
};
struct StreamGraph {
  std::string job_name = "job";
  std::uint32_t parallelism = 1;                 // default of every node
  std::optional<std::uint32_t> max_parallelism;  // default: derived (flink-semantics 6.1)
  bool chaining = true;
  bool commutative = true;  // results and state do not depend on how channels interleave; see properties' README
  std::vector<StreamNode> nodes;
  std::vector<StreamEdge> edges;
};

// --- job graph ----------------------------------------------------------------------------------------------------
struct JobOperator {
  std::uint32_t node = 0;   // in the stream graph
  OperatorId id;            // hash of the uid
  OperatorId generated_id;  // what it is without a uid; state is looked for under both (RS-12)
  std::string uid;
  std::string name;
  bool source = false;
  bool sink = false;
  bool keyed = false;
  std::uint32_t source_ordinal = 0;  // among the sources, in the order of the stream's nodes; 0 for other operators
  std::shared_ptr<const OperatorFactory> factory;
  std::shared_ptr<const StreamType> output;
};
struct JobVertex {
  VertexId id;
  std::string name;                // operator names joined by " -> "
  std::string label;               // short, unique: the first uid its author gave, else the head's name; "totals"
  std::vector<JobOperator> chain;  // head first
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  bool max_parallelism_given = false;  // by the author; else derived, and a restored checkpoint overrules it (RS-3)
  std::vector<std::uint32_t> inputs;   // into JobGraph::edges, in edge order
  std::vector<std::uint32_t> outputs;
  bool source() const { return chain.front().source; }
};
struct JobEdge {
  VertexId from;
  std::uint32_t from_operator = 0;  // position in the producer's chain
  VertexId to;                      // always enters at the head of the chain
  std::shared_ptr<const EdgeType> type;
  Timing timing = Timing::None;  // event time once an operator before it assigned it
  std::uint32_t input = 0;       // of the head of the consumer's chain
};
struct JobGraph {
  std::string name;
  bool commutative = true;
  bool timed = false;               // some stream has event time: state also depends on how far watermarks are
  std::vector<JobVertex> vertices;  // in topological order; ids are positions
  std::vector<JobEdge> edges;
  StreamGraph source;  // what it was built from, for drawing and for the sequential interpreter

  // Validates with Boost.Graph: no cycle, nothing unreachable from a source, every result consumed, unique uids, at
  // least one source and one sink, every input of an operator fed, all inputs of a keyed operator keyed (or its second
  // one broadcast), parallelism <= max parallelism <= 32768 (RS-1). Every problem is listed in the message, one a line,
  // each with the operator's name and the remedy. A forward edge between different parallelisms becomes rebalance.
  static Result<std::shared_ptr<const JobGraph>> build(StreamGraph graph);
};

// --- execution graph ----------------------------------------------------------------------------------------------
struct SubtaskInfo {
  SubtaskId id;
  VertexId vertex;
  std::uint32_t index = 0;
  std::vector<ChannelId> inputs;   // by input edge, then by producer index
  std::vector<ChannelId> outputs;  // by output edge, then by consumer index
  std::string name;                // "totals/0"
};
struct ChannelInfo {
  ChannelId id;
  std::uint32_t edge = 0;  // into JobGraph::edges
  SubtaskId producer;
  SubtaskId consumer;
  std::string name;  // "map/0->totals/1"
};
// BA-1: all of the vertex's input edges allow it; one that does not disables the others.
bool allows_overtaking(const JobGraph& job, const JobVertex& consumer);

class ExecutionGraph {
 public:
  explicit ExecutionGraph(std::shared_ptr<const JobGraph> job);
  const JobGraph& job() const { return *job_; }
  std::shared_ptr<const JobGraph> share_job() const { return job_; }
  const std::vector<SubtaskInfo>& subtasks() const { return subtasks_; }
  const std::vector<ChannelInfo>& channels() const { return channels_; }
  const SubtaskInfo& subtask(SubtaskId id) const { return subtasks_[id.value]; }
  const ChannelInfo& channel(ChannelId id) const { return channels_[id.value]; }
  const JobVertex& vertex(VertexId id) const { return job_->vertices[id.value]; }
  const JobVertex& vertex_of(SubtaskId id) const { return vertex(subtask(id).vertex); }
  SubtaskId subtask_at(VertexId vertex, std::uint32_t index) const;
  std::optional<SubtaskId> subtask_named(std::string_view name) const;  // "totals/0"
  std::optional<ChannelId> channel_named(std::string_view name) const;  // "map/0->totals/1"
  // Slot sharing: subtask i of every vertex shares slot i, so the job needs the largest parallelism.
  std::uint32_t slots_needed() const;

 private:
  void add_subtasks(const JobVertex& vertex);
  void add_channels(std::uint32_t edge);

  std::shared_ptr<const JobGraph> job_;
  std::vector<SubtaskInfo> subtasks_;
  std::vector<ChannelInfo> channels_;
  std::vector<std::uint32_t> first_subtask_;  // by vertex
};

}  // namespace weir::engine
