#pragma once

// What the barriers of one subtask's input channels mean. Input in, effects out: a handler blocks, snapshots and sends
// nothing itself.

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>

#include "weir/engine/events.h"
#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct AlignmentEffect {
  enum class Kind : std::uint8_t {
    Started,  // channel: of the first barrier
    Block,    // channel
    Resume,   // channel: its barrier is obsolete, it must not stay blocked (BA-4)
    Ended,
    TakeSnapshot,
    ResumeAfterSnapshot,    // every blocked channel
    Prioritise,             // barriers of the checkpoint that wait in line at this end overtake from here on
    TakeUnalignedSnapshot,  // and save what is before the barriers that are still to come (BA-11)
    CaptureEnded,           // all of them have come
    AlignmentAborted,       // of a pending checkpoint, with reason
    Decline,                // checkpoint, reason: to the coordinator, and a cancel marker downstream
    ResumeAfterAbort,       // every blocked channel
  };
  Kind kind;
  CheckpointId checkpoint{};
  std::uint32_t channel = 0;
  AbortReason reason{};
  friend bool operator==(const AlignmentEffect&, const AlignmentEffect&) = default;
};

// What one input causes, to be carried out in order. As a rule no more than an abort (3) and a whole alignment (5).
using AlignmentEffects = boost::container::small_vector<AlignmentEffect, 8>;

class BarrierHandler {
 public:
  virtual ~BarrierHandler() = default;
  virtual AlignmentEffects on_barrier(std::uint32_t channel, CheckpointId checkpoint) = 0;
  // The barrier has overtaken what was before it on its channel.
  virtual AlignmentEffects on_overtaking_barrier(std::uint32_t channel, CheckpointId checkpoint) = 0;
  // A barrier that may time out has come, but is still in line.
  virtual AlignmentEffects on_announcement(std::uint32_t channel, CheckpointId checkpoint) = 0;
  // The checkpoint has been aligned for too long (BA-13).
  virtual AlignmentEffects on_timeout(CheckpointId checkpoint) = 0;
  virtual AlignmentEffects on_cancel_marker(std::uint32_t channel, CheckpointId checkpoint) = 0;
  virtual AlignmentEffects on_end_of_partition(std::uint32_t channel) = 0;
  // Triggered by the coordinator at a task without running predecessors (BA-9).
  virtual AlignmentEffects on_trigger(CheckpointId checkpoint) = 0;
  // A barrier of this checkpoint comes too late to mean anything (BA-4).
  virtual bool obsolete(CheckpointId checkpoint) const = 0;
};

// Of a subtask with so many input channels.
std::unique_ptr<BarrierHandler> make_barrier_handler(CheckpointingMode mode, std::uint32_t channels);

}  // namespace weir::engine
