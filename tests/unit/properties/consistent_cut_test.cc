#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;

namespace {

constexpr char kChannel[] = "kafka-source/1->totals/0";

}  // namespace

TEST_CASE("records sent before the barrier but not in the snapshot break the cut (P1, BA-11)") {
  Story story = clean_story();
  const std::uint32_t sent = story.find_on(EventKind::BarrierSent, kChannel, 3);
  const std::uint32_t in = story.find_on(EventKind::ChannelCutIn, kChannel, 3);
  story.event_at(sent).b = Story::cut(7);
  story.event_at(in).b = Story::cut(5);
  const Judged judged(story);
  judged.only("consistent-cut");
  const Verdict& v = judged["consistent-cut"];
  CHECK(
      v.reason ==
      "kafka-source/1->totals/0: 2 records sent before the barrier were not in the receiver's snapshot (checkpoint 3)");
  CHECK(v.witnesses == Indices{sent, in, story.find(EventKind::CheckpointCompleted, "", 3)});
}

TEST_CASE("records from behind the barrier in the snapshot break the cut (P1, BA-10)") {
  Story story = clean_story();
  story.event_at(story.find_on(EventKind::BarrierSent, kChannel, 3)).b = Story::cut(4);
  story.event_at(story.find_on(EventKind::ChannelCutIn, kChannel, 3)).b = Story::cut(5);
  const Judged judged(story);
  judged.only("consistent-cut");
  CHECK(mentions(judged["consistent-cut"], "1 record in the receiver's snapshot was not sent before the barrier"));
}

TEST_CASE("as many but other records break the cut (BA-30)") {
  Story story = clean_story();
  story.event_at(story.find_on(EventKind::ChannelCutIn, kChannel, 3)).b = Story::cut(6, 100);
  story.event_at(story.find_on(EventKind::BarrierSent, kChannel, 3)).b = Story::cut(6);
  const Judged judged(story);
  judged.only("consistent-cut");
  CHECK(mentions(judged["consistent-cut"], "not the same ones"));
}

TEST_CASE("a channel whose cut one end did not take breaks the cut") {
  Story unsent = clean_story();
  unsent.drop(unsent.find_on(EventKind::BarrierSent, kChannel, 3));
  CHECK(mentions(Judged(unsent)["consistent-cut"], "no barrier was sent on it"));
  Judged(unsent).only("consistent-cut");

  Story unseen = clean_story();
  unseen.drop(unseen.find_on(EventKind::ChannelCutIn, kChannel, 3));
  CHECK(mentions(Judged(unseen)["consistent-cut"], "the receiver took its snapshot without a cut of it"));
}

TEST_CASE("a running subtask without a snapshot breaks the cut (CO-50)") {
  Story story = clean_story();
  story.drop(story.find(EventKind::SnapshotTaken, "totals/1", 3));
  const Judged judged(story);
  judged.only("consistent-cut");
  const Verdict& v = judged["consistent-cut"];
  CHECK(v.reason == "totals/1 was running and has no snapshot in checkpoint 3");
  CHECK(v.witnesses ==
        Indices{story.find(EventKind::CheckpointTriggered, "", 3), story.find(EventKind::CheckpointCompleted, "", 3)});
}

TEST_CASE("a snapshot of a dead attempt breaks the cut") {
  Story story = clean_story();
  const std::uint32_t taken = story.find(EventKind::SnapshotTaken, "totals/1", 3);
  story.event_at(taken).detail = 1;
  for (const EventKind kind : {EventKind::SnapshotDurable, EventKind::AckSent}) {
    story.event_at(story.find(kind, "totals/1", 3)).detail = 1;
  }
  const Judged judged(story);
  const Verdict& v = judged["consistent-cut"];
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "the snapshot of totals/1 in checkpoint 3 is from attempt 1, though attempt 2 is the current one");
  CHECK(v.witnesses == Indices{taken, story.find(EventKind::CheckpointCompleted, "", 3)});
}

TEST_CASE("the two ends of a channel must belong to one deployment") {
  // The receiver is deployed anew after the barrier was sent to the one before it.
  Story moved;
  moved.deploy(1, 0, {0, 0});
  moved.trigger(1);
  moved.take_snapshots(1, 1, {2, 1});
  for (const auto& s : word_job().graph->subtasks()) {
    if (!s.name.starts_with("totals")) continue;
    moved.coordinator(EventKind::AttemptDeployed, 2, s.id.value, 1);
    for (const engine::ChannelId channel : s.inputs) {
      moved.at(s.name, EventKind::ChannelCutIn, channel.value, 1, Story::cut(3));
    }
    moved.at(s.name, EventKind::SnapshotTaken, 2, 1, 0);
  }
  moved.acknowledge(1, 1);
  moved.complete(1, 1);
  CHECK(mentions(Judged(moved)["consistent-cut"], "the barrier is of attempt 1, the receiver's snapshot of attempt 2"));
}

TEST_CASE("subtasks that had finished are no part of the cut (CO-50, CO-51)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.checkpoint(1, 1, {6, 4}, 0, 1000);
  story.pause();
  story.attempt_state("kafka-source/0", 1, AttemptState::Finished);
  story.attempt_state("kafka-source/1", 1, AttemptState::Finished);
  story.trigger(2, 4);
  story.take_snapshots(2, 1, {6, 4});
  story.acknowledge(2, 1);
  story.complete(2, 1);
  story.drop([](const weir::sim::TraceEvent& e) {
    const bool source = is_subtask(e.actor) && subtask_of(e.actor).value < 2;
    const bool source_ack =
        e.kind == weir::sim::TraceKind(EventKind::AckReceived) && static_cast<std::uint32_t>(e.b) < 2;
    const bool of_two = weir::sim::info(e.kind).has_checkpoint && e.a == 2;
    return of_two && (source || source_ack);
  });
  story.finish(1);
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("checkpoints that do not complete need not be consistent") {
  Story story = clean_story();
  story.event_at(story.find_on(EventKind::BarrierSent, kChannel, 2)).b = Story::cut(99);
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}
