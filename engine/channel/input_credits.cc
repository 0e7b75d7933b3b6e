#include "channel/input_credits.h"

#include <algorithm>

namespace weir::engine {

InputCredits::InputCredits(std::uint32_t channels, std::uint32_t exclusive, std::uint32_t floating)
    : exclusive_(exclusive),
      batch_(std::max(1u, exclusive / 2)),
      floating_(floating),
      pooled_(floating),
      channels_(channels, Channel{static_cast<std::int32_t>(exclusive)}) {}

CreditGrant InputCredits::serve_backlog(std::uint32_t channel) {
  Channel& c = channels_[channel];
  --c.free;
  if (!lacks(c)) return {};
  const std::uint32_t taken = std::min(pooled_, c.backlog - static_cast<std::uint32_t>(std::max(0, c.free)));
  pooled_ -= taken;
  const CreditGrant granted = taken == 0 ? CreditGrant{} : grant(channel, taken);
  line_up(channel);
  return granted;
}

// One floating credit: to the first in line that still lacks it, or to the pool. So the pool holds none while anybody
// lacks credit.
CreditGrant InputCredits::give_back() {
  while (!line_.empty()) {
    const std::uint32_t channel = line_.front();
    line_.erase(line_.begin());
    channels_[channel].in_line = false;
    if (!lacks(channels_[channel])) continue;
    const CreditGrant granted = grant(channel, 1);
    line_up(channel);
    return granted;
  }
  ++pooled_;
  return {};
}

// What is due to the channel, and so many floating credits.
CreditGrant InputCredits::grant(std::uint32_t channel, std::uint32_t more) {
  Channel& c = channels_[channel];
  c.floating += more;
  c.free += static_cast<std::int32_t>(more);
  return {channel, std::exchange(c.due, 0) + more};
}

void InputCredits::line_up(std::uint32_t channel) {
  Channel& c = channels_[channel];
  if (c.in_line || !lacks(c)) return;
  c.in_line = true;
  line_.push_back(channel);
}

}  // namespace weir::engine
