#pragma once

// The `_metadata` file of a completed checkpoint (SH-13): versioned, self-describing, with a digest at its end.

#include <cstdint>
#include <string>
#include <vector>

#include "checkpoint/completed_store.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/status.h"

namespace weir::engine {

inline constexpr std::uint32_t kMetadataMagic = 0x4960672d;
inline constexpr std::uint32_t kMetadataVersion = 1;

struct SubtaskMetadata {
  std::string name;  // "totals/0"
  std::string uid;   // of the head of its chain (RS-12)
  SubtaskPart snapshot;
  friend bool operator==(const SubtaskMetadata&, const SubtaskMetadata&) = default;
};

struct CheckpointMetadata {
  CheckpointId checkpoint;
  std::vector<SubtaskMetadata> subtasks;
  friend bool operator==(const CheckpointMetadata&, const CheckpointMetadata&) = default;
};

CheckpointMetadata describe(const ExecutionGraph& graph, const CompletedCheckpoint& checkpoint);

// Layout, little-endian: magic u32, version u32, checkpoint u64, count, per subtask (name, uid, finished u8, path,
// size), then the hash of all that as u64. Counts and sizes are varints, strings carry their length.
Bytes encode(const CheckpointMetadata& metadata);
// Corrupt for anything that `encode` cannot have written: a changed byte or a missing end does not get past the digest.
Result<CheckpointMetadata> decode_metadata(BytesView bytes);

}  // namespace weir::engine
