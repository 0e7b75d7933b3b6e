#pragma once

// Decides how large the segments towards one input gate are to be, so that what is in flight is about what its subtask
// processes in a given time (BP-6). A plain machine, in integers: it is told what was processed and when the subtask
// had nothing to do, and answers once a period.

#include <cstdint>
#include <optional>

#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

class BufferDebloat {
 public:
  // Segments start at `largest` bytes, which is also the upper bound.
  BufferDebloat(const DebloatOptions& options, std::uint32_t largest, Time now);

  void processed(std::uint32_t bytes) { bytes_ += bytes; }
  // Time without input counts for no throughput. Harmless when repeated.
  void idle(Time now);
  void active(Time now);

  // At the end of a period, with the segments that are in flight now: the new size when it is to be announced.
  std::optional<std::uint32_t> on_period(Time now, std::uint64_t segments);
  std::uint32_t announced() const { return announced_; }

 private:
  Duration active_time(Time now);
  std::uint64_t wanted(Duration active, std::uint64_t segments) const;

  DebloatOptions options_;
  std::uint32_t smallest_;
  std::uint32_t largest_;
  std::uint32_t announced_;
  std::uint64_t average_;    // thousandths of a byte
  std::uint64_t bytes_ = 0;  // processed in this period
  Time period_began_;
  Duration idle_time_{};  // of this period
  std::optional<Time> idle_since_;
};

}  // namespace weir::engine
