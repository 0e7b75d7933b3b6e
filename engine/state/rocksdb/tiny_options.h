#pragma once

// Options that make a small RocksDB cheap and everything it does of its own accord happen at points the run decides.

#include <rocksdb/options.h>

namespace weir::engine {

rocksdb::Options tiny_options(rocksdb::Env& env);
rocksdb::WriteOptions write_options();
rocksdb::FlushOptions flush_options();

}  // namespace weir::engine
