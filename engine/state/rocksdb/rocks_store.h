#pragma once

// One RocksDB with a column family per state. Owns the database and its world; knows nothing of keys and snapshots'
// form.

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "state/rocksdb/virtual_env.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Number of a column family, in order of creation.
struct FamilyIndex {
  std::uint16_t value{};
};

class RocksStore {
 public:
  // Opens the database in `directory`, whose parent exists, with the families of these states; creates it when there is
  // none. Throws OperatorFailure.
  RocksStore(LocalDisk& disk, const Clock& clock, BackgroundExecutor& executor, const std::string& directory,
             const std::vector<std::string>& states = {});
  // Closes the database whatever is queued, disconnected. Every pin was given back before.
  ~RocksStore();
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  BackgroundWork& work() { return env_.jobs(); }
  // The end begins: whatever still happens reaches neither the disk nor the executor.
  void disconnect() { env_.disconnect(); }

  FamilyIndex create_family(const std::string& name);
  bool get(FamilyIndex family, BytesView key, Bytes& value);
  void put(FamilyIndex family, BytesView key, BytesView value);
  // Appends to the value, there or not, without reading it.
  void append(FamilyIndex family, BytesView key, BytesView bytes);
  void remove(FamilyIndex family, BytesView key);
  // Cells gathered by `add_to_batch`, written at once by `write_batch`.
  void add_to_batch(FamilyIndex family, BytesView key, BytesView value);
  void write_batch();
  void drop_batch() { batch_.Clear(); }

  // Asks for a flush of every family and returns; the flushes are queued as background jobs.
  void request_flush();
  // Flushes every family here and now, running what is queued before it. Throws OperatorFailure.
  void flush();
  struct LiveFiles {
    std::vector<std::string> tables;                    // names in the database's directory, ascending
    std::vector<std::pair<std::string, Bytes>> others;  // what says which tables make up the database
  };
  // What another database needs to have the content of the last flush. Throws OperatorFailure.
  LiveFiles live_files() const;
  const rocksdb::Snapshot* pin() { return db_->GetSnapshot(); }
  void unpin(const rocksdb::Snapshot* snapshot) { db_->ReleaseSnapshot(snapshot); }
  // Of the pinned content, or of the newest when `snapshot` is null.
  std::unique_ptr<rocksdb::Iterator> iterate(FamilyIndex family, const rocksdb::Snapshot* snapshot);
  // Throws when the iterator stopped because of an error.
  static void check(const rocksdb::Iterator& iterator);
  // Throws: what lies there under a key was not written by this kind of database.
  [[noreturn]] static void refuse_key();

  // The shape of the tree: per live file, in file-number order, its family, level, size and key range.
  std::string shape() const;

 private:
  bool flushed() const;
  Bytes read_file(const std::string& path, std::uint64_t size) const;
  rocksdb::ColumnFamilyHandle* handle(FamilyIndex family) const { return families_[family.value]; }

  LocalDisk& disk_;
  VirtualEnv env_;
  rocksdb::Options options_;
  rocksdb::WriteOptions write_;
  rocksdb::ReadOptions read_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace weir::engine
