#include "recovery/cluster.h"

#include <catch2/catch.hpp>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr ProcessId tm(std::uint16_t n) { return ProcessId{n}; }

std::vector<ProcessId> owners(const Cluster& cluster, std::uint32_t count) {
  return cluster.place(Places(count), std::vector<bool>(count, true));
}
std::vector<SlotAllocation> allocated(const Cluster& cluster, std::uint32_t count,
                                      const std::vector<SlotAllocation>& previous) {
  return cluster.allocate(std::vector<bool>(count, true), previous);
}

TEST_CASE("slots are numbered over the live TaskManagers in ascending order") {
  Cluster cluster;
  cluster.add(tm(2), 2, 1);
  cluster.add(tm(1), 1, 1);
  cluster.add(tm(3), 3, 1);
  CHECK(cluster.slots() == 6);
  CHECK(owners(cluster, 4) == std::vector<ProcessId>{tm(1), tm(2), tm(2), tm(3)});
  CHECK(cluster.remove(tm(2)));
  CHECK(cluster.slots() == 4);
  CHECK(owners(cluster, 3) == std::vector<ProcessId>{tm(1), tm(3), tm(3)});
  CHECK_THROWS_AS(owners(cluster, 5), InvariantViolation);
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
  const auto first = allocated(cluster, 3, {});
  CHECK(first == std::vector<SlotAllocation>{{{1}, tm(1), 1}, {{2}, tm(1), 1}, {{3}, tm(2), 1}});
  CHECK(allocated(cluster, 3, first) == first);
  cluster.remove(tm(1));
  const auto second = allocated(cluster, 3, first);
  CHECK(second == std::vector<SlotAllocation>{{{4}, tm(2), 1}, {{5}, tm(3), 1}, {{3}, tm(2), 1}});
  cluster.add(tm(1), 2, 2);
  CHECK(allocated(cluster, 3, second) == second);
  CHECK_THROWS_AS(allocated(cluster, 6, second), InvariantViolation);
}

TEST_CASE("a process that came back has other slots than before (SN-26)") {
  Cluster cluster;
  cluster.add(tm(1), 1, 1);
  const auto before = allocated(cluster, 1, {});
  cluster.add(tm(1), 1, 2);
  CHECK(allocated(cluster, 1, before) == std::vector<SlotAllocation>{{{2}, tm(1), 2}});
}

TEST_CASE("what runs keeps its slot, and only what is wanted gets another one (RE-5)") {
  Cluster cluster;
  cluster.add(tm(1), 1, 1);
  cluster.add(tm(2), 2, 1);
  CHECK(cluster.place({std::nullopt, tm(2), std::nullopt}, {true, false, true}) ==
        std::vector<ProcessId>{tm(1), tm(2), tm(2)});
  CHECK(cluster.place({tm(1), tm(2), std::nullopt}, {false, false, true}) ==
        std::vector<ProcessId>{tm(1), tm(2), tm(2)});
  const auto first = cluster.allocate({true, true, true}, {});
  cluster.remove(tm(2));
  cluster.add(tm(3), 1, 1);
  const auto second = cluster.allocate({false, true, false}, first);
  CHECK(second == std::vector<SlotAllocation>{{{1}, tm(1), 1}, {{4}, tm(3), 1}, {{3}, tm(2), 1}});
  CHECK(cluster.exists(second[1]));
  CHECK_FALSE(cluster.exists(second[2]));
}

}  // namespace
}  // namespace weir::engine
