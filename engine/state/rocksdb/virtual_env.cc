#include "state/rocksdb/virtual_env.h"

#include <cstdio>
#include <utility>

namespace weir::engine {
namespace {

// RocksDB reads a time of zero as "unknown", and varints of times must not grow during a run: the run starts at a date
// far from both.
constexpr std::uint64_t kStartOfRunNs = 1'500'000'000'000'000'000;

}  // namespace

std::uint64_t VirtualTime::NowNanos() { return kStartOfRunNs + static_cast<std::uint64_t>(to_ns(clock_.now())); }

rocksdb::Status VirtualTime::GetCurrentTime(std::int64_t* seconds) {
  *seconds = static_cast<std::int64_t>(NowNanos() / 1'000'000'000);
  return {};
}

VirtualEnv::VirtualEnv(LocalDisk& disk, const Clock& clock, BackgroundExecutor& executor, std::string identity)
    : VirtualEnv(std::make_shared<DiskFileSystem>(disk), clock, executor, std::move(identity)) {}

// RocksDB takes files and time from the two protected members, and only sometimes from the methods of Env.
VirtualEnv::VirtualEnv(std::shared_ptr<DiskFileSystem> files, const Clock& clock, BackgroundExecutor& executor,
                       std::string identity)
    : EnvWrapper(rocksdb::NewCompositeEnv(files)),
      files_(std::move(files)),
      time_(std::make_shared<VirtualTime>(clock)),
      jobs_(executor),
      identity_(std::move(identity)) {
  file_system_ = files_;
  system_clock_ = time_;
}

void VirtualEnv::disconnect() {
  files_->freeze();
  jobs_.stop_announcing();
}

void VirtualEnv::Schedule(void (*run)(void*), void* argument, Priority pool, void* tag, void (*give_up)(void*)) {
  jobs_.push({run, argument, tag, pool, give_up});
}

int VirtualEnv::UnSchedule(void* tag, Priority pool) { return jobs_.take_back(tag, pool); }

void VirtualEnv::StartThread(void (*run)(void*), void* argument) {
  jobs_.push({run, argument, nullptr, Priority::BOTTOM, nullptr});
}

rocksdb::Status VirtualEnv::GetHostName(char* name, std::uint64_t size) {
  std::snprintf(name, size, "%s", "weir");
  return {};
}

std::string VirtualEnv::GenerateUniqueId() { return identity_ + "-" + std::to_string(ids_++); }

}  // namespace weir::engine
