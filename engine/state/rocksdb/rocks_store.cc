#include "state/rocksdb/rocks_store.h"

#include <rocksdb/metadata.h>
#include <rocksdb/perf_level.h>

#include <algorithm>
#include <limits>

#include "state/rocksdb/tiny_options.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

[[noreturn]] void fail(FailureCause cause, const char* what, const rocksdb::Status& status) {
  throw OperatorFailure{cause, std::string("RocksDB cannot ") + what + ": " + status.ToString()};
}

// As in Flink, an access that fails surfaces in the function that made it.
void check_access(const rocksdb::Status& status, const char* what) {
  if (!status.ok()) fail(FailureCause::UserFunction, what, status);
}

// A state may be called "default", which is the name of the family every database has.
std::string family_name(const std::string& state) { return "state:" + state; }

// RocksDB counts every comparison of keys in memory of the thread, for readers of its PerfContext, of whom there are
// none here. The level is the thread's, and whoever uses a database is the one who opened it.
void count_nothing() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

}  // namespace

RocksStore::RocksStore(LocalDisk& disk, const Clock& clock, BackgroundExecutor& executor, const std::string& directory,
                       const std::vector<std::string>& states)
    : disk_(disk), env_(disk, clock, executor, directory), options_(tiny_options(env_)), write_(write_options()) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, options_}};
  for (const std::string& state : states) families.emplace_back(family_name(state), options_);
  count_nothing();
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options_, directory, families, &families_, &opened);
  if (!status.ok()) fail(FailureCause::RestoreFailed, "open a database", status);
  db_.reset(opened);
  db_->DestroyColumnFamilyHandle(families_.front()).PermitUncheckedError();
  families_.erase(families_.begin());
}

RocksStore::~RocksStore() {
  env_.disconnect();
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
}

FamilyIndex RocksStore::create_family(const std::string& name) {
  rocksdb::ColumnFamilyHandle* created = nullptr;
  check_access(db_->CreateColumnFamily(options_, family_name(name), &created), "create a column family");
  families_.push_back(created);
  return FamilyIndex{static_cast<std::uint16_t>(families_.size() - 1)};
}

bool RocksStore::get(FamilyIndex family, BytesView key, Bytes& value) {
  const rocksdb::Status status = db_->Get(read_, handle(family), slice(key), &value);
  if (status.IsNotFound()) return false;
  check_access(status, "read a cell");
  return true;
}

void RocksStore::put(FamilyIndex family, BytesView key, BytesView value) {
  check_access(db_->Put(write_, handle(family), slice(key), slice(value)), "write a cell");
}

void RocksStore::append(FamilyIndex family, BytesView key, BytesView bytes) {
  check_access(db_->Merge(write_, handle(family), slice(key), slice(bytes)), "append to a cell");
}

void RocksStore::remove(FamilyIndex family, BytesView key) {
  check_access(db_->Delete(write_, handle(family), slice(key)), "remove a cell");
}

void RocksStore::add_to_batch(FamilyIndex family, BytesView key, BytesView value) {
  check_access(batch_.Put(handle(family), slice(key), slice(value)), "gather a cell");
}

void RocksStore::write_batch() {
  check_access(db_->Write(write_, &batch_), "write restored cells");
  batch_.Clear();
}

void RocksStore::request_flush() {
  const rocksdb::Status status = db_->Flush(flush_options(), families_);
  if (!status.ok()) fail(FailureCause::SnapshotFailed, "flush for a snapshot", status);
}

bool RocksStore::flushed() const {
  return std::all_of(families_.begin(), families_.end(), [&](rocksdb::ColumnFamilyHandle* family) {
    std::uint64_t waiting = 0;
    db_->GetIntProperty(family, rocksdb::DB::Properties::kNumImmutableMemTable, &waiting);
    return waiting == 0;
  });
}

void RocksStore::flush() {
  request_flush();
  while (!flushed() && work().run_one()) {
  }
  if (!flushed()) fail(FailureCause::SnapshotFailed, "flush for a snapshot", rocksdb::Status::IOError("see the disk"));
}

// The write-ahead log is empty, and files of options are not kept.
RocksStore::LiveFiles RocksStore::live_files() const {
  rocksdb::LiveFilesStorageInfoOptions options;
  options.wal_size_for_flush = std::numeric_limits<std::uint64_t>::max();  // it is flushed
  std::vector<rocksdb::LiveFileStorageInfo> files;
  const rocksdb::Status status = db_->GetLiveFilesStorageInfo(options, &files);
  if (!status.ok()) fail(FailureCause::SnapshotFailed, "list its files", status);
  LiveFiles live;
  for (rocksdb::LiveFileStorageInfo& file : files) {
    if (file.file_type == rocksdb::kTableFile) live.tables.push_back(file.relative_filename);
    if (file.file_type != rocksdb::kCurrentFile && file.file_type != rocksdb::kDescriptorFile) continue;
    Bytes content = std::move(file.replacement_contents);
    if (content.empty()) content = read_file(file.directory + "/" + file.relative_filename, file.size);
    live.others.emplace_back(file.relative_filename, std::move(content));
  }
  std::sort(live.tables.begin(), live.tables.end());
  std::sort(live.others.begin(), live.others.end());
  return live;
}

Bytes RocksStore::read_file(const std::string& path, std::uint64_t size) const {
  const Result<BytesView> bytes = disk_.read(path);
  if (!bytes.ok()) fail(FailureCause::SnapshotFailed, "read its files", rocksdb::Status::IOError(path));
  return Bytes(bytes.value().substr(0, size));
}

std::unique_ptr<rocksdb::Iterator> RocksStore::iterate(FamilyIndex family, const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, handle(family)));
}

void RocksStore::check(const rocksdb::Iterator& iterator) { check_access(iterator.status(), "read cells"); }

void RocksStore::refuse_key() {
  fail(FailureCause::UserFunction, "read cells", rocksdb::Status::Corruption("a key is no composite key"));
}

std::string RocksStore::shape() const {
  std::vector<rocksdb::LiveFileMetaData> files;
  db_->GetLiveFilesMetaData(&files);
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.file_number < b.file_number; });
  std::string out;
  for (const auto& file : files) {
    out += file.name + ' ' + file.column_family_name + " L" + std::to_string(file.level) + ' ' +
           std::to_string(file.size) + " bytes " + rocksdb::Slice(file.smallestkey).ToString(true) + ".." +
           rocksdb::Slice(file.largestkey).ToString(true) + '\n';
  }
  return out;
}

}  // namespace weir::engine
