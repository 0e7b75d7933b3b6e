#include <catch2/catch.hpp>
#include <cstring>
#include <set>

#include "weir/engine/assert.h"
#include "weir/engine/segment.h"

using namespace weir::engine;

TEST_CASE("a segment comes back clean") {
  SegmentPool pool(64);
  Segment* used = pool.acquire(SegmentKind::Barrier);
  used->size = 10;
  used->records = 3;
  used->sequence = 9;
  used->checkpoint = CheckpointId{4};
  used->cause = 77;
  pool.release(used);
  Segment* again = pool.acquire(SegmentKind::Data);
  REQUIRE(again == used);
  CHECK(again->kind == SegmentKind::Data);
  CHECK(again->size == 0);
  CHECK(again->records == 0);
  CHECK(again->sequence == 0);
  CHECK(again->checkpoint == kNoCheckpoint);
  CHECK(again->cause == 0);
  CHECK(again->capacity == 64);
}

TEST_CASE("segments do not share memory") {
  SegmentPool pool(16);
  std::vector<Segment*> held;
  for (int i = 0; i < 100; ++i) {
    held.push_back(pool.acquire(SegmentKind::Data));
    std::memset(held.back()->bytes, i, 16);
    held.back()->size = 16;
  }
  CHECK(pool.in_use() == 100);
  for (int i = 0; i < 100; ++i)
    CHECK(held[static_cast<std::size_t>(i)]->view() == std::string(16, static_cast<char>(i)));
}

TEST_CASE("a reset pool gives the same segments in the same order, without new memory") {
  SegmentPool pool(32);
  std::vector<Segment*> first, second;
  for (int i = 0; i < 70; ++i) first.push_back(pool.acquire(SegmentKind::Data));
  pool.reset();
  CHECK(pool.in_use() == 0);
  for (int i = 0; i < 70; ++i) second.push_back(pool.acquire(SegmentKind::Data));
  CHECK(first == second);
}

TEST_CASE("a smaller capacity keeps the memory, a larger one is really there") {
  SegmentPool pool(32);
  Segment* before = pool.acquire(SegmentKind::Data);
  pool.reset(16);
  CHECK(pool.acquire(SegmentKind::Data) == before);
  CHECK(before->capacity == 16);
  pool.reset(4096);
  CHECK(pool.capacity() == 4096);
  Segment* first = pool.acquire(SegmentKind::Data);
  Segment* second = pool.acquire(SegmentKind::Data);
  CHECK(first->capacity == 4096);
  std::memset(first->bytes, 1, 4096);
  std::memset(second->bytes, 2, 4096);
  CHECK(first->bytes[4095] == 1);
}

TEST_CASE("releasing more than was acquired is a bug") {
  SegmentPool pool(8);
  Segment* s = pool.acquire(SegmentKind::Data);
  pool.release(s);
  CHECK_THROWS_AS(pool.release(s), InvariantViolation);
}

TEST_CASE("a segment queue is first in, first out") {
  SegmentPool pool(8);
  SegmentQueue queue;
  Segment* a = pool.acquire(SegmentKind::Data);
  Segment* b = pool.acquire(SegmentKind::Barrier);
  queue.push(a);
  queue.push(b);
  CHECK(queue.size() == 2);
  CHECK(queue.pop() == a);
  CHECK(queue.front() == b);
  CHECK(queue.pop() == b);
  CHECK(queue.empty());
}
