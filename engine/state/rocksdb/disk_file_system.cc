#include "state/rocksdb/disk_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::engine {
namespace {

using rocksdb::IOStatus;
using rocksdb::Slice;
using Access = std::shared_ptr<DiskAccess>;

IOStatus to_io(const Status& status) {
  if (status.ok()) return IOStatus::OK();
  if (status.code() == StatusCode::NotFound) return IOStatus::PathNotFound(status.message());
  return IOStatus::IOError(status.message());
}

// Every change of the disk goes through here.
template <class Change>
IOStatus change(const Access& access, Change apply) {
  return access->frozen ? IOStatus::OK() : to_io(apply(*access->disk));
}

// Up to `n` bytes from `offset`, copied to `scratch`: the disk's view ends with its next change.
IOStatus read_at(const Access& access, const std::string& path, std::uint64_t offset, std::size_t n, Slice* result,
                 char* scratch) {
  const Result<BytesView> content = access->disk->read(path);
  if (!content.ok()) return to_io(content.status());
  const BytesView whole = content.value();
  const std::size_t start = std::min<std::uint64_t>(offset, whole.size());
  const std::size_t size = std::min(n, whole.size() - start);
  std::memcpy(scratch, whole.data() + start, size);
  *result = Slice(scratch, size);
  return IOStatus::OK();
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  SequentialFile(Access access, std::string path) : access_(std::move(access)), path_(std::move(path)) {}
  IOStatus Read(std::size_t n, const rocksdb::IOOptions&, Slice* result, char* scratch,
                rocksdb::IODebugContext*) override {
    IOStatus status = read_at(access_, path_, position_, n, result, scratch);
    if (status.ok()) position_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t n) override {
    position_ += n;
    return IOStatus::OK();
  }

 private:
  Access access_;
  std::string path_;
  std::uint64_t position_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccessFile(Access access, std::string path) : access_(std::move(access)), path_(std::move(path)) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const rocksdb::IOOptions&, Slice* result, char* scratch,
                rocksdb::IODebugContext*) const override {
    return read_at(access_, path_, offset, n, result, scratch);
  }

 private:
  Access access_;
  std::string path_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(Access access, std::string path) : access_(std::move(access)), path_(std::move(path)) {}
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    size_ += data.size();
    return change(access_, [&](LocalDisk& disk) { return disk.append(path_, BytesView(data.data(), data.size())); });
  }
  IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    size_ = size;
    return change(access_, [&](LocalDisk& disk) { return disk.truncate(path_, size); });
  }
  IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return change(access_, [&](LocalDisk& disk) { return disk.sync(path_); });
  }
  std::uint64_t GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return size_; }

 private:
  Access access_;
  std::string path_;
  std::uint64_t size_ = 0;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(Access access, std::string path) : access_(std::move(access)), path_(std::move(path)) {}
  IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return change(access_, [&](LocalDisk& disk) { return disk.sync_directory(path_); });
  }

 private:
  Access access_;
  std::string path_;
};

// A working directory belongs to one attempt, so nobody competes for it.
class NoLock final : public rocksdb::FileLock {};

// RocksDB ends some directories with a slash; the port's paths never do.
std::string trimmed(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool is_options_file(const std::string& path) { return path.find("/OPTIONS-") != std::string::npos; }

}  // namespace

IOStatus DiskFileSystem::NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                                           std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug*) {
  if (const auto content = disk().read(path); !content.ok()) return to_io(content.status());
  *file = std::make_unique<SequentialFile>(access_, path);
  return IOStatus::OK();
}

IOStatus DiskFileSystem::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                             std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug*) {
  if (const auto content = disk().read(path); !content.ok()) return to_io(content.status());
  *file = std::make_unique<RandomAccessFile>(access_, path);
  return IOStatus::OK();
}

IOStatus DiskFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                         std::unique_ptr<rocksdb::FSWritableFile>* file, Debug*) {
  if (is_options_file(path)) return IOStatus::NotSupported("options files are not kept");
  IOStatus status = change(access_, [&](LocalDisk& d) { return d.create(path); });
  if (status.ok()) *file = std::make_unique<WritableFile>(access_, path);
  return status;
}

IOStatus DiskFileSystem::NewDirectory(const std::string& path, const Options&,
                                      std::unique_ptr<rocksdb::FSDirectory>* directory, Debug*) {
  *directory = std::make_unique<Directory>(access_, trimmed(path));
  return IOStatus::OK();
}

IOStatus DiskFileSystem::NewLogger(const std::string&, const Options&, std::shared_ptr<rocksdb::Logger>*, Debug*) {
  return IOStatus::NotSupported("the engine reports events, not log lines");
}

IOStatus DiskFileSystem::FileExists(const std::string& path, const Options&, Debug*) {
  return disk().exists(trimmed(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
}

IOStatus DiskFileSystem::GetChildren(const std::string& path, const Options&, std::vector<std::string>* names, Debug*) {
  if (!disk().exists(trimmed(path))) return IOStatus::PathNotFound(path);
  *names = disk().list(trimmed(path));
  return IOStatus::OK();
}

IOStatus DiskFileSystem::DeleteFile(const std::string& path, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.remove(path); });
}

IOStatus DiskFileSystem::Truncate(const std::string& path, std::size_t size, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.truncate(path, size); });
}

IOStatus DiskFileSystem::CreateDir(const std::string& path, const Options& options, Debug* debug) {
  if (disk().exists(trimmed(path))) return IOStatus::IOError(path, "exists already");
  return CreateDirIfMissing(path, options, debug);
}

IOStatus DiskFileSystem::CreateDirIfMissing(const std::string& path, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.make_directory(trimmed(path)); });
}

IOStatus DiskFileSystem::DeleteDir(const std::string& path, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.remove_directory(trimmed(path)); });
}

IOStatus DiskFileSystem::GetFileSize(const std::string& path, const Options&, std::uint64_t* size, Debug*) {
  const Result<BytesView> content = disk().read(path);
  if (!content.ok()) return to_io(content.status());
  *size = content.value().size();
  return IOStatus::OK();
}

// The port keeps no times; RocksDB asks only for options that are off.
IOStatus DiskFileSystem::GetFileModificationTime(const std::string&, const Options&, std::uint64_t* time, Debug*) {
  *time = 0;
  return IOStatus::OK();
}

IOStatus DiskFileSystem::RenameFile(const std::string& from, const std::string& to, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.rename(from, to); });
}

IOStatus DiskFileSystem::LinkFile(const std::string& from, const std::string& to, const Options&, Debug*) {
  return change(access_, [&](LocalDisk& d) { return d.link(from, to); });
}

IOStatus DiskFileSystem::LockFile(const std::string&, const Options&, rocksdb::FileLock** lock, Debug*) {
  *lock = new NoLock;  // RocksDB hands it back to UnlockFile
  return IOStatus::OK();
}

IOStatus DiskFileSystem::UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) {
  delete lock;
  return IOStatus::OK();
}

IOStatus DiskFileSystem::GetTestDirectory(const Options&, std::string*, Debug*) {
  return IOStatus::NotSupported("there is no test directory");
}

IOStatus DiskFileSystem::GetAbsolutePath(const std::string& path, const Options&, std::string* absolute, Debug*) {
  *absolute = path;
  return IOStatus::OK();
}

IOStatus DiskFileSystem::IsDirectory(const std::string& path, const Options&, bool* is_directory, Debug*) {
  if (!disk().exists(trimmed(path))) return IOStatus::PathNotFound(path);
  *is_directory = !disk().read(trimmed(path)).ok();
  return IOStatus::OK();
}

}  // namespace weir::engine
