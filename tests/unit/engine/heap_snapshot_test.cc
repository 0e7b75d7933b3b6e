// Copy-on-write of the heap backend (SN-7..SN-9) at the level of one table.

#include <catch2/catch.hpp>

#include "fakes/state_world.h"
#include "state/heap_backend.h"

using namespace weir::engine;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

struct Counts {
  void set(const std::string& key, int value) {
    use_key(*backend, key);
    state.update(value);
  }
  void clear(const std::string& key) {
    use_key(*backend, key);
    state.clear();
  }
  std::unique_ptr<PendingStateSnapshot> open() { return backend->snapshot(CheckpointId{1}); }
  Bytes now() { return open()->write(); }
  std::size_t kept() const { return backend->tables()->all().front()->kept(); }

  std::unique_ptr<KeyedStateBackend> backend = make_heap_backend(StateWorld::kAll);
  ValueState<int> state{*backend, {"count"}};
};

}  // namespace

TEST_CASE("opening a snapshot copies nothing, the first write of each cell keeps what it was (SN-7, SN-8)") {
  Counts counts;
  for (int i = 0; i < 100; ++i) counts.set(std::to_string(i), i);
  const Bytes before = counts.now();
  const auto pending = counts.open();
  CHECK(counts.kept() == 0);
  counts.set("7", -1);
  counts.set("7", -2);
  counts.clear("8");
  counts.set("8", -3);
  counts.set("new", 1);
  counts.clear("new");
  CHECK(counts.kept() == 2);
  CHECK(pending->write() == before);
  CHECK(pending->write() == before);  // writing takes nothing away
}

TEST_CASE("several open snapshots each show their own moment, in whatever order they end (SN-8, SN-9)") {
  for (const std::vector<std::size_t>& order :
       std::vector<std::vector<std::size_t>>{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}}) {
    Counts counts;
    std::vector<Bytes> then;
    std::vector<std::unique_ptr<PendingStateSnapshot>> open;
    for (int i = 0; i < 4; ++i) {
      counts.set("always", i);
      if (i % 2 == 0) counts.set("sometimes", i);
      if (i == 2) counts.clear("once");
      if (i == 0) counts.set("once", 1);
      then.push_back(counts.now());
      open.push_back(counts.open());
    }
    counts.set("always", 9);
    for (const std::size_t i : order) {
      CHECK(open[i]->write() == then[i]);
      open[i].reset();
      counts.set("sometimes", static_cast<int>(i));
      counts.clear("always");
    }
    CHECK(counts.kept() == 0);
  }
}

TEST_CASE("a released snapshot costs nothing any more, written or not (SN-9)") {
  Counts counts;
  counts.set("a", 1);
  auto first = counts.open();
  counts.set("a", 2);
  auto second = counts.open();
  counts.set("a", 3);
  CHECK(counts.kept() == 2);
  first.reset();
  CHECK(counts.kept() == 1);  // 2, which the second shows
  second.reset();
  CHECK(counts.kept() == 0);
  counts.set("a", 4);
  CHECK(counts.kept() == 0);
}

TEST_CASE("what only a released snapshot needed is not kept for one that is opened later (SN-9)") {
  Counts counts;
  counts.set("a", 1);
  auto first = counts.open();
  counts.set("a", 2);
  auto second = counts.open();
  first.reset();
  CHECK(counts.kept() == 0);
  counts.set("a", 3);
  counts.set("a", 4);
  CHECK(counts.kept() == 1);
  Counts same;
  same.set("a", 2);
  CHECK(second->write() == same.now());
}

TEST_CASE("a snapshot is gone with its backend (SN-9)") {
  Counts counts;
  counts.set("a", 1);
  const auto pending = counts.open();
  counts.state = {};
  counts.backend.reset();
  CHECK_THROWS_AS(pending->write(), InvariantViolation);
}

TEST_CASE("a state registered while a snapshot is open belongs to it as it was restored (ST-6, SN-2)") {
  Counts first;
  first.set("a", 1);
  const Bytes bytes = first.now();
  const auto backend = make_heap_backend(StateWorld::kAll);
  REQUIRE(backend->restore(bytes).ok());
  const auto pending = backend->snapshot(CheckpointId{1});
  ValueState<int> state(*backend, {"count"});
  use_key(*backend, "a");
  state.update(2);
  CHECK(pending->write() == bytes);
}

namespace {

// What a snapshot holds of which `a` is 1 and `b` is 2, when `a` is changed to 7 and `c` is added before it is written.
Bytes snapshot_with(Defect defect) {
  DefectSet defects;
  defects.add(defect);
  Counts counts{make_heap_backend(StateWorld::kAll, nullptr, defects)};
  counts.set("a", 1);
  counts.set("b", 2);
  const auto pending = counts.open();
  counts.set("a", 7);
  counts.set("c", 3);
  return pending->write();
}

}  // namespace

TEST_CASE("defects of heap snapshots: what is written later shows, all of it or what is overwritten (SN-2, SN-9)") {
  Counts later;
  later.set("a", 7);
  later.set("b", 2);
  CHECK(snapshot_with(Defect::ReleaseVersionEarly) == later.now());
  later.set("c", 3);
  CHECK(snapshot_with(Defect::WriteAfterSyncPart) == later.now());
}
