#pragma once

// Ports of a world without time, machines or messages, for operators that run outside of a simulation.

#include <string>
#include <utility>

#include "weir/engine/environment.h"

namespace weir::engine {

class AbsentPorts {
 public:
  AbsentPorts() = default;
  AbsentPorts(const AbsentPorts&) = delete;
  AbsentPorts& operator=(const AbsentPorts&) = delete;

  // The ports that are there are the caller's; they and this object outlive the environment.
  Environment with(EventSink& events, LogBroker& log, InputFiles& files, const DefectSet& defects) {
    return {clock_, timers_, control_, data_, storage_, disks_, random_, events, log, files, segments_, defects};
  }

 private:
  struct StoppedClock final : Clock {
    Time now() const override { return Time{}; }
  };
  struct NoTimers final : Timers {
    void arm(ProcessId, Duration, const TimerEvent&) override {}
  };
  struct NoControl final : ControlPlane {
    void send(ProcessId, ProcessId, SessionId, Message) override {}
  };
  struct NoData final : DataPlane {
    void attach_producer(ConnectionId, ProcessId) override {}
    void attach_consumer(ConnectionId, ProcessId) override {}
    void send(ConnectionId, Segment*) override { absent("a data channel"); }
    void grant(ConnectionId, std::uint32_t) override {}
    void announce_size(ConnectionId, std::uint32_t) override {}
    void detach_producer(ConnectionId) override {}
    void detach_consumer(ConnectionId) override {}
  };
  struct NoStorage final : CheckpointStorage {
    void write(ProcessId, WriteId, std::string, Bytes) override {}
    Result<BytesView> read(const std::string& path) override { return Status(StatusCode::NotFound, path); }
    void append(ProcessId, WriteId, std::string, Bytes) override {}
    void remove(const std::string&) override {}
    std::vector<std::string> list(const std::string&) override { return {}; }
  };
  struct NoDisks final : Disks {
    LocalDisk& of(ProcessId) override { absent("a local disk"); }
  };
  struct NoRandomness final : Randomness {
    std::uint64_t draw(std::string_view, std::uint64_t) override { return 0; }
  };
  [[noreturn]] static void absent(const char* what) {
    fail_invariant("absent port", std::string("an operator outside of a simulation has no use for ") + what, __FILE__,
                   __LINE__);
  }

  StoppedClock clock_;
  NoTimers timers_;
  NoControl control_;
  NoData data_;
  NoStorage storage_;
  NoDisks disks_;
  NoRandomness random_;
  SegmentPool segments_{0};
};

}  // namespace weir::engine
