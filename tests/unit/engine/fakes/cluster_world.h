#pragma once

// A whole small cluster without faults: a real JobManager and one real TaskManager, fixed latencies. Log and checkpoint
// storage outlive the jobs that run in it, so that one job can go on where another one stopped.

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/task_world.h"
#include "weir/engine/processes.h"

namespace weir::engine::fakes {

class ClusterWorld : private Timers, private ControlPlane, private CheckpointStorage {
 public:
  void start(JobSetup job) {
    setup = std::move(job);
    setup.options.cluster.task_managers = 1;
    setup.options.cost.source_record = 20us;
    processes_[0] = make_job_manager(environment, setup);
    processes_[1] = make_task_manager(environment, setup, ProcessId{1}, 1);
    wire.process = processes_[1].get();
    for (const auto& process : processes_) process->start();
  }
  // Nothing of it is left but what lies in storage and at the log.
  void kill() {
    wire.process = nullptr;
    for (auto& process : processes_) process.reset();
    schedule.forget();
    wire.drop();
    wire.producers.clear();
    wire.consumers.clear();
  }
  ~ClusterWorld() override { kill(); }

  // Runs on until `done` or for ten virtual seconds.
  template <class Done>
  bool run_until(Done done) {
    for (int step = 0; step < 100'000 && !done(); ++step) schedule.run_for(100us);
    return done();
  }
  bool run_to_end() {
    return run_until([this] {
      const auto states = events.of(EventKind::JobStateChanged);
      return !states.empty() && states.back().detail == static_cast<std::uint32_t>(JobState::Finished);
    });
  }
  bool run_to_completion_of(std::uint64_t checkpoint) {
    return run_until([&] {
      const auto completed = events.of(EventKind::CheckpointCompleted);
      return std::any_of(completed.begin(), completed.end(), [&](const Event& e) { return e.a == checkpoint; });
    });
  }

  TaskSchedule schedule;
  SegmentPool segments{256};
  TaskWire wire{schedule, segments};
  TaskNowhere nowhere;
  CoreEvents events;
  CoreLog log;
  CoreFiles files;
  DefectSet defects;
  JobSetup setup;
  std::map<std::string, Bytes> stored;
  Environment environment{schedule, *this, *this, wire, *this, nowhere, nowhere, events, log, files, segments, defects};

 private:
  template <class Call>
  void later(ProcessId to, Duration delay, Call call) {
    schedule.after(delay, [this, to, call = std::move(call)]() mutable {
      if (Process* const process = processes_[to.value].get()) call(*process);
    });
  }
  void arm(ProcessId owner, Duration delay, const TimerEvent& event) override {
    later(owner, delay, [event](Process& p) { p.on_timer(event); });
  }
  void send(ProcessId from, ProcessId to, SessionId session, Message message) override {
    later(to, 50us,
          [=, message = std::move(message)](Process& p) mutable { p.on_message(from, session, std::move(message)); });
  }
  void write(ProcessId owner, WriteId id, std::string path, Bytes content) override {
    later(owner, 20us, [this, id, path = std::move(path), content = std::move(content)](Process& p) {
      stored[path] = content;
      p.on_stored(id, Status());
    });
  }
  void append(ProcessId owner, WriteId id, std::string path, Bytes content) override {
    later(owner, 20us, [this, id, path = std::move(path), content = std::move(content)](Process& p) {
      stored[path] += content;
      p.on_stored(id, Status());
    });
  }
  Result<BytesView> read(const std::string& path) override { return testing::read_stored(stored, path); }
  void remove(const std::string& path) override { stored.erase(path); }
  std::vector<std::string> list(const std::string& directory) override {
    return testing::list_stored(stored, directory);
  }

  std::array<std::unique_ptr<Process>, 2> processes_;
};

}  // namespace weir::engine::fakes
