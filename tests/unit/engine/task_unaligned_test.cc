#include <catch2/catch.hpp>

#include "checkpoint/completed_checkpoint.h"
#include "fakes/task_harness.h"
#include "recovery/in_flight_assignment.h"
#include "recovery/state_assignment.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

struct UnalignedHarness : TaskHarness {
  explicit UnalignedHarness(Duration aligned_timeout = Duration{}) : TaskHarness(120) {
    setup.options.checkpoint.unaligned = true;
    setup.options.checkpoint.aligned_timeout = aligned_timeout;
    setup.options.cost.record = 400us;  // ten times what a source takes: everything queues up before totals
    setup.options.network.records_per_segment = 4;
  }

  std::vector<Event> of(EventKind kind, std::uint64_t checkpoint) const {
    std::vector<Event> found;
    for (const Event& e : world.events.all) {
      if (e.kind == kind && e.a == checkpoint) found.push_back(e);
    }
    return found;
  }
  std::size_t count(EventKind kind, std::uint64_t checkpoint, const std::string& name) const {
    const auto all = of(kind, checkpoint);
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const Event& e) { return e.actor == actor_of(subtask(name)); }));
  }
  // By channel: what was sent before the barrier is what was processed before it, or is saved (BA-30).
  bool cuts_agree_with_saved(std::uint64_t checkpoint) const {
    std::map<std::uint32_t, std::uint64_t> sent, kept;
    for (const Event& e : of(EventKind::BarrierSent, checkpoint)) sent[e.detail] = e.b;
    for (const Event& e : of(EventKind::ChannelCutIn, checkpoint)) kept[e.detail] = e.b;
    for (const Event& e : of(EventKind::InFlightCaptured, checkpoint)) {
      kept[e.detail] = ChannelCut::sum(kept[e.detail], e.b);
    }
    return sent.size() == setup.graph->channels().size() && sent == kept;
  }
  std::uint64_t records(EventKind kind, std::uint64_t checkpoint) const {
    std::uint64_t n = 0;
    for (const Event& e : of(kind, checkpoint)) n += ChannelCut::count(e.b);
    return n;
  }

  CompletedCheckpoint checkpoint(std::uint64_t id) const {
    std::vector<SubtaskState> states(setup.graph->subtasks().size());
    for (const auto& ack : world.control.of<AcknowledgeCheckpoint>()) {
      if (ack.checkpoint.value == id) states[ack.attempt.subtask.value] = ack.state;
    }
    return {CheckpointId{id}, assemble(*setup.graph, states, std::vector<bool>(states.size()))};
  }
  // As a JobManager does it.
  void restore(std::uint64_t id) {
    ++generation;
    const CompletedCheckpoint from = checkpoint(id);
    for (const JobVertex& vertex : setup.graph->job().vertices) {
      auto restored = assign_state(vertex, from);
      auto in_flight = assign_in_flight(setup.graph->job(), vertex, from);
      for (std::uint32_t i = 0; i < vertex.parallelism; ++i) {
        restored[i].state.in_flight = std::move(in_flight[i]);
        tell(DeployTask{attempt(setup.graph->subtask_at(vertex.id, i)),
                        from.id,
                        std::move(restored[i].state),
                        {},
                        false,
                        allocation});
      }
    }
  }
  void finish(std::uint64_t last_checkpoint) {
    run_for(500ms);
    trigger(last_checkpoint);
    run_for(50ms);
    complete(last_checkpoint);
    run_for(10ms);
  }
};

}  // namespace

TEST_CASE("unaligned, a subtask takes its snapshot at the first barrier and acknowledges after the last (BA-11)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  h.run_for(3ms);
  CHECK(h.count(EventKind::SnapshotTaken, 1, "totals/0") == 1);
  CHECK(h.count(EventKind::AckSent, 1, "totals/0") == 0);
  CHECK(h.count(EventKind::ChannelBlocked, 1, "totals/0") == 0);
  h.trigger("source/1", 1);
  h.run_for(3ms);
  CHECK(h.count(EventKind::SnapshotTaken, 1, "totals/0") == 1);
  CHECK(h.acks(1) == 4);
  CHECK(h.records(EventKind::InFlightCaptured, 1) > 20);
  CHECK(h.cuts_agree_with_saved(1));
}

TEST_CASE("what was in flight is processed first after a restore, once, and nothing is lost (BA-30, BA-36)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(3ms);
  REQUIRE(h.acks(1) == 4);
  h.complete(1);
  h.run_for(1ms);
  h.crash();
  h.start(2);
  h.restore(1);
  h.finish(2);
  CHECK(h.updates(AttemptState::Finished).size() >= 4);
  CHECK(h.records(EventKind::InFlightRestored, 1) == h.records(EventKind::InFlightCaptured, 1));
  CHECK(h.committed() == h.expected_counts(120));
}

TEST_CASE("a second crash during the recovery loses nothing either (RE-9, BA-37)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(3ms);
  h.complete(1);
  h.run_for(1ms);
  for (const std::uint32_t incarnation : {2u, 3u}) {
    h.crash();
    h.start(incarnation);
    h.restore(1);
    h.run_for(2ms);
  }
  h.finish(2);
  CHECK(h.committed() == h.expected_counts(120));
}

TEST_CASE("while what was in flight is not processed, the subtask does not run and declines checkpoints (BA-37)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(3ms);
  h.crash();
  h.start(2);
  h.restore(1);
  h.run_for(1ms);
  CHECK(h.updates(AttemptState::Running).size() == 2);  // the sources
  h.trigger("totals/0", 2);
  h.run_for(1ms);
  const auto declined = h.world.control.of<DeclineCheckpoint>();
  REQUIRE(declined.size() == 1);
  CHECK(declined[0].reason == AbortReason::CheckpointDeclinedTaskNotReady);
  h.run_for(100ms);
  CHECK(h.updates(AttemptState::Running).size() == 4);
}

TEST_CASE("an alignment that takes longer than its timeout goes on unaligned (BA-13)") {
  UnalignedHarness h(5ms);
  h.deploy();
  h.run_for(1ms);
  h.trigger(1);
  h.run_for(4ms);
  CHECK(h.of(EventKind::InFlightCaptured, 1).empty());
  CHECK(h.count(EventKind::SnapshotTaken, 1, "totals/0") == 0);
  h.run_for(6ms);
  CHECK(h.count(EventKind::SnapshotTaken, 1, "totals/0") == 1);
  CHECK(h.acks(1) == 4);
  CHECK(h.records(EventKind::InFlightCaptured, 1) > 0);
  CHECK(h.cuts_agree_with_saved(1));
}

TEST_CASE("an alignment that ends before its timeout saves nothing (BA-13)") {
  UnalignedHarness h(10s);
  h.deploy();
  h.run_for(3ms);
  h.trigger(1);
  h.run_for(200ms);
  CHECK(h.acks(1) == 4);
  CHECK(h.of(EventKind::InFlightCaptured, 1).empty());
  CHECK(h.cuts_agree(1));
}

TEST_CASE("a savepoint is aligned, whatever checkpoints are (SP-1)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger_as(1, CheckpointKind::Savepoint);
  h.run_for(3ms);
  CHECK(h.count(EventKind::SnapshotTaken, 1, "totals/0") == 0);
  h.run_for(200ms);
  CHECK(h.acks(1) == 4);
  CHECK(h.of(EventKind::InFlightCaptured, 1).empty());
  CHECK(h.cuts_agree(1));
}

TEST_CASE("an unaligned checkpoint that is aborted leaves no file, and the next one is whole (BA-31, SN-17)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  h.run_for(2ms);
  h.tell_all(NotifyCheckpointAborted{CheckpointId{1}, kNoCheckpoint, {}});
  h.run_for(1ms);
  h.trigger(2);
  h.run_for(5ms);
  CHECK(h.acks(1) <= 1);  // source/0, which had nothing to wait for
  CHECK(h.acks(2) == 4);
  CHECK(h.cuts_agree_with_saved(2));
  CHECK(h.world.storage.files.count("chk-1/totals/0-1/in-flight") == 0);
  CHECK(h.world.storage.files.count("chk-2/totals/0-1/in-flight") == 1);
  h.complete(2);
  h.finish(3);
  CHECK(h.committed() == h.expected_counts(120));
}

TEST_CASE("a newer checkpoint ends the older one's part, also when nobody told of its abort (BA-31)") {
  UnalignedHarness h;
  h.deploy();
  h.run_for(3ms);
  h.trigger("source/0", 1);
  h.run_for(2ms);
  h.trigger(2);
  h.run_for(5ms);
  CHECK(h.acks(2) == 4);
  h.complete(2);
  h.finish(3);
  CHECK(h.updates(AttemptState::Finished).size() == 4);  // no part is left that would hold it back
}
