#pragma once

// One TaskManager that runs a whole small job, and a test in the place of the JobManager:
//   "words" (2 partitions) -> source/0..1 -> by word -> totals/0..1 (count, transactional sink) -> topic "counts"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "fakes/core_jobs.h"
#include "fakes/task_world.h"
#include "weir/engine/processes.h"

namespace weir::engine::fakes {

inline const ProcessId kTaskManager{1};

// Throws what a user might throw when it meets the word "bad".
struct TaskCountOrThrow final : KeyedProcessFunction<std::string, std::string, Counted> {
  void open(RuntimeContext& context) override { count = context.get_state<std::int64_t>({"count", 0}); }
  void process_element(const std::string& word, Context&, Collector<Counted>& out) override {
    if (word == "bad") throw std::runtime_error("a bad word");
    const std::int64_t n = count.value_or(0) + 1;
    count.update(n);
    out.collect({word, n});
  }
  ValueState<std::int64_t> count;
};

inline StreamEnvironment task_job() {
  StreamEnvironment env("words");
  env.set_parallelism(2);
  env.enable_checkpointing(500ms);
  env.from_source(LogSource<std::string>("words"), "source")
      .uid("source")
      .key_by(itself)
      .process<TaskCountOrThrow>("count")
      .uid("totals")
      .sink_to(TransactionalLogSink<Counted>("counts"), "sink")
      .uid("sink");
  return env;
}

struct TaskHarness {
  explicit TaskHarness(std::uint32_t records = 300) {
    StreamEnvironment env = task_job();
    setup.graph = std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value());
    setup.options = env.options();
    std::vector<std::vector<std::string>> partitions(2);
    for (std::uint32_t i = 0; i < 2 * records; ++i) partitions[i % 2].push_back("w" + std::to_string(i % 7));
    world.log.create("words", partitions);
    world.log.create("counts", {{}, {}});
    start(1);
  }
  ~TaskHarness() { crash(); }

  void start(std::uint32_t incarnation) {
    process = make_task_manager(world.environment, setup, kTaskManager, incarnation);
    world.timers.process = world.wire.process = world.storage.process = process.get();
    process->start();
  }
  void crash() {
    world.timers.process = world.wire.process = world.storage.process = nullptr;
    process.reset();
    world.schedule.forget();
    world.wire.drop();
    world.wire.producers.clear();
    world.wire.consumers.clear();
  }

  SessionId session{};  // of what is told
  SubtaskId subtask(const std::string& name) const { return *setup.graph->subtask_named(name); }
  ChannelId channel(const std::string& name) const { return *setup.graph->channel_named(name); }
  ExecutionAttempt attempt(SubtaskId s) const { return {s, AttemptId{generation}}; }
  ExecutionAttempt attempt(const std::string& name) const { return attempt(subtask(name)); }
  void tell(Message message) { process->on_message(kJobManager, session, std::move(message)); }
  template <class M>
  void tell_all(M message) {
    for (const SubtaskInfo& s : setup.graph->subtasks()) {
      message.attempt = attempt(s.id);
      tell(message);
    }
  }
  void run_for(Duration d) { world.schedule.run_for(d); }

  // Deploys every subtask from what `from` acknowledged; none: from the start.
  void deploy(CheckpointId from = kNoCheckpoint) {
    ++generation;
    const auto acks = world.control.of<AcknowledgeCheckpoint>();
    for (const SubtaskInfo& s : setup.graph->subtasks()) {
      DeployTask task{attempt(s.id), from, {}, {}, false, allocation};
      for (const auto& ack : acks) {
        if (ack.checkpoint == from && ack.attempt.subtask == s.id) task.state = ack.state;
      }
      tell(task);
    }
    run_for(1ms);
  }
  void trigger(const std::string& source, std::uint64_t checkpoint) {
    tell(TriggerCheckpoint{CheckpointId{checkpoint}, world.schedule.now(), attempt(source)});
  }
  void trigger(std::uint64_t checkpoint) {
    trigger("source/0", checkpoint);
    trigger("source/1", checkpoint);
  }
  void complete(std::uint64_t checkpoint) { tell_all(NotifyCheckpointComplete{CheckpointId{checkpoint}, {}}); }
  void trigger_as(std::uint64_t checkpoint, CheckpointKind kind) {
    for (const char* source : {"source/0", "source/1"}) {
      tell(TriggerCheckpoint{CheckpointId{checkpoint}, world.schedule.now(), attempt(source), {kind}});
    }
  }
  std::size_t acks(std::uint64_t checkpoint) const {
    const auto all = world.control.of<AcknowledgeCheckpoint>();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& a) { return a.checkpoint.value == checkpoint; }));
  }
  std::vector<TaskStateUpdate> updates(AttemptState state) const {
    std::vector<TaskStateUpdate> found;
    for (const auto& u : world.control.of<TaskStateUpdate>()) {
      if (u.state == state && u.attempt.attempt.value == generation) found.push_back(u);
    }
    return found;
  }

  // Whether every channel's cut of that checkpoint is the same at both ends.
  bool cuts_agree(std::uint64_t checkpoint) const {
    std::map<std::uint32_t, std::uint64_t> sent, received;
    for (const Event& e : world.events.all) {
      if (e.a != checkpoint) continue;
      if (e.kind == EventKind::BarrierSent) sent[e.detail] = e.b;
      if (e.kind == EventKind::ChannelCutIn) received[e.detail] = e.b;
    }
    return sent.size() == setup.graph->channels().size() && sent == received;
  }
  // What a failure-free count commits: every word with 1, 2, 3, ...
  std::vector<std::string> expected_counts(std::uint32_t records = 300) const {
    std::map<std::string, std::int64_t> counts;
    std::vector<std::string> all;
    for (std::uint32_t i = 0; i < 2 * records; ++i) {
      const std::string word = "w" + std::to_string(i % 7);
      all.push_back(serialize(Counted{word, ++counts[word]}));
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  std::vector<std::string> committed() const {
    std::vector<std::string> all = world.log.committed();
    std::sort(all.begin(), all.end());
    return all;
  }

  TaskWorld world;
  JobSetup setup;
  std::unique_ptr<Process> process;
  std::uint32_t generation = 0;
  AllocationId allocation{1};
};

}  // namespace weir::engine::fakes
