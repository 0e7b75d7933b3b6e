#pragma once

// Where the keyed tasks of one TaskManager keep their cells in RocksDB: three layouts behind one face. A task is one
// keyed subtask with one state; an attempt of it starts empty.

#include <rocksdb/db.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "state/rocksdb/virtual_env.h"

namespace weir::bench {

struct DiskAndTime {
  engine::LocalDisk& disk;
  const engine::Clock& clock;
  engine::BackgroundExecutor& executor;
};

// RocksStore's database, on the same VirtualEnv and options, with what a shared one needs besides: families are dropped
// and flushed one by one.
class LayoutDb {
 public:
  using Family = rocksdb::ColumnFamilyHandle*;

  LayoutDb(const DiskAndTime& world, const std::string& directory);
  ~LayoutDb();
  LayoutDb(const LayoutDb&) = delete;
  LayoutDb& operator=(const LayoutDb&) = delete;

  Family create(const std::string& name);
  void drop(Family family);           // its handle stays usable until `release`
  void release(Family family);        // gives the handle back
  void request_flush(Family family);  // queues the flush
  void run_queued();
  rocksdb::DB& raw() { return *db_; }

 private:
  engine::VirtualEnv env_;
  rocksdb::Options options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<Family> families_;
};

// Where the cells of an attempt are.
struct Cells {
  LayoutDb* db = nullptr;
  LayoutDb::Family family = nullptr;
  engine::Bytes prefix = {};  // of all its keys
};

enum class LayoutKind { DatabasePerTask, FamilyPerTask, PrefixPerTask };
inline constexpr LayoutKind kLayouts[] = {LayoutKind::DatabasePerTask, LayoutKind::FamilyPerTask,
                                          LayoutKind::PrefixPerTask};
std::string_view name_of(LayoutKind kind);

// Destroying one is the end of its process.
class Layout {
 public:
  virtual ~Layout() = default;
  virtual void begin(unsigned task, unsigned attempt) = 0;
  virtual void end(unsigned task) = 0;       // the attempt dies; what it left behind stays
  virtual void clean_up(unsigned task) = 0;  // what the dead attempt left behind goes
  // Sync part of the task's snapshot in `checkpoint`: flushes are queued.
  virtual void request_flush(unsigned task, unsigned checkpoint) = 0;
  virtual void run_queued() = 0;
  const Cells& cells(unsigned task) const { return cells_.at(task); }

 protected:
  std::map<unsigned, Cells> cells_;  // of the newest attempt, by task
};

// A process starts: what an earlier life left on the disk goes first.
std::unique_ptr<Layout> start_layout(LayoutKind kind, const DiskAndTime& world);

[[noreturn]] void give_up(const std::string& why);
void require(const rocksdb::Status& status);
void require(const engine::Status& status);
inline rocksdb::Slice slice(engine::BytesView bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace weir::bench
