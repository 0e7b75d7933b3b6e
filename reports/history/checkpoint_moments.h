#pragma once

// When what happened to one checkpoint, by subtask and by channel. All in virtual nanoseconds.

#include <cstdint>
#include <map>
#include <optional>

#include "weir/engine/types.h"

namespace weir::reports {

using Moment = std::optional<std::int64_t>;

struct SubtaskMoments {
  Moment trigger;                                // its message arrived, at a source
  Moment first_barrier, last_barrier;            // read from a channel; the trigger counts as the first one
  engine::ChannelId first_channel{}, channel{};  // of the first barrier, and of the last
  Moment taken, durable;                         // the snapshot
  Moment acknowledged, counted;                  // by the subtask, and at the coordinator
  Moment alignment, sync;                        // durations
  std::uint64_t bytes = 0;
};

struct ChannelMoments {
  Moment sent, received;      // the barrier
  std::uint64_t buffers = 0;  // of data that were read in between, while the checkpoint was pending
};

struct CheckpointMoments {
  std::map<engine::SubtaskId, SubtaskMoments> subtasks;
  std::map<engine::ChannelId, ChannelMoments> channels;
};

}  // namespace weir::reports
