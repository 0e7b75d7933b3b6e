#pragma once

// Everything the trace tells about one checkpoint that some property needs when it completes or is restored.

#include <cstdint>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/types.h"

namespace weir::properties {

inline constexpr std::uint32_t kNever = 0xFFFF'FFFF;  // in place of the index of an event that has not happened

// A subtask's part in it. The facts are those of one attempt, the newest that spoke.
struct SubtaskPart {
  engine::AttemptId attempt{};
  std::uint32_t snapshot_taken = kNever;
  std::uint32_t durable = kNever;
  std::uint32_t ack_sent = kNever;
  std::uint64_t digest = 0;  // of the keyed state in the snapshot
  bool has_state = false;    // split positions, keyed state or a transaction are known to be in it
  bool finished = false;     // had finished before, in this attempt or in what it was restored from (CO-50)

  std::uint32_t ack_counted = kNever;  // by the coordinator, as a success
  engine::AttemptId counted_attempt{};
};

// One end's account of which records of a channel lie before the barrier.
struct Cut {
  std::uint32_t at = kNever;
  engine::AttemptId attempt{};  // of the subtask that reported it
  std::uint64_t packed = 0;     // engine::ChannelCut
};

struct SplitPosition {
  engine::VertexId source;
  std::uint32_t split = 0;
  std::uint64_t position = 0;
  std::uint32_t at = kNever;
};

struct CheckpointFacts {
  engine::CheckpointId id{};
  engine::CheckpointKind kind{};
  std::vector<engine::AttemptId> attempts;  // that it was triggered for, by subtask of the job of that time
  std::uint32_t triggered = kNever;
  std::uint32_t completed = kNever;
  std::uint32_t aborted = kNever;
  std::uint64_t to_wait_for = 0;         // subtasks, as the coordinator counted them
  std::vector<SubtaskPart> parts;        // by subtask
  std::vector<Cut> sent;                 // by channel
  std::vector<Cut> received;             // by channel
  std::vector<std::uint64_t> saved;      // by channel: of the records that both ends saved of it (BA-23, BA-29), packed
  std::vector<std::uint64_t> in_flight;  // by vertex: the sum of that over its inputs, once the checkpoint is complete
  std::vector<SplitPosition> splits;     // in order of report
  // Of a further job, or told in terms of one: vertices of which some subtask had finished in what the job started
  // from, whoever takes its place.
  std::vector<engine::VertexId> partly_finished;

  void start(engine::CheckpointId checkpoint, std::size_t subtasks, std::size_t channels);
  bool any_in_flight() const;
  // Some subtask of the vertex had finished: what it read is told by nobody.
  bool any_finished(const engine::ExecutionGraph& graph, engine::VertexId vertex) const;
  // The part of a subtask for facts of `attempt`; null when that attempt is superseded.
  SubtaskPart* part_of(engine::SubtaskId subtask, engine::AttemptId attempt);
};

}  // namespace weir::properties
