#include <catch2/catch.hpp>

#include "fakes/task_harness.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

// Position of the first event of that kind at a subtask for a checkpoint; the number of events when there is none.
std::size_t when(const TaskHarness& h, EventKind kind, const std::string& subtask, std::uint64_t checkpoint) {
  const auto& all = h.world.events.all;
  return static_cast<std::size_t>(std::find_if(all.begin(), all.end(),
                                               [&](const Event& e) {
                                                 return e.kind == kind && e.actor == actor_of(h.subtask(subtask)) &&
                                                        e.a == checkpoint;
                                               }) -
                                  all.begin());
}
bool happened(const TaskHarness& h, EventKind kind, const std::string& subtask, std::uint64_t checkpoint) {
  return when(h, kind, subtask, checkpoint) < h.world.events.all.size();
}

// One source sends its barrier long before the other one does.
void align_slowly(TaskHarness& h) {
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  h.run_for(8ms);
  h.trigger("source/1", 1);
  h.run_for(8ms);
}

void run_to_end(TaskHarness& h, std::uint64_t last_checkpoint) {
  h.run_for(100ms);
  h.trigger(last_checkpoint);
  h.run_for(10ms);
  h.complete(last_checkpoint);
  h.run_for(10ms);
}

}  // namespace

TEST_CASE("a checkpoint is acknowledged by every subtask, after its snapshot is durable (BA-19, SN-3)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(8ms);
  CHECK(h.acks(1) == 4);
  for (const char* name : {"source/0", "source/1", "totals/0", "totals/1"}) {
    CHECK(when(h, EventKind::BarrierSent, "source/0", 1) < when(h, EventKind::SnapshotTaken, name, 1));
    CHECK(when(h, EventKind::SnapshotTaken, name, 1) < when(h, EventKind::SnapshotDurable, name, 1));
    CHECK(when(h, EventKind::SnapshotDurable, name, 1) < when(h, EventKind::AckSent, name, 1));
  }
  CHECK(h.world.storage.files.count("chk-1/totals/0-1/0-keyed") == 1);
  CHECK(h.cuts_agree(1));
}

TEST_CASE("records behind a barrier wait until all barriers are there, and none is lost (BA-10, BA-11, BA-34, BP-5)") {
  TaskHarness h;
  align_slowly(h);
  CHECK(h.acks(1) == 4);
  CHECK(h.cuts_agree(1));
  CHECK(h.world.events.of(EventKind::ChannelBlocked).size() == 4);
  CHECK(h.world.events.of(EventKind::ChannelResumed).size() == 4);
  run_to_end(h, 2);
  CHECK(h.committed() == h.expected_counts());
}

TEST_CASE("an acknowledgement tells how long each part took (SN-5)") {
  TaskHarness h;
  h.setup.options.cost.snapshot_sync = 300us;
  h.deploy();
  h.run_for(3ms);
  const Time triggered = h.world.schedule.now();
  for (const char* source : {"source/0", "source/1"}) {
    h.tell(TriggerCheckpoint{CheckpointId{1}, triggered, h.attempt(source)});
    h.run_for(4ms);
  }
  const auto acks = h.world.control.of<AcknowledgeCheckpoint>();
  REQUIRE(acks.size() == 4);
  for (const AcknowledgeCheckpoint& ack : acks) {
    const std::string name = h.setup.graph->subtask(ack.attempt.subtask).name;
    INFO(name);
    CHECK(ack.sync == 300us);
    CHECK(ack.async >= h.setup.options.cost.snapshot_async);
    const bool source = name.find("source") == 0;
    CHECK((source ? ack.alignment == Duration{} : ack.alignment > 3ms));
    CHECK((name == "source/1" ? ack.start_delay > 3ms : ack.start_delay < 1ms));
    const Event& sent = h.world.events.all[when(h, EventKind::AckSent, name, 1)];
    CHECK(sent.b == static_cast<std::uint64_t>(to_ns(ack.sync)));
  }
}

TEST_CASE("an attempt goes on from the state it acknowledged (G-2, BA-3, ST-12)") {
  TaskHarness h;
  align_slowly(h);
  h.complete(1);
  h.run_for(2ms);
  h.crash();
  h.start(2);
  h.deploy(CheckpointId{1});
  CHECK(happened(h, EventKind::StateRestored, "totals/1", 1));
  run_to_end(h, 2);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
  CHECK(h.committed() == h.expected_counts());
}

TEST_CASE("a snapshot that cannot be read fails the attempt") {
  TaskHarness h;
  align_slowly(h);
  h.crash();
  h.world.storage.files["chk-1/totals/0-1/0-keyed"] = "nonsense";
  h.world.storage.files.erase("chk-1/totals/1-1/0-keyed");
  h.start(2);
  h.deploy(CheckpointId{1});
  REQUIRE(h.updates(AttemptState::Failed).size() == 2);
  CHECK(h.updates(AttemptState::Failed)[0].cause == FailureCause::RestoreFailed);
}

TEST_CASE("a newer barrier aborts the alignment, and the job goes on (BA-5)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);  // the other trigger is lost
  h.run_for(5ms);
  h.trigger(2);
  h.run_for(5ms);
  CHECK(h.acks(1) == 1);
  CHECK(h.acks(2) == 4);
  const auto declined = h.world.control.of<DeclineCheckpoint>();
  REQUIRE(declined.size() == 2);
  CHECK(declined[0].checkpoint == CheckpointId{1});
  CHECK(declined[0].reason == AbortReason::CheckpointDeclinedSubsumed);
  run_to_end(h, 3);
  CHECK(h.committed() == h.expected_counts());
}

TEST_CASE("a checkpoint whose abort came first is neither acknowledged nor declined (BA-19, BA-20)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.tell(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, h.attempt("totals/0")});
  h.tell(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, h.attempt("source/1")});
  h.trigger(1);
  h.run_for(10ms);
  CHECK(h.acks(1) == 1);                                       // source/0
  CHECK(h.world.control.of<DeclineCheckpoint>().size() == 2);  // both totals, on the marker of source/1
  CHECK(happened(h, EventKind::CancelMarkerSent, "source/1", 1));
  CHECK_FALSE(happened(h, EventKind::BarrierSent, "source/1", 1));
}

TEST_CASE("an aborted async part leaves no file and no acknowledgement (SN-3, SN-17)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.setup.options.cost.snapshot_async = 5ms;
  h.trigger("source/0", 1);
  h.run_for(3ms);
  CHECK(happened(h, EventKind::SnapshotTaken, "source/0", 1));
  h.tell(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, h.attempt("source/0")});
  h.run_for(10ms);
  CHECK(h.acks(1) == 0);
  CHECK(h.world.storage.files.empty());
}

TEST_CASE("what a task has acknowledged it leaves alone, since the coordinator may have counted it (CO-27, SN-4)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(8ms);
  REQUIRE(h.acks(1) == 4);
  const std::size_t files = h.world.storage.files.size();
  REQUIRE(files > 0);
  h.tell_all(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, {}});
  h.run_for(5ms);
  h.tell(CancelTask{h.attempt("totals/0")});
  h.run_for(5ms);
  CHECK(h.world.storage.files.size() == files);
}

TEST_CASE("storage that refuses makes the subtask decline and go on (BA-22)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.world.storage.refuse = true;
  h.trigger(1);
  h.run_for(10ms);
  CHECK(h.acks(1) == 0);
  const auto declined = h.world.control.of<DeclineCheckpoint>();
  REQUIRE(declined.size() == 4);
  CHECK(declined[0].reason == AbortReason::CheckpointAsyncException);
  CHECK(happened(h, EventKind::SnapshotFailed, "totals/0", 1));
  h.world.storage.refuse = false;
  h.trigger(2);
  h.run_for(10ms);
  CHECK(h.acks(2) == 4);
}

TEST_CASE("a write that is under way when its attempt is cancelled is cleaned up (SN-17)") {
  TaskHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  while (!happened(h, EventKind::SnapshotTaken, "source/0", 1)) h.run_for(1us);
  h.run_for(75us);  // 20 and 50 until the write begins, 20 until it is there
  h.tell(CancelTask{h.attempt("source/0")});
  h.run_for(10ms);
  CHECK(h.acks(1) == 0);
  CHECK(h.world.storage.files.empty());
}

TEST_CASE("a write that is under way when a newer attempt takes over is cleaned up as well (SN-17)") {
  for (const bool defect : {false, true}) {
    TaskHarness h;
    if (defect) h.world.defects.add(Defect::KeepPartialUpload);
    h.deploy();
    h.run_for(3ms);
    h.trigger("source/0", 1);
    while (!happened(h, EventKind::SnapshotTaken, "source/0", 1)) h.run_for(1us);
    h.run_for(75us);
    h.deploy();
    h.run_for(10ms);
    CHECK(h.acks(1) == 0);
    CHECK(h.world.storage.files.empty() == !defect);
  }
}

TEST_CASE("an abort notification heals a lost completion (CO-36)") {
  TaskHarness h;
  align_slowly(h);
  CHECK(h.committed().empty());
  h.tell_all(NotifyCheckpointAborted{CheckpointId{2}, CheckpointId{1}, {}});
  h.run_for(5ms);
  CHECK_FALSE(h.committed().empty());
  CHECK(happened(h, EventKind::NotifyCompleteReceived, "totals/0", 1));
}

TEST_CASE("a trigger for a task that is not running is declined (BA-21)") {
  TaskHarness h(0);
  h.generation = 1;
  h.tell(DeployTask{h.attempt("source/0"), {}, {}, {}, false});
  h.trigger("source/0", 1);
  REQUIRE(h.world.control.of<DeclineCheckpoint>().size() == 1);
  CHECK(h.world.control.of<DeclineCheckpoint>()[0].reason == AbortReason::CheckpointDeclinedTaskNotReady);
  CHECK(happened(h, EventKind::CancelMarkerSent, "source/0", 1));
  h.generation = 0;
  h.deploy();
  run_to_end(h, 2);
  h.trigger("source/0", 3);
  CHECK(h.world.control.of<DeclineCheckpoint>().back().reason == AbortReason::CheckpointDeclinedTaskClosing);
  const std::size_t declined = h.world.control.of<DeclineCheckpoint>().size();
  h.generation = 7;
  h.trigger("source/0", 4);  // another life (RP-3)
  CHECK(h.world.control.of<DeclineCheckpoint>().size() == declined);
}

TEST_CASE("a task without running predecessors is triggered itself (BA-9, CO-50)") {
  TaskHarness h;
  h.deploy();
  h.run_for(100ms);
  h.trigger(1);
  h.run_for(10ms);
  for (const char* name : {"source/0", "source/1"}) h.tell(NotifyCheckpointComplete{CheckpointId{1}, h.attempt(name)});
  h.run_for(10ms);
  CHECK(h.updates(AttemptState::Finished).size() == 2);  // the completions of the others are lost
  h.trigger("totals/0", 2);
  h.trigger("totals/1", 2);
  h.run_for(10ms);
  CHECK(h.acks(2) == 2);
  h.complete(2);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
  CHECK(h.committed() == h.expected_counts());
}

TEST_CASE("a source that is to pause reads nothing before a checkpoint is complete, unless it was restored (CO-6)") {
  TaskHarness h;
  h.crash();
  h.setup.options.checkpoint.pause_sources_until_first = true;
  h.start(2);
  h.deploy();
  const auto records = [&] { return h.world.events.of(EventKind::SegmentSent).size(); };
  h.run_for(5ms);
  CHECK(records() == 0);
  h.trigger(1);
  h.run_for(5ms);
  CHECK(h.acks(1) == 4);
  CHECK(records() == 0);
  h.complete(1);
  h.run_for(5ms);
  const std::size_t read = records();
  CHECK(read > 0);
  h.deploy(CheckpointId{1});
  h.run_for(5ms);
  CHECK(records() > read);
}

TEST_CASE("operators hear of a completion first, then of what it took the place of, and of nothing twice (CO-32)") {
  std::vector<std::string> told;
  struct Recorder final : OneInputOperator<std::string, std::string> {
    explicit Recorder(std::vector<std::string>& to) : told(to) {}
    void collect(const std::string& word) override { out().collect(word); }
    void notify_checkpoint_complete(CheckpointId id) override {
      told.push_back("complete " + std::to_string(id.value));
    }
    void notify_checkpoint_subsumed(CheckpointId id) override {
      told.push_back("subsumed " + std::to_string(id.value));
    }
    std::vector<std::string>& told;
  };
  StreamEnvironment env("recorded");
  env.from_source(LogSource<std::string>("words"), "source")
      .transform<std::string>("recorder", [&told] { return std::make_unique<Recorder>(told); })
      .sink_to(TransactionalLogSink<std::string>("counts"), "sink");
  TaskHarness h;
  h.crash();
  h.setup.graph = std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value());
  h.start(2);
  h.deploy();
  const auto tell = [&](std::uint64_t complete, std::uint64_t subsumed) {
    h.tell_all(NotifyCheckpointComplete{CheckpointId{complete}, {}, {}, CheckpointId{subsumed}});
    h.run_for(5ms);
  };
  tell(3, 0);
  tell(5, 3);
  tell(5, 3);  // again
  tell(4, 2);  // late
  CHECK(told == std::vector<std::string>{"complete 3", "complete 5", "subsumed 3"});
}

TEST_CASE("a subtask that was finished on restore takes part in checkpoints and finishes again (CO-54)") {
  TaskHarness h;
  h.generation = 1;
  for (const SubtaskInfo& s : h.setup.graph->subtasks()) {
    h.tell(DeployTask{h.attempt(s.id), CheckpointId{5}, {}, {}, true});
  }
  h.run_for(5ms);
  CHECK(h.world.control.of<EndOfDataReport>().size() == 4);
  CHECK(h.world.log.transactions.empty());
  h.trigger(6);
  h.run_for(5ms);
  CHECK(h.acks(6) == 4);
  CHECK(h.world.control.of<AcknowledgeCheckpoint>()[0].state == SubtaskState{});
  CHECK(h.world.storage.files.empty());
  h.complete(6);
  h.run_for(5ms);
  CHECK(h.updates(AttemptState::Finished).size() == 4);
}

// --- defects: each is seen here, at the site where it is planted ----------------------------------------------------

TEST_CASE("defect: without blocking, records behind a barrier get into the snapshot") {
  TaskHarness h;
  h.world.defects.add(Defect::NoBlockingDuringAlignment);
  align_slowly(h);
  CHECK(h.acks(1) == 4);
  CHECK_FALSE(h.cuts_agree(1));
}

TEST_CASE("defect: an early acknowledgement is sent before the snapshot is durable, and only once") {
  TaskHarness h;
  h.world.defects.add(Defect::AckBeforeDurable);
  align_slowly(h);
  CHECK(h.acks(1) == 4);
  CHECK(when(h, EventKind::AckSent, "totals/0", 1) < when(h, EventKind::SnapshotDurable, "totals/0", 1));
  CHECK(happened(h, EventKind::SnapshotDurable, "totals/0", 1));
}

TEST_CASE("defect: the dropped tail of an alignment is missing at the end") {
  TaskHarness h;
  h.world.defects.add(Defect::DropTailOnAlignment);
  align_slowly(h);
  CHECK(h.cuts_agree(1));
  run_to_end(h, 2);
  CHECK(h.committed().size() < h.expected_counts().size());
  CHECK_FALSE(h.cuts_agree(2));
}

TEST_CASE("defect: a channel that stays blocked after an abort stops the job") {
  TaskHarness h;
  h.world.defects.add(Defect::KeepChannelBlockedAfterAbort);
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  h.run_for(5ms);
  h.trigger(2);
  h.run_for(200ms);
  CHECK(h.acks(2) == 2);
  CHECK(h.world.control.of<EndOfDataReport>().size() < 4);
}
