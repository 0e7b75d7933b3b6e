#pragma once

// A small made-up run for tests of reports: two subtasks of source, totals and sink; checkpoint 1 completes,
// TaskManager 2 crashes during checkpoint 2, the job restarts from 1, and 3 completes. No engine is run.

#include <memory>
#include <string>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"
#include "weir/reports/run_report.h"

namespace weir::reports::testing {

using engine::EventKind;
using sim::WorldEventKind;

inline std::shared_ptr<const engine::ExecutionGraph> sample_graph() {
  engine::StreamEnvironment env("sample");
  env.set_parallelism(2).disable_operator_chaining();
  env.from_source(engine::LogSource<std::string>("words"), "words")
      .uid("words")
      .rebalance()
      .map([](const std::string& word) { return word + "\""; }, "quote \"it\"")
      .uid("totals")
      .sink_to(engine::TransactionalLogSink<std::string>("counts"), "sink")
      .uid("sink");
  auto job = engine::JobGraph::build(env.graph());
  return std::make_shared<const engine::ExecutionGraph>(std::move(job).value());
}

class SampleRun {
 public:
  SampleRun() : graph_(sample_graph()) {
    trace_.clear(0x2a);
    result_.spec.scenario = "sample <run>";
    result_.spec.job.name = "word-count";
    result_.spec.world.seed = 0x2a;
    sim::Fault crash;
    crash.task_manager = 2;
    crash.duration = engine::Duration{1'000'000'000};
    crash.trigger.time = engine::at_ns(620'000'000);
    result_.spec.world.faults = {crash, crash};
    result_.outcome.faults = {{true, true, true, engine::at_ns(620'000'000)}, {true, false, false, {}}};
    tell();
    result_.outcome.end = sim::RunEnd::JobFinished;
    result_.outcome.ended_at = engine::at_ns(now_);
    result_.outcome.trace_hash = 0x00ab'cdef'0123'4567;
    result_.restarts = 1;
    result_.checkpoints_completed = 2;
    result_.verdicts = {{"consistent-cut", properties::Answer::Holds, "", {}, {}},
                        {"exactly-once", properties::Answer::Holds, "", {}, {}}};
  }

  // Turns the run into one that violates exactly-once at its restore.
  SampleRun& violate() {
    result_.answer = properties::Answer::Violated;
    result_.cause = "\"the <word>\" was counted twice & committed";
    result_.verdicts[1] = {
        "exactly-once", properties::Answer::Violated, result_.cause, {restore_}, {"the: 3 instead of 2"}};
    return *this;
  }
  scenarios::RunResult& result() { return result_; }
  const sim::Trace& trace() const { return trace_; }
  const engine::ExecutionGraph& graph() const { return *graph_; }
  RunView view() const { return {result_, trace_, *graph_}; }
  std::uint32_t restore_event() const { return restore_; }

 private:
  std::uint32_t add(sim::TraceKind kind, engine::ActorId actor, std::uint32_t detail = 0, std::uint64_t a = 0,
                    std::uint64_t b = 0) {
    now_ += 20'000;
    return trace_.append({now_, kind, actor, detail, a, b, sim::kNoCause, 0});
  }
  void at(std::int64_t ms) { now_ = ms * 1'000'000; }
  static engine::ActorId actor(std::uint16_t subtask) { return engine::actor_of(engine::SubtaskId{subtask}); }
  static engine::ActorId coordinator() { return engine::actor_of(engine::kJobManager); }
  std::uint16_t count() const { return static_cast<std::uint16_t>(graph_->subtasks().size()); }

  void tell() {
    add(WorldEventKind::PhaseChanged, engine::kWorldActor, 0);
    deploy(1, 0);
    at(500);
    checkpoint(1, 1, true);
    at(600);
    trigger(2, 1);
    add(WorldEventKind::MessageLost, actor(0), 2, 2, 0);
    crash();
    at(1700);
    restore_ = add(EventKind::RestoreChosen, coordinator(), 0, 1);
    deploy(2, 1);
    at(2000);
    checkpoint(3, 2, true);
    add(EventKind::JobStateChanged, coordinator(), static_cast<std::uint32_t>(engine::JobState::Finished));
  }
  void deploy(std::uint32_t attempt, std::uint64_t checkpoint) {
    for (std::uint16_t s = 0; s < count(); ++s) add(EventKind::AttemptDeployed, coordinator(), attempt, s, 1u + s % 2u);
    for (std::uint16_t s = 0; s < count(); ++s) {
      if (checkpoint != 0) add(EventKind::StateRestored, actor(s), attempt, checkpoint, 7);
      add(EventKind::AttemptStateChanged, actor(s), attempt, static_cast<std::uint64_t>(engine::AttemptState::Running));
    }
  }
  void trigger(std::uint64_t id, std::uint32_t attempt) {
    add(EventKind::CheckpointTriggered, coordinator(), 0, id, count());
    for (std::uint16_t s = 0; s < 2; ++s) {
      add(EventKind::TriggerReceived, actor(s), attempt, id);
      send_barriers(s, id);
      snapshot(s, id, attempt);
    }
  }
  void send_barriers(std::uint16_t s, std::uint64_t id) {
    for (const engine::ChannelId channel : graph_->subtask(engine::SubtaskId{s}).outputs) {
      add(EventKind::BarrierSent, actor(s), channel.value, id, std::uint64_t{5} << 40);
    }
  }
  void snapshot(std::uint16_t s, std::uint64_t id, std::uint32_t attempt) {
    add(EventKind::SnapshotTaken, actor(s), attempt, id, 0xfeed);
    now_ += 70'000;
    add(EventKind::SnapshotDurable, actor(s), attempt, id, 1000);
    add(EventKind::AckSent, actor(s), attempt, id, 15'000);
  }
  void align(std::uint16_t s, std::uint64_t id) {
    std::int64_t began = 0;
    for (const engine::ChannelId channel : graph_->subtask(engine::SubtaskId{s}).inputs) {
      if (began == 0) {
        add(EventKind::AlignmentStarted, actor(s), channel.value, id);
        began = now_;
      }
      add(EventKind::BarrierReceived, actor(s), channel.value, id);
    }
    add(EventKind::AlignmentEnded, actor(s), 0, id, static_cast<std::uint64_t>(now_ - began));
  }
  void checkpoint(std::uint64_t id, std::uint32_t attempt, bool commits) {
    trigger(id, attempt);
    for (std::uint16_t s = 2; s < count(); ++s) {
      align(s, id);
      send_barriers(s, id);
      if (commits && s >= 4) add(EventKind::TransactionPreCommitted, actor(s), attempt, id, id * 10 + s);
      snapshot(s, id, attempt);
    }
    for (std::uint16_t s = 0; s < count(); ++s) add(EventKind::AckReceived, coordinator(), attempt, id, s);
    add(EventKind::CheckpointCompleted, coordinator(), 0, id, 6000);
    for (std::uint16_t s = 0; s < count(); ++s) add(EventKind::NotifyCompleteReceived, actor(s), attempt, id);
    for (std::uint16_t s = 4; s < count(); ++s) {
      add(EventKind::TransactionCommitSent, actor(s), attempt, id, id * 10 + s);
      add(WorldEventKind::LogCommitted, engine::kLogBrokerActor, 5, id * 10 + s);
    }
  }
  void crash() {
    at(620);
    add(WorldEventKind::FaultFired, engine::kWorldActor, 0);
    add(WorldEventKind::ProcessCrashed, engine::ActorId{2}, 1);
    for (std::uint16_t s = 0; s < count(); s = static_cast<std::uint16_t>(s + 2)) {
      add(EventKind::AttemptFailed, actor(s), 1, static_cast<std::uint64_t>(engine::FailureCause::ConnectionBroken), 0);
    }
    add(EventKind::CheckpointAborted, coordinator(), static_cast<std::uint32_t>(engine::AbortReason::JobFailoverRegion),
        2);
    add(EventKind::RestartScheduled, coordinator(), 0, 1, 1'000'000'000);
  }

  std::shared_ptr<const engine::ExecutionGraph> graph_;
  sim::Trace trace_;
  scenarios::RunResult result_;
  std::int64_t now_ = 0;
  std::uint32_t restore_ = 0;
};

}  // namespace weir::reports::testing
