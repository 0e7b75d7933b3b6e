// The coordinator of a source: which splits it has, and which it takes back (SO-2..SO-7, SO-10).

#include "coordination/source_coordinator.h"

#include <map>
#include <set>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

std::vector<SourceSplit> splits(std::initializer_list<std::uint32_t> ids) {
  std::vector<SourceSplit> made;
  for (const std::uint32_t id : ids) made.push_back({id, id * 10, false});
  return made;
}

struct Coordinator {
  explicit Coordinator(DefectSet defects_in = {}) : defects(defects_in) {
    coordinator.reset(splits({0, 1, 2, 3}));
    for (std::uint32_t i = 0; i < 2; ++i) coordinator.reset_subtask(i, AttemptId{1}, kNoCheckpoint);
  }
  std::vector<std::uint32_t> left() const {
    std::vector<std::uint32_t> ids;
    for (const SourceSplit& split : coordinator.unassigned()) ids.push_back(split.id);
    return ids;
  }
  DefectSet defects;
  SourceCoordinator coordinator{2, defects};
};
using Ids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("splits go to who asks, one at a time, and then it hears that there are no more (SO-8, SO-12)") {
  Coordinator c;
  for (const std::uint32_t id : {0u, 1u, 2u, 3u}) CHECK(c.coordinator.on_request(id % 2)->id == id);
  CHECK_FALSE(c.coordinator.on_request(0));
  CHECK(c.coordinator.gateway(0).next(SubtaskId{0})->splits.at(0) == SourceSplit{0, 0, false});
  CHECK(c.left().empty());
}

TEST_CASE("a reader that is restored from a checkpoint keeps what was assigned before it only (SO-4, SO-5)") {
  Coordinator c;
  c.coordinator.on_request(0);
  c.coordinator.snapshot(CheckpointId{1});
  c.coordinator.on_request(0);
  c.coordinator.snapshot(CheckpointId{2});
  c.coordinator.on_request(0);
  c.coordinator.on_request(1);
  SECTION("of the newest") {
    c.coordinator.on_completed(CheckpointId{2});
    c.coordinator.reset_subtask(0, AttemptId{2}, CheckpointId{2});
    CHECK(c.left() == Ids{2});
  }
  SECTION("of an older one, because the newest was aborted") {
    c.coordinator.on_completed(CheckpointId{1});
    c.coordinator.on_aborted(CheckpointId{2});
    c.coordinator.reset_subtask(0, AttemptId{2}, CheckpointId{1});
    CHECK(c.left() == Ids{1, 2});
  }
  SECTION("of none") {
    c.coordinator.reset_subtask(0, AttemptId{2}, kNoCheckpoint);
    CHECK(c.left() == Ids{0, 1, 2});
    c.coordinator.reset_subtask(1, AttemptId{2}, kNoCheckpoint);
    CHECK(c.left() == Ids{0, 1, 2, 3});
  }
}

TEST_CASE("a split comes back with the position it was assigned with (SO-6)") {
  Coordinator c;
  c.coordinator.on_request(0);
  c.coordinator.on_request(0);
  c.coordinator.reset_subtask(0, AttemptId{2}, kNoCheckpoint);
  CHECK(c.coordinator.unassigned() == splits({0, 1, 2, 3}));
}

TEST_CASE("a coordinator that is reset has what the checkpoint has and nothing else (RE-6)") {
  Coordinator c;
  c.coordinator.on_request(0);
  c.coordinator.reset(splits({2, 3}));
  c.coordinator.reset_subtask(0, AttemptId{2}, CheckpointId{9});
  CHECK(c.left() == Ids{2, 3});
}

TEST_CASE("its part of a checkpoint reads back, and has positions (SO-2, SO-7)") {
  Coordinator c;
  c.coordinator.on_request(0);
  const Bytes part = c.coordinator.snapshot(CheckpointId{1});
  REQUIRE(decode_unassigned(part).ok());
  CHECK(decode_unassigned(part).value() == splits({1, 2, 3}));
  CHECK_FALSE(decode_unassigned(BytesView(part).substr(1)).ok());
  CHECK_FALSE(decode_unassigned("").ok());
}

TEST_CASE("defect forget-assignments-on-abort: what an aborted checkpoint had is lost (SO-4)") {
  DefectSet defects;
  defects.add(Defect::ForgetAssignmentsOnAbort);
  Coordinator c(defects);
  c.coordinator.on_request(0);
  c.coordinator.snapshot(CheckpointId{1});
  c.coordinator.on_aborted(CheckpointId{1});
  c.coordinator.reset_subtask(0, AttemptId{2}, kNoCheckpoint);
  CHECK(c.left() == Ids{1, 2, 3});
}

// Readers as sets of splits with their snapshots; the model restores all of them, or one, from the newest checkpoint.
TEST_CASE("whatever happens, each split has one owner (SO-3)") {
  REQUIRE(rc::check([] {
    Coordinator c;
    using Readers = std::vector<std::set<std::uint32_t>>;
    Readers readers(2);
    Readers completed(2);
    std::map<std::uint64_t, Readers> pending;
    std::uint64_t newest = 0;
    std::uint64_t ids = 0;
    std::uint32_t attempts = 1;
    for (const int step : *rc::gen::container<std::vector<int>>(60, rc::gen::inRange(0, 6))) {
      const auto reader = *rc::gen::inRange<std::uint32_t>(0, 2);
      if (step <= 1) {
        if (const auto split = c.coordinator.on_request(reader)) readers[reader].insert(split->id);
      } else if (step == 2) {
        c.coordinator.snapshot(CheckpointId{++ids});
        pending[ids] = readers;
      } else if (step == 3 && !pending.empty()) {
        newest = pending.begin()->first;
        completed = pending.begin()->second;
        pending.erase(pending.begin());
        c.coordinator.on_completed(CheckpointId{newest});
      } else if (step == 4 && !pending.empty()) {
        c.coordinator.on_aborted(CheckpointId{pending.rbegin()->first});
        pending.erase(std::prev(pending.end()));
      } else if (step == 5) {
        for (const auto& [id, parts] : pending) c.coordinator.on_aborted(CheckpointId{id});
        pending.clear();
        readers[reader] = completed[reader];
        c.coordinator.reset_subtask(reader, AttemptId{++attempts}, CheckpointId{newest});
      }
      std::multiset<std::uint32_t> owned(readers[0].begin(), readers[0].end());
      owned.insert(readers[1].begin(), readers[1].end());
      for (const std::uint32_t id : c.left()) owned.insert(id);
      RC_ASSERT(owned == (std::multiset<std::uint32_t>{0, 1, 2, 3}));
    }
  }));
}

}  // namespace weir::engine
