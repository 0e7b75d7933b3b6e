// Cost of keyed state, by backend: read-modify-write through ValueState, snapshots, restores, what an open snapshot
// costs the writer, and what the RocksDB backend adds to RocksDB. Prints one line a measurement: processor time, best
// of several rounds, as other work on the machine only ever adds.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "fakes/state_world.h"
#include "state/heap_backend.h"
#include "state/rocksdb/cell_key.h"
#include "state/rocksdb/rocks_store.h"

namespace {

using namespace weir::engine;
using weir::engine::testing::CountingExecutor;
using weir::engine::testing::group_of;
using weir::engine::testing::ManualClock;
using weir::engine::testing::MemoryDisk;
using weir::engine::testing::StateWorld;

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double once_ns(int operations, const std::function<void()>& work) {
  const double start = cpu_ns();
  work();
  return (cpu_ns() - start) / operations;
}

double best_ns(int rounds, int operations, const std::function<void()>& work) {
  double best = 1e18;
  for (int i = 0; i < rounds; ++i) best = std::min(best, once_ns(operations, work));
  return best;
}

void report(const char* what, StateBackendKind kind, double ns, const char* unit = "ns") {
  std::printf("%-36s %-8s %12.1f %s\n", what, kind == StateBackendKind::Heap ? "heap" : "rocksdb", ns, unit);
}

std::vector<std::string> make_keys(int count) {
  std::vector<std::string> keys;
  const std::int64_t last = count <= 100'000 ? 100'000 : 1'000'003;
  for (int i = 0; i < count; ++i) keys.push_back("word-" + std::to_string(std::int64_t{i} * 7919 % last));
  return keys;
}

void count_once(KeyedStateBackend& backend, ValueState<std::int64_t>& counts, const std::string& key) {
  backend.set_current_key(key, group_of(key));
  counts.update(counts.value_or(0) + 1);
}

void require(const Status& status) {
  if (!status.ok()) std::abort();
}

void measure(StateBackendKind kind, int rounds) {
  const std::vector<std::string> keys = make_keys(100);
  StateWorld world;
  Backend backend = world.make(kind);
  ValueState<std::int64_t> counts(*backend.state, {"counts"});
  Bytes written;
  double update = 1e18, snapshot = 1e18, digest = 1e18;
  for (int round = 0; round < rounds; ++round) {
    update = std::min(update, once_ns(1000, [&] {
                        for (std::size_t i = 0; i < 1000; ++i) count_once(*backend.state, counts, keys[i % 100]);
                      }));
    snapshot = std::min(snapshot, once_ns(1, [&] {
                          const auto pending = backend.state->snapshot(CheckpointId{1});
                          while (backend.work != nullptr && backend.work->run_one()) {
                          }
                          written = pending->write();
                        }));
    digest = std::min(digest, once_ns(1, [&] { backend.state->digest(StateWorld::kAll); }));
  }
  report("read-modify-write, 100 keys", kind, update);
  report("snapshot of 100 cells", kind, snapshot);
  report("digest of 100 cells", kind, digest);
  report("create, restore, register, destroy", kind, best_ns(rounds, 1, [&] {
           StateWorld fresh;
           Backend made = fresh.make(kind);
           require(made.state->restore(written));
           ValueState<std::int64_t> again(*made.state, {"counts"});
         }));
  report("create, destroy", kind, best_ns(rounds, 1, [&] {
           StateWorld fresh;
           fresh.make(kind);
         }));
}

void measure_entries_of_collections(StateBackendKind kind, int rounds) {
  const std::vector<std::string> keys = make_keys(100);
  StateWorld world;
  Backend backend = world.make(kind);
  ListState<std::int64_t> list(*backend.state, {"list"});
  MapState<std::string, std::int64_t> map(*backend.state, {"map"});
  const auto use = [&](const std::string& key) { backend.state->set_current_key(key, group_of(key)); };
  report("list add", kind, best_ns(rounds, 100, [&] {
           for (const std::string& key : keys) {
             use(key);
             list.add(1);
           }
         }));
  report("map get and put, 100 maps of 10", kind, best_ns(rounds, 1000, [&] {
           for (const std::string& key : keys) {
             use(key);
             for (int i = 0; i < 10; ++i) {
               const std::int64_t* found = map.get(keys[static_cast<std::size_t>(i)]);
               map.put(keys[static_cast<std::size_t>(i)], found != nullptr ? *found + 1 : 1);
             }
           }
         }));
}

// Keys come in an order that is not that of the table.
void measure_large(int cells, int rounds) {
  const auto kind = StateBackendKind::Heap;
  const std::vector<std::string> keys = make_keys(cells);
  const auto backend = make_heap_backend(StateWorld::kAll);
  ValueState<std::int64_t> counts(*backend, {"counts"});
  const auto pass = [&] {
    for (std::size_t i = 0, at = 0; i < keys.size(); ++i, at = (at + 618'033) % keys.size()) {
      count_once(*backend, counts, keys[at]);
    }
  };
  pass();
  const std::string of = " of " + std::to_string(cells) + " cells";
  std::unique_ptr<PendingStateSnapshot> pending;
  double sync = 1e18, closed = 1e18, open = 1e18, write = 1e18, release = 1e18;
  for (int i = 0; i < rounds; ++i) {
    closed = std::min(closed, once_ns(cells, pass));
    sync = std::min(sync, once_ns(1, [&] { pending = backend->snapshot(CheckpointId{1}); }));
    open = std::min(open, once_ns(cells, pass));
    write = std::min(write, once_ns(cells, [&] { pending->write(); }));
    release = std::min(release, once_ns(cells, [&] { pending.reset(); }));
  }
  report(("sync part" + of).c_str(), kind, sync);
  report(("read-modify-write" + of).c_str(), kind, closed);
  report("  while a snapshot is open", kind, open);
  report("  slowdown", kind, open / closed, "x");
  report("  snapshot written, a cell", kind, write);
  report("  pre-images released, a cell", kind, release);
}

// The backend and RocksDB alone do the same reads and writes in the same world, in turn.
void measure_rocksdb_alone(int rounds) {
  const auto kind = StateBackendKind::RocksDb;
  const std::vector<std::string> keys = make_keys(100);
  StateWorld world;
  Backend backend = world.make(kind);
  ValueState<std::int64_t> counts(*backend.state, {"counts"});
  MemoryDisk disk;
  ManualClock clock;
  CountingExecutor executor;
  RocksStore store(disk, clock, executor, "db");
  const FamilyIndex family = store.create_family("counts");
  std::vector<Bytes> composites(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) CellKeys(128).encode(group_of(keys[i]), keys[i], composites[i]);
  Bytes value(8, '\0');
  double with = 1e18, alone = 1e18;
  for (int round = 0; round < rounds; ++round) {
    with = std::min(with, once_ns(1000, [&] {
                      for (std::size_t i = 0; i < 1000; ++i) count_once(*backend.state, counts, keys[i % 100]);
                    }));
    alone = std::min(alone, once_ns(1000, [&] {
                       for (std::size_t i = 0; i < 1000; ++i) {
                         store.get(family, composites[i % 100], value);
                         store.put(family, composites[i % 100], value);
                       }
                     }));
  }
  report("read-modify-write", kind, with);
  report("  Get and Put of RocksDB alone", kind, alone);
  report("  ratio", kind, with / alone, "x");
}

}  // namespace

int main() {
  measure(StateBackendKind::Heap, 400);
  measure(StateBackendKind::RocksDb, 40);
  measure_entries_of_collections(StateBackendKind::Heap, 100);
  measure_entries_of_collections(StateBackendKind::RocksDb, 10);
  measure_large(10'000, 20);
  measure_large(1'000'000, 3);
  measure_rocksdb_alone(60);
}
