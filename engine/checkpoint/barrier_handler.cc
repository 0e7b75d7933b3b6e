#include "checkpoint/barrier_handler.h"

#include "checkpoint/barrier_aligner.h"
#include "checkpoint/barrier_tracker.h"

namespace weir::engine {

std::unique_ptr<BarrierHandler> make_barrier_handler(CheckpointingMode mode, std::uint32_t channels) {
  if (mode == CheckpointingMode::AtLeastOnce) return std::make_unique<BarrierTracker>(channels);
  return std::make_unique<BarrierAligner>(channels);
}

}  // namespace weir::engine
