// Cost of keyed state, by backend: read-modify-write through ValueState, snapshots, and opening a RocksDB.
// Prints one line a measurement: processor time, best of several rounds, as other work on the machine only ever adds.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "fakes/state_world.h"

namespace {

using namespace weir::engine;
using weir::engine::testing::StateWorld;

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double best_ns(int rounds, int operations, const std::function<void()>& work) {
  double best = 1e18;
  for (int i = 0; i < rounds; ++i) {
    const double start = cpu_ns();
    work();
    best = std::min(best, (cpu_ns() - start) / operations);
  }
  return best;
}

void report(const char* what, StateBackendKind kind, double ns) {
  std::printf("%-28s %-8s %12.1f ns\n", what, kind == StateBackendKind::Heap ? "heap" : "rocksdb", ns);
}

std::vector<std::string> make_keys(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back("word-" + std::to_string(i * 7919 % 100000));
  return keys;
}

void count_once(KeyedStateBackend& backend, ValueState<std::int64_t>& counts, const std::string& key) {
  backend.set_current_key(key, weir::engine::testing::group_of(key));
  counts.update(counts.value_or(0) + 1);
}

void measure(StateBackendKind kind, int rounds) {
  const std::vector<std::string> keys = make_keys(100);
  StateWorld world;
  Backend backend = world.make(kind);
  ValueState<std::int64_t> counts(*backend.state, {"counts"});
  Bytes written;
  double update = 1e18, snapshot = 1e18, digest = 1e18;
  for (int round = 0; round < rounds; ++round) {
    update = std::min(update, best_ns(1, 1000, [&] {
                        for (std::size_t i = 0; i < 1000; ++i) count_once(*backend.state, counts, keys[i % 100]);
                      }));
    snapshot = std::min(snapshot, best_ns(1, 1, [&] {
                          const auto pending = backend.state->snapshot(CheckpointId{1});
                          while (backend.work != nullptr && backend.work->run_one()) {
                          }
                          written = pending->write();
                        }));
    digest = std::min(digest, best_ns(1, 1, [&] { backend.state->digest(StateWorld::kAll); }));
  }
  report("read-modify-write", kind, update);
  report("snapshot of 100 cells", kind, snapshot);
  report("digest of 100 cells", kind, digest);
  report("create, restore, destroy", kind, best_ns(rounds, 1, [&] {
           StateWorld fresh;
           Backend made = fresh.make(kind);
           if (!made.state->restore(written).ok()) std::abort();
         }));
  report("create, destroy", kind, best_ns(rounds, 1, [&] {
           StateWorld fresh;
           fresh.make(kind);
         }));
}

}  // namespace

int main() {
  measure(StateBackendKind::Heap, 200);
  measure(StateBackendKind::RocksDb, 40);
}
