#include "weir/engine/heap_index.h"

namespace weir::engine {
namespace {

constexpr std::size_t kFewest = 16;  // slots of a table that is not empty

}  // namespace

std::uint32_t HeapTable::add(BytesView address, std::uint32_t key_size, std::uint64_t hash, KeyGroup group,
                             Version written) {
  if ((live_ + 1) * 2 > slots_.size()) grow(slots_.empty() ? kFewest : slots_.size() * 2);
  auto at = static_cast<std::uint32_t>(entries_.size());
  if (free_.empty()) {
    WEIR_ASSERT(at < kOld, "too many cells in one state");
    entries_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Entry& e = entries_[at];
  e.address.assign(address);
  e.hash = hash;
  e.key_size = key_size;
  e.written = written;
  e.group = group;
  e.live = true;
  ++live_;
  link(at);
  return at;
}

void HeapTable::remove_entry(std::uint32_t at) {
  if (found_at_ == at) found_turn_ = 0;
  unlink(at);
  entries_[at].live = false;
  free_.push_back(at);
  --live_;
}

void HeapTable::link(std::uint32_t at) {
  std::size_t i = entries_[at].hash & mask();
  while (slots_[i] != kNone) i = (i + 1) & mask();
  slots_[i] = at;
}

void HeapTable::reserve_entries(std::size_t cells) {
  std::size_t slots = kFewest;
  while (slots < (live_ + cells) * 2) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

void HeapTable::grow(std::size_t slots) {
  slots_.assign(slots, kNone);
  entries_.reserve(slots / 2);
  for (std::uint32_t at = 0; at < entries_.size(); ++at) {
    if (entries_[at].live) link(at);
  }
}

// Backward-shift deletion keeps probe chains free of tombstones.
void HeapTable::unlink(std::uint32_t at) {
  std::size_t hole = entries_[at].hash & mask();
  while (slots_[hole] != at) hole = (hole + 1) & mask();
  for (std::size_t i = (hole + 1) & mask(); slots_[i] != kNone; i = (i + 1) & mask()) {
    const std::size_t home = entries_[slots_[i]].hash & mask();
    if (((i - home) & mask()) < ((i - hole) & mask())) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = kNone;
}

}  // namespace weir::engine
