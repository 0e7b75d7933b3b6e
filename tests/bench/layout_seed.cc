#include "bench/layout_seed.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "bench/reference_seed.h"
#include "fakes/state_world.h"
#include "state/keyed_snapshot.h"
#include "state/rocksdb/cell_key.h"
#include "state/rocksdb/tiny_options.h"

namespace weir::bench {
namespace {

using namespace weir::engine;

constexpr std::uint32_t kMaxParallelism = 128;
constexpr unsigned kBatch = 32;  // records of a segment
const StateMeta kCounts{"counts"};

KeyGroupRange range_of(unsigned task, unsigned tasks) {
  const unsigned width = kMaxParallelism / tasks;
  return {KeyGroup{static_cast<std::uint16_t>(task * width)},
          KeyGroup{static_cast<std::uint16_t>(task * width + width - 1)}};
}

struct Key {
  KeyGroup group;
  Bytes bytes;
};

std::vector<Key> keys_of(KeyGroupRange range, unsigned keys) {
  std::vector<Key> own;
  for (unsigned i = 0; i < keys; ++i) {
    Bytes bytes(8, '\0');
    store_little(bytes.data(), std::uint64_t{i});
    const KeyGroup group = key_group_of(java_hash(bytes), kMaxParallelism);
    if (!(group < range.first) && !(range.last < group)) own.push_back({group, bytes});
  }
  return own;
}

// One keyed subtask: what it is, what it has read so far, and its last snapshot.
class Task {
 public:
  Task(unsigned number, KeyGroupRange range, unsigned keys)
      : number_(number), range_(range), keys_(keys_of(range, keys)), composites_(kMaxParallelism) {}

  unsigned number() const { return number_; }

  void count(const Cells& at, unsigned records) {
    for (unsigned i = 0; i < records; ++i, ++position_) {
      const Key& key = keys_[position_ * 29 % keys_.size()];
      composites_.encode(key.group, key.bytes, composite_);
      address_.assign(at.prefix).append(composite_);
      const bool found = at.db->raw().Get({}, at.family, slice(address_), &value_).ok();
      const std::int64_t now = found ? load_little<std::int64_t>(value_.data()) + 1 : 1;
      value_.resize(sizeof(now));
      store_little(value_.data(), now);
      require(at.db->raw().Put(write_, at.family, slice(address_), slice(value_)));
    }
  }
  void pin(const Cells& at) {
    pinned_ = at.db->raw().GetSnapshot();
    pinned_position_ = position_;
  }
  void write_snapshot(const Cells& at) {
    KeyedCells out(range_);
    out.begin_state(kCounts);
    read(at, [&](const CellKeys::Parts& cell, BytesView value) {
      out.add_entry(cell.group, cell.name_space, cell.key, cell.user_key, value);
    });
    snapshot_ = out.encode("long");
    snapshot_position_ = pinned_position_;
    at.db->raw().ReleaseSnapshot(std::exchange(pinned_, nullptr));
  }
  void restore(const Cells& at) {
    position_ = snapshot_position_;
    if (snapshot_.empty()) return;
    KeyedSnapshotContent content;
    require(parse_keyed_snapshot(snapshot_, range_, content));
    rocksdb::WriteBatch batch;
    for (const SnapshotCell& cell : content.cells) {
      composites_.encode(cell.group, cell.key, cell.name_space, composite_);
      address_.assign(at.prefix).append(composite_);
      require(batch.Put(at.family, slice(address_), slice(cell.cell)));
    }
    require(at.db->raw().Write(write_, &batch));
  }
  // Looks at every cell, as the properties have it done at snapshots and restores. Each record has to be counted once.
  void digest(const Cells& at) const {
    std::int64_t sum = 0;
    read(at, [&](const CellKeys::Parts&, BytesView value) { sum += load_little<std::int64_t>(value.data()); });
    if (sum != static_cast<std::int64_t>(position_)) give_up("a record is not counted once");
  }

 private:
  template <class Use>
  void read(const Cells& at, Use use) const {
    rocksdb::ReadOptions options;
    options.snapshot = pinned_;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> cursor(at.db->raw().NewIterator(options, at.family));
    for (cursor->Seek(slice(at.prefix + composites_.lower_bound(range_.first))); cursor->Valid(); cursor->Next()) {
      if (!cursor->key().starts_with(slice(at.prefix))) break;
      const BytesView whole(cursor->key().data(), cursor->key().size());
      const CellKeys::Parts parts = composites_.parts(whole.substr(at.prefix.size()));
      if (range_.last < parts.group) break;
      use(parts, BytesView(cursor->value().data(), cursor->value().size()));
    }
    require(cursor->status());
  }

  unsigned number_;
  KeyGroupRange range_;
  std::vector<Key> keys_;
  CellKeys composites_;
  rocksdb::WriteOptions write_ = write_options();
  Bytes composite_, address_, value_;
  std::uint64_t position_ = 0;  // records read
  std::uint64_t pinned_position_ = 0;
  std::uint64_t snapshot_position_ = 0;
  const rocksdb::Snapshot* pinned_ = nullptr;
  Bytes snapshot_;
};

class TaskManager {
 public:
  TaskManager(LayoutKind kind, LocalDisk& disk, Spent& spent) : kind_(kind), disk_(disk), spent_(spent) {}

  void add(const Task& task) { tasks_.push_back(task); }
  void start() {
    spent_.add(Phase::OpenClose, [&] { layout_ = start_layout(kind_, {disk_, clock_, executor_}); });
  }
  void die() {
    spent_.add(Phase::OpenClose, [&] { layout_.reset(); });
  }
  void cancel() {
    for (const Task& task : tasks_) {
      spent_.add(Phase::OpenClose, [&] { layout_->end(task.number()); });
      spent_.add(Phase::CleanUp, [&] { layout_->clean_up(task.number()); });
    }
  }
  void deploy(unsigned attempt) {
    for (Task& task : tasks_) {
      spent_.add(Phase::OpenClose, [&] { layout_->begin(task.number(), attempt); });
      spent_.add(Phase::Restore, [&] { task.restore(cells(task)); });
      spent_.add(Phase::Read, [&] { task.digest(cells(task)); });
    }
  }
  void work(unsigned records) {
    for (unsigned done = 0; done < records; done += kBatch) {
      for (Task& task : tasks_) {
        spent_.add(Phase::GetPut, [&] { task.count(cells(task), std::min(kBatch, records - done)); });
      }
    }
  }
  // Barriers reach the tasks one by one. What is queued and the async part come a segment later, as in a run.
  void checkpoint(unsigned number) {
    for (Task& task : tasks_) {
      spent_.add(Phase::Read, [&] { task.digest(cells(task)); });
      spent_.add(Phase::Flush, [&] {
        task.pin(cells(task));
        layout_->request_flush(task.number(), number);
      });
    }
    work(kBatch);
    spent_.add(Phase::Flush, [&] { layout_->run_queued(); });
    for (Task& task : tasks_) spent_.add(Phase::Read, [&] { task.write_snapshot(cells(task)); });
  }

 private:
  const Cells& cells(const Task& task) const { return layout_->cells(task.number()); }

  LayoutKind kind_;
  LocalDisk& disk_;
  Spent& spent_;
  engine::testing::ManualClock clock_;
  engine::testing::CountingExecutor executor_;
  std::unique_ptr<Layout> layout_;
  std::vector<Task> tasks_;
};

// The checkpoints between which the crashes fall, evenly spread.
bool crashes_in(unsigned interval, const SeedShape& shape) {
  for (unsigned i = 1; i <= shape.crashes; ++i) {
    if (interval == i * shape.checkpoints / (shape.crashes + 1)) return true;
  }
  return false;
}

}  // namespace

double Spent::total() const { return std::accumulate(in.begin(), in.end(), 0.0); }

void Spent::keep_least(const Spent& other) {
  for (std::size_t i = 0; i < kPhases; ++i) in[i] = std::min(in[i], other.in[i]);
}

SeedShape reference_shape(double checkpoints_per_seed) {
  const auto job = reference_spec(StateBackendKind::RocksDb).job;
  SeedShape shape{};
  shape.tasks = job.parallelism / shape.task_managers;
  shape.keys = static_cast<unsigned>(job.keys);
  shape.checkpoints = static_cast<unsigned>(std::lround(checkpoints_per_seed));
  shape.records = static_cast<unsigned>(job.records) / job.parallelism / shape.checkpoints;
  shape.crashes = kReferenceCrashes;
  return shape;
}

Spent run_layout_seed(LayoutKind kind, const SeedShape& shape, const std::vector<LocalDisk*>& disks) {
  Spent spent;
  std::vector<std::unique_ptr<TaskManager>> machines;
  const unsigned tasks = shape.tasks * shape.task_managers;
  for (unsigned m = 0; m < shape.task_managers; ++m) {
    machines.push_back(std::make_unique<TaskManager>(kind, *disks[m], spent));
    for (unsigned t = m * shape.tasks; t < (m + 1) * shape.tasks; ++t) {
      machines.back()->add(Task(t, range_of(t, tasks), shape.keys));
    }
    machines.back()->start();
    machines.back()->deploy(1);
  }
  unsigned attempt = 1;
  for (unsigned interval = 0; interval < shape.checkpoints; ++interval) {
    if (crashes_in(interval, shape)) {
      for (const auto& machine : machines) machine->work(shape.records / 2);
      const auto& victim = machines[attempt % machines.size()];
      victim->die();
      for (const auto& machine : machines) {
        machine == victim ? machine->start() : machine->cancel();
      }
      ++attempt;
      for (const auto& machine : machines) machine->deploy(attempt);
    }
    for (const auto& machine : machines) machine->work(shape.records - kBatch);
    for (const auto& machine : machines) machine->checkpoint(interval);
  }
  for (const auto& machine : machines) machine->die();
  return spent;
}

}  // namespace weir::bench
