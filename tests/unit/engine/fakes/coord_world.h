#pragma once

// Ports for a JobManager under test: messages, timers, storage writes and events are kept; time and answers are given
// by hand.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/engine/fakes/coord_graph.h"
#include "unit/engine/fakes/coord_harness.h"
#include "unit/engine/fakes/core_world.h"
#include "unit/engine/fakes/stored_files.h"
#include "weir/engine/environment.h"
#include "weir/engine/processes.h"

namespace weir::engine::coord_test {

struct WorldClock final : Clock {
  Time now() const override { return time; }
  Time time{};
};
struct WorldTimers final : Timers {
  explicit WorldTimers(const WorldClock& c) : clock(c) {}
  void arm(ProcessId, Duration delay, const TimerEvent& event) override { armed.emplace(clock.time + delay, event); }
  const WorldClock& clock;
  std::multimap<Time, TimerEvent> armed;
};
struct WorldControl final : ControlPlane {
  void send(ProcessId, ProcessId to, SessionId, Message message) override { sent.emplace_back(to, std::move(message)); }
  std::vector<std::pair<ProcessId, Message>> sent;
};
struct WorldStorage final : CheckpointStorage {
  void write(ProcessId, WriteId id, std::string path, Bytes content) override {
    pending[id] = path;
    files[path] = std::move(content);
  }
  void append(ProcessId, WriteId id, std::string path, Bytes content) override {
    pending[id] = path;
    files[path] += content;
  }
  Result<BytesView> read(const std::string& path) override { return testing::read_stored(files, path); }
  void remove(const std::string& path) override { removed.push_back(path); }
  std::vector<std::string> list(const std::string& directory) override {
    return testing::list_stored(files, directory);
  }
  std::map<WriteId, std::string> pending;
  testing::StoredFiles files;
  std::vector<std::string> removed;
};
struct WorldHaStore final : HaStore {
  void contend(ProcessId candidate) override { candidates.push_back(candidate); }
  void request(ProcessId, HaRequest request) override { requests.push_back(std::move(request)); }
  std::vector<ProcessId> candidates;
  std::vector<HaRequest> requests;
};
// A JobManager and what it did. TaskManagers are played by the test.
struct JobManagerWorld {
  explicit JobManagerWorld(JobOptions options, DefectSet defects_in = {},
                           std::shared_ptr<const ExecutionGraph> graph = small_graph())
      : setup{std::move(graph), options} {
    core.defects = defects_in;
    job_manager->start();
  }

  static JobOptions options() {
    JobOptions made;
    made.checkpoint.enabled = true;
    made.checkpoint.interval = 100ms;
    made.restart.strategy = RestartStrategy::FixedDelay;
    made.restart.fixed_delay.attempts = kUnlimitedRestarts;
    return made;
  }

  void add_task_manager(std::uint16_t process, std::uint32_t incarnation = 1, std::uint16_t slots = 1) {
    deliver(process, RegisterTaskManager{slots, incarnation});
  }
  void deliver(std::uint16_t process, Message message) {
    job_manager->on_message(ProcessId{process}, session, std::move(message));
  }
  void report(std::uint16_t subtask, std::uint32_t number, AttemptState state) {
    TaskStateUpdate update;
    update.attempt = attempt(subtask, number);
    update.state = state;
    deliver(process_of(subtask), update);
  }
  void report_all(std::uint32_t number, AttemptState state) {
    for (std::uint16_t s = 0; s < 6; ++s) report(s, number, state);
  }
  void run_all(std::uint32_t number = 1) {
    add_task_manager(1);
    add_task_manager(2);
    report_all(number, AttemptState::Running);
  }
  void ack_all(std::uint64_t checkpoint, std::uint32_t number = 1) {
    for (std::uint16_t s = 0; s < 6; ++s) {
      AcknowledgeCheckpoint ack;
      ack.checkpoint = CheckpointId{checkpoint};
      ack.attempt = attempt(s, number);
      ack.state = acked(uid_in_small_graph(s), "chk-" + std::to_string(checkpoint) + "/" + std::to_string(s), 1);
      deliver(process_of(s), ack);
    }
  }
  void store_all() {
    while (!storage.pending.empty()) {
      const WriteId id = storage.pending.begin()->first;
      storage.pending.erase(storage.pending.begin());
      job_manager->on_stored(id, Status());
    }
  }
  void advance(Duration by) {
    const Time until = clock.time + by;
    while (!timers.armed.empty() && timers.armed.begin()->first <= until) {
      const auto [at, event] = *timers.armed.begin();
      timers.armed.erase(timers.armed.begin());
      clock.time = at;
      job_manager->on_timer(event);
    }
    clock.time = until;
  }

  // Subtask i of every vertex goes to slot i.
  static std::uint16_t process_of(std::uint16_t subtask) { return static_cast<std::uint16_t>(1 + subtask % 2); }

  // What was sent of one kind since the last call of `forget`.
  template <class T>
  std::vector<std::pair<ProcessId, T>> sent() const {
    std::vector<std::pair<ProcessId, T>> found;
    for (const auto& [to, message] : control.sent) {
      if (const T* m = std::get_if<T>(&message)) found.emplace_back(to, *m);
    }
    return found;
  }
  void forget() {
    control.sent.clear();
    core.events.all.clear();
  }
  std::vector<Event> of(EventKind kind) const { return core.events.of(kind); }
  // In order; every change since the last `forget`.
  std::vector<JobState> job_states() const {
    std::vector<JobState> states;
    for (const Event& e : of(EventKind::JobStateChanged)) states.push_back(static_cast<JobState>(e.detail));
    return states;
  }

  SessionId session{};  // of what is delivered
  JobSetup setup;
  WorldClock clock;
  WorldTimers timers{clock};
  WorldControl control;
  WorldStorage storage;
  WorldHaStore ha;
  FixedRandomness random;
  fakes::CoreWorld core;
  Environment environment{clock,
                          timers,
                          control,
                          core.environment.data,
                          storage,
                          core.environment.disks,
                          random,
                          core.events,
                          core.log,
                          core.files,
                          core.environment.segments,
                          core.defects,
                          &ha};
  std::unique_ptr<Process> job_manager = make_job_manager(environment, setup);
};

}  // namespace weir::engine::coord_test
