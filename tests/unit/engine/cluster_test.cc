#include "recovery/cluster.h"

#include <catch2/catch.hpp>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr ProcessId tm(std::uint16_t n) { return ProcessId{n}; }

TEST_CASE("slots are numbered over the live TaskManagers in ascending order") {
  Cluster cluster;
  cluster.add(tm(2), 2, 1);
  cluster.add(tm(1), 1, 1);
  cluster.add(tm(3), 3, 1);
  CHECK(cluster.slots() == 6);
  CHECK(cluster.slot_owners(4) == std::vector<ProcessId>{tm(1), tm(2), tm(2), tm(3)});
  CHECK(cluster.remove(tm(2)));
  CHECK(cluster.slots() == 4);
  CHECK(cluster.slot_owners(3) == std::vector<ProcessId>{tm(1), tm(3), tm(3)});
  CHECK_THROWS_AS(cluster.slot_owners(5), InvariantViolation);
}

TEST_CASE("a registration of a newer life ends the known one (RE-11)") {
  Cluster cluster;
  CHECK_FALSE(cluster.add(tm(1), 2, 1));
  CHECK_FALSE(cluster.add(tm(1), 2, 1));  // repeated
  CHECK(cluster.add(tm(1), 3, 2));
  CHECK(cluster.slots() == 3);
  CHECK_FALSE(cluster.add(tm(1), 2, 1));  // late news of the earlier life
  CHECK(cluster.slots() == 3);
}

TEST_CASE("a loss is noticed once, and a new life brings the slots back (RE-11)") {
  Cluster cluster;
  cluster.add(tm(1), 2, 1);
  CHECK(cluster.remove(tm(1)));
  CHECK_FALSE(cluster.remove(tm(1)));
  CHECK_FALSE(cluster.remove(tm(9)));
  CHECK(cluster.slots() == 0);
  CHECK_FALSE(cluster.add(tm(1), 2, 2));
  CHECK(cluster.slots() == 2);
}

TEST_CASE("a slot that still exists is kept, whatever else is free; the others get the first free ones (SN-26)") {
  Cluster cluster;
  cluster.add(tm(1), 2, 1);
  cluster.add(tm(2), 2, 1);
  cluster.add(tm(3), 1, 1);
  const auto first = cluster.allocate(3, {});
  CHECK(first == std::vector<SlotAllocation>{{{1}, tm(1), 1}, {{2}, tm(1), 1}, {{3}, tm(2), 1}});
  CHECK(cluster.allocate(3, first) == first);
  cluster.remove(tm(1));
  const auto second = cluster.allocate(3, first);
  CHECK(second == std::vector<SlotAllocation>{{{4}, tm(2), 1}, {{5}, tm(3), 1}, {{3}, tm(2), 1}});
  cluster.add(tm(1), 2, 2);
  CHECK(cluster.allocate(3, second) == second);
  CHECK_THROWS_AS(cluster.allocate(6, second), InvariantViolation);
}

TEST_CASE("a process that came back has other slots than before (SN-26)") {
  Cluster cluster;
  cluster.add(tm(1), 1, 1);
  const auto before = cluster.allocate(1, {});
  cluster.add(tm(1), 1, 2);
  CHECK(cluster.allocate(1, before) == std::vector<SlotAllocation>{{{2}, tm(1), 2}});
}

}  // namespace
}  // namespace weir::engine
