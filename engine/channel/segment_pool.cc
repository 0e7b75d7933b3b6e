#include "weir/engine/assert.h"
#include "weir/engine/segment.h"

namespace weir::engine {

Segment* SegmentPool::acquire(SegmentKind kind) {
  if (free_ == nullptr) [[unlikely]]
    add_block();
  Segment* s = free_;
  free_ = s->next;
  ++in_use_;
  char* const bytes = s->bytes;
  *s = Segment{};
  s->kind = kind;
  s->capacity = capacity_;
  s->bytes = bytes;
  return s;
}

void SegmentPool::release(Segment* segment) {
  WEIR_ASSERT(in_use_ > 0, "a segment is released twice");
  --in_use_;
  segment->next = free_;
  free_ = segment;
}

void SegmentPool::reset() {
  in_use_ = 0;
  free_ = nullptr;
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) free_block(*block);
}

void SegmentPool::reset(std::uint32_t capacity) {
  if (capacity > stride_) blocks_.clear();
  capacity_ = capacity;
  reset();
}

void SegmentPool::add_block() {
  if (blocks_.empty()) stride_ = capacity_;
  Block made{std::make_unique<Segment[]>(kBlockSegments),
             std::make_unique_for_overwrite<char[]>(std::size_t{stride_} * kBlockSegments)};
  for (std::uint32_t i = 0; i < kBlockSegments; ++i)
    made.segments[i].bytes = made.memory.get() + std::size_t{stride_} * i;
  free_block(made);
  blocks_.push_back(std::move(made));
}

// Puts the block's segments at the front of the free list, lowest address first.
void SegmentPool::free_block(const Block& block) {
  for (std::uint32_t i = kBlockSegments; i-- > 0;) {
    block.segments[i].next = free_;
    free_ = &block.segments[i];
  }
}

}  // namespace weir::engine
