#pragma once

// Values in flight, addressed by a small number that fits into a queued event. Memory is kept over `clear`.

#include <cstdint>
#include <utility>
#include <vector>

namespace weir::sim {

template <class T>
class SlotPool {
 public:
  std::uint32_t put(T value) {
    ++in_use_;
    if (free_.empty()) {
      slots_.push_back(std::move(value));
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot] = std::move(value);
    return slot;
  }
  // Every slot that was put is taken once.
  T take(std::uint32_t slot) {
    --in_use_;
    free_.push_back(slot);
    return std::move(slots_[slot]);
  }
  const T& at(std::uint32_t slot) const { return slots_[slot]; }
  void clear() {
    slots_.clear();
    free_.clear();
    in_use_ = 0;
  }
  std::size_t in_use() const { return in_use_; }

 private:
  std::vector<T> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t in_use_ = 0;
};

}  // namespace weir::sim
