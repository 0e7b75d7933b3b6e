#pragma once

// What a state backend needs of the world: a clock, a disk, an executor. All other ports refuse to be used.

#include <string>

#include "fakes/state_disk.h"
#include "state/backend_factory.h"
#include "weir/engine/hash.h"
#include "weir/engine/state.h"

namespace weir::engine::testing {

[[noreturn]] inline void not_for_state() {
  fail_invariant("port", "a state backend used a foreign port", __FILE__, __LINE__);
}

struct UnusedPorts final : Timers,
                           ControlPlane,
                           DataPlane,
                           CheckpointStorage,
                           Randomness,
                           EventSink,
                           LogBroker,
                           InputFiles {
  void arm(ProcessId, Duration, const TimerEvent&) override { not_for_state(); }
  void send(ProcessId, ProcessId, SessionId, Message) override { not_for_state(); }
  void attach_producer(ConnectionId, ProcessId) override { not_for_state(); }
  void attach_consumer(ConnectionId, ProcessId) override { not_for_state(); }
  void send(ConnectionId, Segment*) override { not_for_state(); }
  void grant(ConnectionId, std::uint32_t) override { not_for_state(); }
  void announce_size(ConnectionId, std::uint32_t) override { not_for_state(); }
  void detach_producer(ConnectionId) override { not_for_state(); }
  void detach_consumer(ConnectionId) override { not_for_state(); }
  void write(ProcessId, WriteId, std::string, Bytes) override { not_for_state(); }
  void append(ProcessId, WriteId, std::string, Bytes) override { not_for_state(); }
  Result<BytesView> read(const std::string&) override { not_for_state(); }
  void remove(const std::string&) override { not_for_state(); }
  std::vector<std::string> list(const std::string&) override { not_for_state(); }
  std::uint64_t draw(std::string_view, std::uint64_t) override { not_for_state(); }
  void emit(const Event&) override { not_for_state(); }
  std::uint32_t partitions(std::string_view) override { not_for_state(); }
  void fetch(std::string_view, std::uint32_t, std::uint64_t, std::uint32_t, std::vector<LogRecord>&) override {
    not_for_state();
  }
  std::uint64_t end_offset(std::string_view, std::uint32_t) override { not_for_state(); }
  Result<std::uint32_t> register_producer(std::string_view, AttemptId) override { not_for_state(); }
  Result<TransactionId> begin(std::string_view, std::uint32_t, std::string_view) override { not_for_state(); }
  Status append(TransactionId, std::uint32_t, BytesView, Origin) override { not_for_state(); }
  Status flush(TransactionId) override { not_for_state(); }
  Status commit(TransactionId) override { not_for_state(); }
  Status abort(TransactionId) override { not_for_state(); }
  std::vector<TransactionId> open_transactions(std::string_view) override { not_for_state(); }
  std::vector<std::string> open_producers(std::string_view) override { not_for_state(); }
  Result<BytesView> contents(std::string_view) override { not_for_state(); }
};

struct ManualClock final : Clock {
  Time now() const override { return at; }
  Time at{};
};

struct CountingExecutor final : BackgroundExecutor {
  void background_job_queued() override { ++queued; }
  std::uint64_t queued = 0;
};

struct OneDisk final : Disks {
  LocalDisk& of(ProcessId) override { return disk; }
  MemoryDisk disk;
};

struct StateWorld {
  static constexpr std::uint32_t kMaxParallelism = 128;
  static constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

  Backend make(StateBackendKind kind, KeyGroupRange range = kAll, AttemptId attempt = AttemptId{1},
               std::uint32_t max_parallelism = kMaxParallelism, bool incremental = false, bool changelog = false) {
    return make_backend({kind, environment, ProcessId{1}, SubtaskId{3}, attempt, OperatorId{0xABCD}, range,
                         max_parallelism, executor, incremental, changelog});
  }
  Backend make_incremental(AttemptId attempt = AttemptId{1}, KeyGroupRange range = kAll) {
    return make(StateBackendKind::RocksDb, range, attempt, kMaxParallelism, true);
  }
  Backend make_with_changelog(StateBackendKind kind, AttemptId attempt = AttemptId{1}, KeyGroupRange range = kAll) {
    return make(kind, range, attempt, kMaxParallelism, false, true);
  }

  ManualClock clock;
  OneDisk disks;
  CountingExecutor executor;
  UnusedPorts ports;
  SegmentPool segments{64};
  DefectSet defects;
  Environment environment{clock, ports, ports, ports, ports, disks, ports, ports, ports, ports, segments, defects};
};

inline KeyGroup group_of(BytesView key, std::uint32_t max_parallelism = StateWorld::kMaxParallelism) {
  return key_group_of(java_hash(key), max_parallelism);
}
inline void use_key(KeyedStateBackend& backend, BytesView key) { backend.set_current_key(key, group_of(key)); }

}  // namespace weir::engine::testing
