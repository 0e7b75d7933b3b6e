#pragma once

// RocksDB's file system on the engine's LocalDisk port, with its durability: content is durable after a file's sync,
// a directory entry after the directory's.

#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <vector>

#include "weir/engine/environment.h"

namespace weir::engine {

// Shared by the file system and the files it opened.
struct DiskAccess {
  LocalDisk* disk;
  bool frozen = false;  // nothing is written any more, and nobody is told
};

class DiskFileSystem final : public rocksdb::FileSystem {
 public:
  explicit DiskFileSystem(LocalDisk& disk) : access_(std::make_shared<DiskAccess>(DiskAccess{&disk})) {}

  // From here on the database may close itself, but its machine's disk stays as it is.
  void freeze() { access_->frozen = true; }

  const char* Name() const override { return "LocalDisk"; }

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using Io = rocksdb::IOStatus;

  Io NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                       std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug*) override;
  Io NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                         std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug*) override;
  // Refuses OPTIONS files: RocksDB tolerates it, and writing, reading back and comparing them is most of the cost of
  // opening a small database.
  Io NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                     std::unique_ptr<rocksdb::FSWritableFile>* file, Debug*) override;
  Io NewDirectory(const std::string& path, const Options&, std::unique_ptr<rocksdb::FSDirectory>* directory,
                  Debug*) override;
  Io NewLogger(const std::string&, const Options&, std::shared_ptr<rocksdb::Logger>*, Debug*) override;

  Io FileExists(const std::string& path, const Options&, Debug*) override;
  Io GetChildren(const std::string& path, const Options&, std::vector<std::string>* names, Debug*) override;
  Io DeleteFile(const std::string& path, const Options&, Debug*) override;
  Io Truncate(const std::string& path, std::size_t size, const Options&, Debug*) override;
  Io CreateDir(const std::string& path, const Options&, Debug*) override;
  Io CreateDirIfMissing(const std::string& path, const Options&, Debug*) override;
  Io DeleteDir(const std::string& path, const Options&, Debug*) override;
  Io GetFileSize(const std::string& path, const Options&, std::uint64_t* size, Debug*) override;
  Io GetFileModificationTime(const std::string& path, const Options&, std::uint64_t* time, Debug*) override;
  Io RenameFile(const std::string& from, const std::string& to, const Options&, Debug*) override;
  Io LinkFile(const std::string& from, const std::string& to, const Options&, Debug*) override;
  Io LockFile(const std::string& path, const Options&, rocksdb::FileLock** lock, Debug*) override;
  Io UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) override;
  Io GetTestDirectory(const Options&, std::string* path, Debug*) override;
  Io GetAbsolutePath(const std::string& path, const Options&, std::string* absolute, Debug*) override;
  Io IsDirectory(const std::string& path, const Options&, bool* is_directory, Debug*) override;

 private:
  LocalDisk& disk() { return *access_->disk; }

  std::shared_ptr<DiskAccess> access_;
};

}  // namespace weir::engine
