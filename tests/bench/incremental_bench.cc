// How many bytes an incremental checkpoint of RocksDB uploads after 1 % of the keys changed, beside a full one: keys
// that lie together, and keys that are spread over the whole range. Prints one line a checkpoint. The first rounds are
// not counted: the first compaction cuts the one large table of the load into the small ones of a running job.

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fakes/memory_storage.h"
#include "fakes/state_world.h"

namespace {

using namespace weir::engine;
using weir::engine::testing::group_of;
using weir::engine::testing::MemoryStorage;
using weir::engine::testing::StateWorld;

constexpr int kKeys = 1'000'000;
constexpr int kChanged = kKeys / 100;
constexpr int kUncounted = 4;
constexpr int kCheckpoints = 12;

class Job {
 public:
  Job() : backend_(world_.make_incremental()), counts_(*backend_.state, {"counts"}) {}

  // Keys in the order of the tables, which is by key group first.
  void load() {
    for (int i = 0; i < kKeys; ++i) write(i, 0);
    checkpoint("first", 0);
    full_ = last_;
    // What a full checkpoint costs later on too.
    std::printf("%-10s %8" PRIu64 " KiB in the canonical form\n", "full", canonical() >> 10);
  }
  template <class Choose>
  void run(const char* what, Choose choose) {
    std::uint64_t sum = 0;
    for (int n = 1 - kUncounted; n <= kCheckpoints; ++n) {
      for (int i = 0; i < kChanged; ++i) write(choose(n, i), n);
      checkpoint(what, n);
      if (n > 0) sum += last_;
    }
    std::printf("%-10s on average %.2f %% of the first\n", what,
                100.0 * static_cast<double>(sum) / kCheckpoints / static_cast<double>(full_));
  }

 private:
  // Key i lies in key group i * 128 / kKeys, so that neighbours are neighbours in the tables.
  void write(int i, int value) {
    char key[16];
    std::snprintf(key, sizeof(key), "key-%08d", i);
    backend_.state->set_current_key(key, KeyGroup{static_cast<std::uint16_t>(std::int64_t{i} * 128 / kKeys)});
    counts_.update(value);
  }
  void checkpoint(const char* what, int n) {
    const std::uint64_t before = storage_.written;
    const CheckpointId id{++id_};
    store(backend_.state->snapshot(id), StateWorld::kAll, "chk-" + std::to_string(id.value), storage_);
    backend_.state->notify_checkpoint_complete(id);
    last_ = storage_.written - before;
    storage_.files.clear();
    while (backend_.work->run_one()) {
    }
    std::printf("%-10s %2d %8" PRIu64 " KiB", what, n, last_ >> 10);
    if (full_ != 0) std::printf(" %7.2f %%", 100.0 * static_cast<double>(last_) / static_cast<double>(full_));
    std::printf("\n");
  }
  std::uint64_t canonical() {
    return backend_.state->snapshot({CheckpointId{++id_}, SnapshotKind::Canonical})->write().size();
  }

  StateWorld world_;
  MemoryStorage storage_;
  Backend backend_;
  ValueState<std::int64_t> counts_;
  std::uint64_t id_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t full_ = 0;
};

}  // namespace

int main() {
  Job clustered;
  clustered.load();
  clustered.run("clustered", [](int n, int i) { return (n + kUncounted) * kChanged * 7 % (kKeys - kChanged) + i; });
  Job uniform;
  uniform.load();
  uniform.run("uniform", [](int n, int i) { return i * 100 + n + kUncounted; });
}
