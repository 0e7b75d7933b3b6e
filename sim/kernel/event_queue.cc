#include "weir/sim/event_queue.h"

#include <algorithm>

namespace weir::sim {

// The lowest used level holds the least keys. A level-0 bucket holds one key only, so its list is in order of arrival;
// a higher one is spread again around its least key, which keeps the order of arrival among equal keys.
QueuedEvent EventQueue::pop() {
  for (;;) {
    const auto level = static_cast<std::size_t>(__builtin_ctz(used_levels_));
    const auto slot = static_cast<std::uint32_t>(__builtin_ctzll(used_slots_[level]));
    const std::uint32_t head = buckets_[level][slot].head;
    Node& first = pool_[head];
    const std::uint32_t rest = first.next;
    if (level == 0 || rest == kNone) {
      if (rest == kNone) {
        forget_slot(level, slot);
      } else {
        buckets_[level][slot].head = rest;
      }
      last_key_ = first.key;
      first.next = free_;
      free_ = head;
      --count_;
      return first.event;
    }
    forget_slot(level, slot);
    last_key_ = least_key(head);
    for (std::uint32_t node = head; node != kNone;) {
      const std::uint32_t next = pool_[node].next;
      place(node);
      node = next;
    }
  }
}

std::uint64_t EventQueue::least_key(std::uint32_t node) const {
  std::uint64_t least = pool_[node].key;
  for (; node != kNone; node = pool_[node].next) least = std::min(least, pool_[node].key);
  return least;
}

void EventQueue::clear() {
  pool_.clear();
  used_slots_.fill(0);
  used_levels_ = 0;
  last_key_ = 0;
  free_ = kNone;
  count_ = 0;
}

}  // namespace weir::sim
