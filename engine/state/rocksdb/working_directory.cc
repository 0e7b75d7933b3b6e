#include "state/rocksdb/working_directory.h"

#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

constexpr const char* kParent = "rocksdb";

void check(const Status& status, const std::string& path) {
  if (status.ok()) return;
  throw OperatorFailure{FailureCause::RestoreFailed,
                        "no working directory '" + path + "' for RocksDB: " + status.message()};
}

std::string hex(std::uint64_t value) {
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 4) *digit = "0123456789abcdef"[value & 0xF];
  return out;
}

// What the directories of all attempts start with.
std::string stem(const BackendRequest& request) {
  return "s" + std::to_string(request.subtask.value) + "-" + hex(request.op.value) + "-a";
}

void remove_earlier_attempts(LocalDisk& disk, const std::string& own_stem) {
  for (const std::string& name : disk.list(kParent)) {
    if (name.compare(0, own_stem.size(), own_stem) != 0) continue;
    const std::string path = std::string(kParent) + "/" + name;
    check(disk.remove_directory(path), path);
  }
}

}  // namespace

std::string make_working_directory(const BackendRequest& request) {
  LocalDisk& disk = request.environment.disks.of(request.process);
  std::string path = std::string(kParent) + "/" + stem(request) + std::to_string(request.attempt.value);
  check(disk.make_directory(kParent), kParent);
  check(disk.sync_directory(""), "");
  remove_earlier_attempts(disk, stem(request));
  check(disk.make_directory(path), path);
  check(disk.sync_directory(kParent), kParent);
  return path;
}

}  // namespace weir::engine
