#pragma once

// What travels on a channel: byte segments of records, and events between them (BP-8).

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/types.h"

namespace weir::engine {

enum class SegmentKind : std::uint8_t {
  Data,
  Barrier,         // checkpoint, timestamp
  CancelMarker,    // checkpoint: stop aligning for it (BA-7)
  EndOfData,       // all records of this channel were sent; the sender still takes part in checkpoints (CO-55)
  EndOfPartition,  // the sender is gone for good (BA-8)
};

// How a barrier travels (flink-semantics 2.1).
enum class Alignment : std::uint8_t {
  Aligned,        // in line; its channel waits at the receiver until all have come
  Timeoutable,    // in line, until it takes too long: then it is made to overtake (BA-13)
  Unaligned,      // overtakes everything but other such barriers (BA-2)
  ForcedAligned,  // in line, since the edge cannot do without (BA-1); the receiver's own need not be
};

// A data segment holds frames back to back; a frame is <varint payload size><8-byte origin><payload> and may continue
// in the next segment of the channel (BA-28, BP-8). `records` counts the frames that END in this segment.
struct Segment {
  SegmentKind kind = SegmentKind::Data;
  std::uint32_t size = 0;
  std::uint32_t records = 0;
  std::uint32_t sequence = 0;  // position on its connection, in the order of sending, from 0; a gap is a bug
  Alignment alignment = Alignment::Aligned;  // Barrier
  std::uint32_t backlog = 0;                 // Data: how many of its kind its producer had queued behind it (BP-1)
  std::uint64_t cut = 0;                     // Data: ChannelCut of the records that end in it or before, packed
  CheckpointId checkpoint{};                 // Barrier, CancelMarker
  Time timestamp{};                          // Barrier: when the coordinator triggered it
  CheckpointType type{};                     // Barrier
  std::uint32_t cause = 0;  // event that sent it; filled in and read by the environment, opaque to the engine
  Segment* next = nullptr;  // intrusive queue or free list
  std::uint32_t capacity = 0;
  char* bytes = nullptr;  // `capacity` bytes, owned by the pool

  BytesView view() const { return {bytes, size}; }
};

// Owns every segment of a run; releasing returns one to the free list, `reset` all of them. Capacity is one per pool.
// Not thread-safe: a run is single-threaded.
class SegmentPool {
 public:
  explicit SegmentPool(std::uint32_t capacity) : capacity_(capacity) {}
  SegmentPool(const SegmentPool&) = delete;
  SegmentPool& operator=(const SegmentPool&) = delete;

  Segment* acquire(SegmentKind kind);
  void release(Segment* segment);
  void reset();                        // every segment is free again; memory is kept
  void reset(std::uint32_t capacity);  // the same, for another capacity; memory is kept while it suffices
  std::uint32_t capacity() const { return capacity_; }
  std::size_t in_use() const { return in_use_; }

 private:
  static constexpr std::uint32_t kBlockSegments = 32;
  struct Block {
    std::unique_ptr<Segment[]> segments;
    std::unique_ptr<char[]> memory;
  };

  void add_block();
  void free_block(const Block& block);

  std::uint32_t capacity_;
  std::uint32_t stride_ = 0;  // bytes behind each segment; at least the capacity once a block exists
  std::size_t in_use_ = 0;
  Segment* free_ = nullptr;
  std::vector<Block> blocks_;
};

// Intrusive first-in first-out list of segments; owns nothing.
class SegmentQueue {
 public:
  bool empty() const { return head_ == nullptr; }
  std::size_t size() const { return size_; }
  Segment* front() const { return head_; }  // and from there by `next`
  void push(Segment* s) {
    s->next = nullptr;
    (tail_ != nullptr ? tail_->next : head_) = s;
    tail_ = s;
    ++size_;
  }
  // Behind those at the front for which `is` holds, and before all others.
  template <class Is>
  void push_behind(Is is, Segment* s) {
    Segment* before = nullptr;
    for (Segment* at = head_; at != nullptr && is(*at); at = at->next) before = at;
    Segment*& link = before != nullptr ? before->next : head_;
    s->next = link;
    link = s;
    if (tail_ == before) tail_ = s;
    ++size_;
  }
  // Takes out the first for which `is` holds; null: there is none.
  template <class Is>
  Segment* extract(Is is) {
    Segment* before = nullptr;
    for (Segment* s = head_; s != nullptr; before = s, s = s->next) {
      if (!is(*s)) continue;
      (before != nullptr ? before->next : head_) = s->next;
      if (tail_ == s) tail_ = before;
      --size_;
      return s;
    }
    return nullptr;
  }
  Segment* pop() {
    Segment* s = head_;
    head_ = s->next;
    if (head_ == nullptr) tail_ = nullptr;
    --size_;
    return s;
  }

 private:
  Segment* head_ = nullptr;
  Segment* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir::engine
