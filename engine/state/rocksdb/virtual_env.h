#pragma once

// The whole world of one RocksDB: files on the LocalDisk port, virtual time, background jobs in a queue. No thread, no
// real file and no wall clock can be reached through it.

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include <memory>
#include <string>

#include "state/rocksdb/disk_file_system.h"
#include "state/rocksdb/job_queue.h"

namespace weir::engine {

class VirtualTime final : public rocksdb::SystemClock {
 public:
  explicit VirtualTime(const Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "VirtualTime"; }
  std::uint64_t NowNanos() override;
  std::uint64_t NowMicros() override { return NowNanos() / 1000; }
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override;
  // Time stands still inside an event.
  void SleepForMicroseconds(int) override {}
  std::string TimeToString(std::uint64_t seconds) override { return std::to_string(seconds); }

 private:
  const Clock& clock_;
};

class VirtualEnv final : public rocksdb::EnvWrapper {
 public:
  // `identity` names the database; equal runs pass equal ones.
  VirtualEnv(LocalDisk& disk, const Clock& clock, BackgroundExecutor& executor, std::string identity);

  JobQueue& jobs() { return jobs_; }
  // Before the database closes: the disk and the executor hear nothing of what closing does.
  void disconnect();

  const char* Name() const override { return "VirtualEnv"; }

  void Schedule(void (*run)(void*), void* argument, Priority pool, void* tag, void (*give_up)(void*)) override;
  int UnSchedule(void* tag, Priority pool) override;
  void StartThread(void (*run)(void*), void* argument) override;
  void WaitForJoin() override {}
  unsigned int GetThreadPoolQueueLen(Priority) const override { return static_cast<unsigned int>(jobs_.size()); }
  void SetBackgroundThreads(int, Priority) override {}
  void IncBackgroundThreadsIfNeeded(int, Priority) override {}
  int GetBackgroundThreads(Priority) override { return 1; }  // 0 would keep RocksDB from queueing anything
  int ReserveThreads(int, Priority) override { return 0; }
  int ReleaseThreads(int, Priority) override { return 0; }
  void LowerThreadPoolIOPriority(Priority) override {}
  void LowerThreadPoolCPUPriority(Priority) override {}
  rocksdb::Status LowerThreadPoolCPUPriority(Priority, rocksdb::CpuPriority) override { return {}; }
  std::uint64_t GetThreadID() const override { return 1; }

  std::uint64_t NowMicros() override { return time_->NowMicros(); }
  std::uint64_t NowNanos() override { return time_->NowNanos(); }
  std::uint64_t NowCPUNanos() override { return 0; }
  void SleepForMicroseconds(int) override {}
  rocksdb::Status GetCurrentTime(std::int64_t* seconds) override { return time_->GetCurrentTime(seconds); }
  std::string TimeToString(std::uint64_t seconds) override { return time_->TimeToString(seconds); }

  rocksdb::Status GetHostName(char* name, std::uint64_t size) override;
  std::string GenerateUniqueId() override;

 private:
  VirtualEnv(std::shared_ptr<DiskFileSystem> files, const Clock& clock, BackgroundExecutor& executor,
             std::string identity);

  std::shared_ptr<DiskFileSystem> files_;
  std::shared_ptr<VirtualTime> time_;
  JobQueue jobs_;
  std::string identity_;
  std::uint64_t ids_ = 0;
};

}  // namespace weir::engine
