#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "fakes/state_world.h"
#include "state/rocksdb/rocks_store.h"

using namespace weir::engine;
using weir::engine::testing::MemoryDisk;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}

// Writes, flushes and compactions of one database; returns its shape at each step.
std::vector<std::string> shapes_of_a_run() {
  MemoryDisk disk;
  weir::engine::testing::ManualClock clock;
  weir::engine::testing::CountingExecutor executor;
  RocksStore store(disk, clock, executor, "db");
  const FamilyIndex families[] = {store.create_family("one"), store.create_family("two")};
  std::vector<std::string> shapes;
  for (int i = 0; i < 3000; ++i) {
    clock.at += Duration{40'000};
    const std::string key = "key-" + std::to_string(i * 7919 % 613);
    store.put(families[i % 2], key, std::to_string(i));
    if (i % 11 == 0) store.remove(families[i % 2], key);
    if (i % 100 == 99) store.request_flush();
    if (i % 70 == 0) store.work().run_one();
    if (i % 100 == 50) shapes.push_back(store.shape());
  }
  while (store.work().run_one()) {
  }
  shapes.push_back(store.shape());
  shapes.push_back(disk.listing());
  return shapes;
}

}  // namespace

TEST_CASE("the tree has the same shape at every step of two equal runs, also on a fresh thread") {
  const std::vector<std::string> first = shapes_of_a_run();
  CHECK(first == shapes_of_a_run());
  std::vector<std::string> on_a_thread;
  std::thread([&] { on_a_thread = shapes_of_a_run(); }).join();
  CHECK(first == on_a_thread);
  const std::string& last = first[first.size() - 2];
  CHECK(last.find(" L1 ") != std::string::npos);  // compactions took place
  CHECK(std::count(last.begin(), last.end(), '\n') < 20);
}

TEST_CASE("open databases bring no threads but RocksDB's one timer") {
  StateWorld world;
  const Backend first = world.make(StateBackendKind::RocksDb);
  const std::size_t with_one = threads_of_this_process();
  std::vector<Backend> more;
  for (std::uint32_t i = 0; i < 8; ++i) {
    more.push_back(make_backend({StateBackendKind::RocksDb, world.environment, ProcessId{1}, SubtaskId{10},
                                 AttemptId{1}, OperatorId{i}, StateWorld::kAll, 128, world.executor}));
    ValueState<int> count(*more.back().state, {"count"});
    use_key(*more.back().state, "a");
    count.update(1);
    more.back().state->snapshot(CheckpointId{1});
    while (more.back().work->run_one()) {
    }
  }
  CHECK(threads_of_this_process() == with_one);
  CHECK(with_one <= 2);
}
