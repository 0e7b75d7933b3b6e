#pragma once

// The credit of one input gate (BP-1). Every channel has the same number of exclusive credits. On top there is a pool
// of floating ones: a channel takes them while its producer has more segments waiting than credit, and gives one back
// for every segment consumed once it has no such backlog. Channels that find the pool empty stand in line, and get one
// each in turn. Events in, grants out; the gate sends them.

#include <cstdint>
#include <utility>
#include <vector>

namespace weir::engine {

struct CreditGrant {
  std::uint32_t channel = 0;
  std::uint32_t credits = 0;  // 0: nothing is granted
};

class InputCredits {
 public:
  InputCredits(std::uint32_t channels, std::uint32_t exclusive, std::uint32_t floating);

  std::uint32_t exclusive() const { return exclusive_; }  // what every channel is granted at first
  // A data segment came; `backlog`: how many its producer had queued behind it.
  CreditGrant arrived(std::uint32_t channel, std::uint32_t backlog) {
    channels_[channel].backlog = backlog;
    if (floating_ == 0) [[likely]]
      return {};
    return serve_backlog(channel);
  }
  // A data segment was consumed: its credit goes back, an exclusive one in batches of half of what a channel has.
  CreditGrant consumed(std::uint32_t channel) {
    Channel& c = channels_[channel];
    if (c.floating > 0 && !lacks(c)) {
      --c.floating;
      return give_back();
    }
    ++c.free;
    return ++c.due < batch_ ? CreditGrant{} : grant(channel);
  }

  std::uint32_t floating(std::uint32_t channel) const { return channels_[channel].floating; }
  std::uint32_t backlog(std::uint32_t channel) const { return channels_[channel].backlog; }
  std::uint32_t pooled() const { return pooled_; }

 private:
  struct Channel {
    std::int32_t free;  // credit that no segment has used: with the producer, on the way to it, or due
    std::uint32_t due = 0;
    std::uint32_t floating = 0;  // of all its credit, used or free
    std::uint32_t backlog = 0;   // as the newest segment said
    bool in_line = false;
  };

  static bool lacks(const Channel& c) { return c.free < static_cast<std::int32_t>(c.backlog); }
  CreditGrant serve_backlog(std::uint32_t channel);
  CreditGrant give_back();
  CreditGrant grant(std::uint32_t channel, std::uint32_t more = 0);
  void line_up(std::uint32_t channel);

  std::uint32_t exclusive_;
  std::uint32_t batch_;
  std::uint32_t floating_;  // in all
  std::uint32_t pooled_;    // of them with no channel
  std::vector<Channel> channels_;
  std::vector<std::uint32_t> line_;  // channels that lacked credit when the pool was empty, in this order
};

}  // namespace weir::engine
