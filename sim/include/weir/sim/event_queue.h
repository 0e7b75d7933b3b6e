#pragma once

// Pending events in their total order: time, then a tie-break that the schedule policy owns, then first in first out.
// Knows nothing of the engine.

#include <array>
#include <cstdint>
#include <vector>

namespace weir::sim {

// Times are integer nanoseconds since the start of the run, in [0, 2^52) (52 days).
struct QueuedEvent {
  std::int64_t time = 0;
  std::uint16_t kind = 0;  // the owner's business from here on
  std::uint16_t target = 0;
  std::uint32_t small = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

inline constexpr std::uint32_t kTieBits = 11;
inline constexpr std::uint32_t kTies = 1u << kTieBits;  // ties are in [0, kTies)

// A monotone radix queue: 64-way buckets by the highest digit in which a key differs from the last popped one,
// intrusive lists over one pool. Memory is kept over `clear`, so that a run after the first allocates nothing.
class EventQueue {
 public:
  // REQUIRES: event.time >= time of the last popped event, and at that very time tie >= last_tie().
  void push(const QueuedEvent& event, std::uint32_t tie) {
    const std::uint32_t node = take_node();
    pool_[node].event = event;
    pool_[node].key = (static_cast<std::uint64_t>(event.time) << kTieBits) | tie;
    place(node);
    ++count_;
  }
  QueuedEvent pop();  // REQUIRES: !empty()
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  std::uint32_t last_tie() const { return static_cast<std::uint32_t>(last_key_ & (kTies - 1)); }
  void clear();

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  static constexpr int kDigitBits = 6;
  static constexpr int kLevels = 11;  // 64 bits in digits of 6
  struct Node {
    std::uint64_t key;
    QueuedEvent event;
    std::uint32_t next;
  };
  struct Bucket {
    std::uint32_t head;
    std::uint32_t tail;
  };

  std::uint32_t take_node() {
    if (free_ == kNone) {
      pool_.emplace_back();
      return static_cast<std::uint32_t>(pool_.size() - 1);
    }
    const std::uint32_t node = free_;
    free_ = pool_[node].next;
    return node;
  }
  void place(std::uint32_t node) {
    const std::uint64_t key = pool_[node].key;
    const std::uint64_t differs = key ^ last_key_;
    const int level = differs == 0 ? 0 : (63 - __builtin_clzll(differs)) / kDigitBits;
    const auto slot = static_cast<std::uint32_t>(key >> (level * kDigitBits)) & 63u;
    const std::uint64_t bit = std::uint64_t{1} << slot;
    Bucket& bucket = buckets_[static_cast<std::size_t>(level)][slot];
    pool_[node].next = kNone;
    if ((used_slots_[static_cast<std::size_t>(level)] & bit) != 0) {
      pool_[bucket.tail].next = node;
    } else {
      bucket.head = node;
      used_slots_[static_cast<std::size_t>(level)] |= bit;
      used_levels_ |= 1u << level;
    }
    bucket.tail = node;
  }
  void forget_slot(std::size_t level, std::uint32_t slot) {
    used_slots_[level] &= ~(std::uint64_t{1} << slot);
    if (used_slots_[level] == 0) used_levels_ &= ~(1u << level);
  }
  std::uint64_t least_key(std::uint32_t node) const;

  std::vector<Node> pool_;
  std::array<std::array<Bucket, 64>, kLevels> buckets_;
  std::array<std::uint64_t, kLevels> used_slots_{};
  std::uint32_t used_levels_ = 0;
  std::uint64_t last_key_ = 0;
  std::uint32_t free_ = kNone;
  std::size_t count_ = 0;
};

}  // namespace weir::sim
