#pragma once

// The `_metadata` file of a completed checkpoint (SH-13): magic, version, checkpoint id and kind, then per operator its
// id, uid, parallelism and max parallelism, and per subtask a finished marker or its handles; sealed by a checksum. A
// checkpoint without it does not exist, whatever else lies in its directory.

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/status.h"

namespace weir::engine {

inline constexpr std::uint32_t kMetadataMagic = 0x4960672d;
inline constexpr std::uint32_t kMetadataVersion = 5;

// Asserts that no placeholder is left (SH-3).
Bytes encode(const CompletedCheckpoint& checkpoint);
// Corrupt, with what is wrong in the message, for anything that `encode` cannot have written: a changed byte or a
// missing end does not get past the checksum, and what the checksum vouches for is still read with care. The result is
// claimed; whoever restores it decides otherwise (SP-12).
Result<CompletedCheckpoint> decode_metadata(BytesView bytes);

}  // namespace weir::engine
