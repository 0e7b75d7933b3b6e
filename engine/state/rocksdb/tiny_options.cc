#include "state/rocksdb/tiny_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>

#include <cstdarg>
#include <limits>

namespace weir::engine {
namespace {

// The engine reports events; RocksDB's own log would be a real file.
class SilentLogger final : public rocksdb::Logger {
 public:
  SilentLogger() : Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  void Logv(rocksdb::InfoLogLevel, const char*, va_list) override {}
  void LogHeader(const char*, va_list) override {}
};

// ST-4: list elements are self-delimiting, so appending needs no separator. Runs inside reads, flushes and compactions,
// all of which are calls of this thread.
class Append final : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "Append"; }
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& more, std::string* out,
             rocksdb::Logger*) const override {
    if (existing != nullptr) out->assign(existing->data(), existing->size());
    out->append(more.data(), more.size());
    return true;
  }
};

// When a memtable is full depends on its skip list, whose random heights differ between processes. So it is never full:
// every flush is an explicit one, at a snapshot.
void flush_only_when_told(rocksdb::Options& o) {
  o.write_buffer_size = std::size_t{1} << 32;
  o.arena_block_size = 16 << 10;
  o.max_write_buffer_number = 1 << 20;
  o.max_total_wal_size = std::numeric_limits<std::uint64_t>::max();
  o.avoid_flush_during_shutdown = true;  // a close would wait for a flush that nobody runs
  o.avoid_flush_during_recovery = true;
}

// A writer that waits for a background job waits for ever: there is no other thread.
void never_wait(rocksdb::Options& o) {
  o.level0_slowdown_writes_trigger = 1 << 20;
  o.level0_stop_writes_trigger = 1 << 20;
  o.soft_pending_compaction_bytes_limit = 0;
  o.hard_pending_compaction_bytes_limit = 0;
  o.max_background_jobs = 2;  // at most one flush and one compaction are queued at a time
  o.max_subcompactions = 1;
  o.max_bgerror_resume_count = 0;  // recovery would be a real thread
  o.allow_concurrent_memtable_write = false;
  o.enable_write_thread_adaptive_yield = false;
}

void ignore_the_clock(rocksdb::Options& o) {
  o.ttl = 0;
  o.periodic_compaction_seconds = 0;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  o.delete_obsolete_files_period_micros = 0;
}

void open_cheaply(rocksdb::Options& o) {
  o.info_log = std::make_shared<SilentLogger>();
  o.max_file_opening_threads = 1;
  o.max_open_files = -1;
  o.skip_stats_update_on_db_open = true;
  o.skip_checking_sst_file_sizes_on_db_open = true;
  o.table_cache_numshardbits = 0;
  o.num_levels = 2;
  o.target_file_size_base = 256 << 10;  // small as the databases are, so that a compaction leaves most tables alone
  o.manifest_preallocation_size = 4096;
  o.use_adaptive_mutex = false;
}

std::shared_ptr<rocksdb::TableFactory> small_tables() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(256 << 10, 0);
  table.filter_policy = nullptr;
  table.checksum = rocksdb::kCRC32c;  // session_id.h can compute it
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

}  // namespace

rocksdb::Options tiny_options(rocksdb::Env& env) {
  rocksdb::Options options;
  options.env = &env;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.table_factory = small_tables();
  options.merge_operator = std::make_shared<Append>();
  flush_only_when_told(options);
  never_wait(options);
  ignore_the_clock(options);
  open_cheaply(options);
  return options;
}

// The checkpoint is the only thing that survives an attempt, so the write-ahead log would be written for nobody.
rocksdb::WriteOptions write_options() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

rocksdb::FlushOptions flush_options() {
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;
  return options;
}

}  // namespace weir::engine
