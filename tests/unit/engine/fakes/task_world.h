#pragma once

// A tiny world for what lives in a TaskManager: one process, fixed latencies, everything it does is kept.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fakes/core_world.h"
#include "fakes/state_disk.h"
#include "fakes/stored_files.h"
#include "weir/engine/processes.h"

namespace weir::engine::fakes {

// What happens later, in order of time, then of scheduling.
class TaskSchedule final : public Clock {
 public:
  Time now() const override { return now_; }
  void after(Duration delay, std::function<void()> action) { queue_.emplace(now_ + delay, std::move(action)); }
  void run_until(Time end) {
    while (!queue_.empty() && queue_.begin()->first <= end) {
      auto next = queue_.extract(queue_.begin());
      now_ = next.key();
      next.mapped()();
    }
    now_ = end;
  }
  void run_for(Duration d) { run_until(now_ + d); }
  void forget() { queue_.clear(); }

 private:
  Time now_{};
  std::multimap<Time, std::function<void()>> queue_;
};

struct TaskTimers final : Timers {
  explicit TaskTimers(TaskSchedule& s) : schedule(s) {}
  void arm(ProcessId, Duration delay, const TimerEvent& event) override {
    schedule.after(delay, [this, event] {
      if (process != nullptr) process->on_timer(event);
    });
  }
  TaskSchedule& schedule;
  Process* process = nullptr;
};

struct TaskControl final : ControlPlane {
  void send(ProcessId, ProcessId, SessionId, Message message) override { sent.push_back(std::move(message)); }
  template <class M>
  std::vector<M> of() const {
    std::vector<M> found;
    for (const Message& m : sent) {
      if (const M* wanted = std::get_if<M>(&m)) found.push_back(*wanted);
    }
    return found;
  }
  std::vector<Message> sent;
};

// Keeps what is sent; leads it to `process` as well, when there is one.
struct TaskWire final : DataPlane {
  TaskWire(TaskSchedule& s, SegmentPool& p) : schedule(s), pool(p) {}
  ~TaskWire() override { drop(); }
  void attach_producer(ConnectionId c, ProcessId) override { ++producers[c]; }
  void attach_consumer(ConnectionId c, ProcessId) override { ++consumers[c]; }
  void detach_producer(ConnectionId c) override { producers.erase(c); }
  void detach_consumer(ConnectionId c) override { consumers.erase(c); }
  void send(ConnectionId c, Segment* segment) override {
    kinds[c].push_back(segment->kind);
    if (process == nullptr) {
      sent[c].push_back(segment);
      return;
    }
    in_flight[c].push(segment);
    schedule.after(Duration{10'000}, [this, c] { deliver(c); });
  }
  void grant(ConnectionId c, std::uint32_t credits) override {
    granted[c] += credits;
    ++grants[c];
    if (process == nullptr) return;
    schedule.after(Duration{10'000}, [this, c, credits] {
      if (process != nullptr && producers.count(c) != 0) process->on_credit(c, credits);
    });
  }
  void announce_size(ConnectionId c, std::uint32_t bytes) override {
    sizes[c].push_back(bytes);
    if (process == nullptr) return;
    schedule.after(Duration{10'000}, [this, c, bytes] {
      if (process != nullptr && producers.count(c) != 0) process->on_segment_size(c, bytes);
    });
  }
  void deliver(ConnectionId c) {
    if (in_flight[c].empty()) return;
    Segment* const segment = in_flight[c].pop();
    if (process == nullptr || consumers.count(c) == 0) {
      pool.release(segment);
    } else {
      process->on_segment(c, segment);
    }
  }
  void drop() {
    for (auto& [c, queue] : in_flight) {
      while (!queue.empty()) pool.release(queue.pop());
    }
    for (auto& [c, segments] : sent) {
      for (Segment* s : segments) pool.release(s);
      segments.clear();
    }
  }

  TaskSchedule& schedule;
  SegmentPool& pool;
  Process* process = nullptr;
  std::map<ConnectionId, int> producers, consumers;
  std::map<ConnectionId, std::vector<Segment*>> sent;
  std::map<ConnectionId, std::vector<SegmentKind>> kinds;
  std::map<ConnectionId, SegmentQueue> in_flight;
  std::map<ConnectionId, std::uint32_t> granted, grants;
  std::map<ConnectionId, std::vector<std::uint32_t>> sizes;
};

struct TaskStorage final : CheckpointStorage {
  explicit TaskStorage(TaskSchedule& s) : schedule(s) {}
  void write(ProcessId, WriteId id, std::string path, Bytes content) override {
    schedule.after(Duration{20'000}, [this, id, path = std::move(path), content = std::move(content)] {
      if (!refuse) files[path] = content;
      const Status status = refuse ? Status(StatusCode::Unavailable, "storage refuses") : Status();
      if (process != nullptr) process->on_stored(id, status);
    });
  }
  void append(ProcessId, WriteId id, std::string path, Bytes content) override {
    schedule.after(Duration{20'000}, [this, id, path = std::move(path), content = std::move(content)] {
      if (!refuse) files[path] += content;
      const Status status = refuse ? Status(StatusCode::Unavailable, "storage refuses") : Status();
      if (process != nullptr) process->on_stored(id, status);
    });
  }
  Result<BytesView> read(const std::string& path) override { return testing::read_stored(files, path); }
  void remove(const std::string& path) override { files.erase(path); }
  std::vector<std::string> list(const std::string& directory) override {
    return testing::list_stored(files, directory);
  }
  TaskSchedule& schedule;
  Process* process = nullptr;
  bool refuse = false;
  testing::StoredFiles files;
};

struct TaskNowhere final : Disks, Randomness {
  LocalDisk& of(ProcessId) override { return disk; }
  std::uint64_t draw(std::string_view, std::uint64_t) override { return 0; }
  testing::MemoryDisk disk;
};

struct TaskWorld {
  explicit TaskWorld(std::uint32_t segment_size = 256) : segments(segment_size) {}

  TaskSchedule schedule;
  SegmentPool segments;
  TaskTimers timers{schedule};
  TaskControl control;
  TaskWire wire{schedule, segments};
  TaskStorage storage{schedule};
  TaskNowhere nowhere;
  CoreEvents events;
  CoreLog log;
  CoreFiles files;
  DefectSet defects;
  Environment environment{schedule, timers, control, wire,  storage,  nowhere,
                          nowhere,  events, log,     files, segments, defects};
};

// Reads frames as bytes, with the origins they came with.
struct TaskReader final : EdgeReader, WatermarkTarget {
  explicit TaskReader(const ChainContext& c) : chain(c) {}
  BytesView read_frames(BytesView bytes, FrameProgress& progress) override {
    return for_each_frame(
        bytes, progress, [&](BytesView payload) { records.emplace_back(chain.origin.value, Bytes(payload)); }, *this);
  }
  void watermark(EventTime watermark) override { watermarks.push_back(watermark); }
  void status(WatermarkStatus status) override { statuses.push_back(status); }
  const ChainContext& chain;
  std::vector<EventTime> watermarks;
  std::vector<WatermarkStatus> statuses;
  std::vector<std::pair<std::uint64_t, Bytes>> records;
};

}  // namespace weir::engine::fakes
