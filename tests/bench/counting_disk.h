#pragma once

// A disk that counts what reaches another one.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/environment.h"

namespace weir::bench {

struct DiskCounts {
  std::uint64_t synced_bytes = 0;  // appended before a sync of their file
  std::uint64_t syncs = 0;         // of files and directories
  std::uint64_t files = 0;         // created
  std::uint64_t tables = 0;        // of them
};

class CountingDisk : public engine::LocalDisk {
 public:
  explicit CountingDisk(engine::LocalDisk& disk) : disk_(disk) {}

  engine::Status create(const std::string& path) override {
    counts.files += 1;
    counts.tables += path.ends_with(".sst");
    unsynced_.erase(path);
    return disk_.create(path);
  }
  engine::Status append(const std::string& path, engine::BytesView bytes) override {
    unsynced_[path] += bytes.size();
    return disk_.append(path, bytes);
  }
  engine::Status sync(const std::string& path) override {
    counts.synced_bytes += std::exchange(unsynced_[path], 0);
    counts.syncs += 1;
    return disk_.sync(path);
  }
  engine::Status sync_directory(const std::string& directory) override {
    counts.syncs += 1;
    return disk_.sync_directory(directory);
  }
  engine::Result<engine::BytesView> read(const std::string& path) override { return disk_.read(path); }
  engine::Status rename(const std::string& from, const std::string& to) override { return disk_.rename(from, to); }
  engine::Status link(const std::string& from, const std::string& to) override { return disk_.link(from, to); }
  engine::Status remove(const std::string& path) override { return disk_.remove(path); }
  engine::Status truncate(const std::string& path, std::uint64_t size) override { return disk_.truncate(path, size); }
  bool exists(const std::string& path) override { return disk_.exists(path); }
  engine::Status make_directory(const std::string& path) override { return disk_.make_directory(path); }
  engine::Status remove_directory(const std::string& path) override { return disk_.remove_directory(path); }
  std::vector<std::string> list(const std::string& directory) override { return disk_.list(directory); }

  DiskCounts counts;

 private:
  engine::LocalDisk& disk_;
  std::map<std::string, std::uint64_t> unsynced_;
};

}  // namespace weir::bench
