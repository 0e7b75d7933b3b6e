#include "channel/buffer_debloat.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

constexpr std::uint64_t kThousandths = 1000;
constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

std::uint64_t microseconds(Duration d) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, to_ns(d) / 1000));
}

}  // namespace

BufferDebloat::BufferDebloat(const DebloatOptions& options, std::uint32_t largest, Time now)
    : options_(options),
      smallest_(std::min(options.min_segment_size, largest)),
      largest_(largest),
      announced_(largest),
      average_(largest * kThousandths),
      period_began_(now) {}

void BufferDebloat::idle(Time now) {
  if (!idle_since_) idle_since_ = now;
}

void BufferDebloat::active(Time now) {
  if (!idle_since_) return;
  idle_time_ += std::max(now - *idle_since_, Duration{});
  idle_since_.reset();
}

// A period in which nothing was processed says nothing.
std::optional<std::uint32_t> BufferDebloat::on_period(Time now, std::uint64_t segments) {
  const Duration active = active_time(now);
  if (bytes_ == 0) return std::nullopt;
  const std::uint64_t target = std::clamp<std::uint64_t>(wanted(active, segments), smallest_, largest_) * kThousandths;
  const std::uint64_t weight = options_.samples + 1;
  bytes_ = 0;
  average_ = (average_ * (weight - 2) + target * 2) / weight;
  const auto size = static_cast<std::uint32_t>(average_ / kThousandths);
  const std::uint64_t change = size > announced_ ? size - announced_ : announced_ - size;
  if (change * 100 < std::uint64_t{announced_} * options_.threshold_percent) return std::nullopt;
  announced_ = size;
  return size;
}

Duration BufferDebloat::active_time(Time now) {
  const std::optional<Time> idle_since = idle_since_;
  active(now);
  if (idle_since) idle(std::max(now, *idle_since));
  const Duration period = now - std::exchange(period_began_, now);
  return period - std::exchange(idle_time_, Duration{});
}

// Bytes a segment, when all in flight together are the throughput of the active time by the target time.
std::uint64_t BufferDebloat::wanted(Duration active, std::uint64_t segments) const {
  const std::uint64_t target = microseconds(options_.target);
  const std::uint64_t bytes = std::min(bytes_, kMost / target);
  return bytes * target / microseconds(active) / std::max<std::uint64_t>(1, segments);
}

}  // namespace weir::engine
