#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;

TEST_CASE("an acknowledgement without a durable snapshot is told when the checkpoint completes (P6)") {
  for (const char* subtask : {"kafka-source/0", "totals/1", "sink/0"}) {
    Story story = clean_story();
    story.drop(story.find(EventKind::SnapshotDurable, subtask, 3));
    const Judged judged(story);
    judged.only("durable-snapshots");
    const Verdict& v = judged["durable-snapshots"];
    CHECK(v.reason == "checkpoint 3 completed with an acknowledgement of " + std::string(subtask) +
                          " whose snapshot was not durable");
    CHECK(v.witnesses ==
          Indices{story.find(EventKind::AckSent, subtask, 3), story.find(EventKind::CheckpointCompleted, "", 3)});
  }
}

TEST_CASE("an acknowledgement that was sent before the snapshot was durable is told (TX-26)") {
  Story story = clean_story();
  const std::uint32_t durable = story.find(EventKind::SnapshotDurable, "totals/1", 3);
  story.move_behind(durable, durable + 1);
  const Judged judged(story);
  judged.only("durable-snapshots");
  const Verdict& v = judged["durable-snapshots"];
  CHECK(v.reason == "the snapshot of totals/1 in checkpoint 3 became durable only after it was acknowledged");
  CHECK(v.witnesses == Indices{durable, durable + 1, story.find(EventKind::CheckpointCompleted, "", 3)});
}

TEST_CASE("a snapshot that becomes durable after the checkpoint completed is told") {
  Story story = clean_story();
  // Nothing in the trace says that this subtask has state, until it writes some.
  story.drop(story.find(EventKind::TransactionPreCommitted, "sink/1", 3));
  const std::uint32_t durable = story.find(EventKind::SnapshotDurable, "sink/1", 3);
  story.move_behind(durable, story.find(EventKind::CheckpointCompleted, "", 3));
  const Judged judged(story);
  judged.only("durable-snapshots");
  CHECK(mentions(judged["durable-snapshots"], "the snapshot of sink/1 in checkpoint 3 became durable only after"));
}

TEST_CASE("a subtask without state needs no file (CO-25)") {
  Story story = clean_story();
  story.drop(story.find(EventKind::TransactionPreCommitted, "sink/1", 3));
  story.drop(story.find(EventKind::SnapshotDurable, "sink/1", 3));
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("what was acknowledged for a checkpoint that did not complete is not judged") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {2, 1});
  story.at("totals/0", EventKind::AckSent, 1, 1);
  story.ack("totals/0", 1, 1);
  story.abort(1);
  CHECK(Judged(story)["durable-snapshots"].answer == Answer::Holds);
}

TEST_CASE("a completed checkpoint that cannot be restored is told (P6)") {
  Story story = clean_story();
  const std::uint32_t chosen = story.find(EventKind::RestoreChosen, "", 1);
  const std::uint32_t deployed = story.find([](const weir::sim::TraceEvent& e) {
    return e.kind == weir::sim::TraceKind(EventKind::AttemptDeployed) && e.detail == 2 && e.a == 5;
  });
  const std::uint32_t failed = story.at("totals/0", EventKind::AttemptFailed, 2,
                                        static_cast<std::uint64_t>(engine::FailureCause::RestoreFailed));
  story.move_behind(failed, deployed);
  const Judged judged(story);
  judged.only("durable-snapshots");
  const Verdict& v = judged["durable-snapshots"];
  CHECK(v.reason == "totals/0 could not be restored from completed checkpoint 1");
  CHECK(v.witnesses == Indices{story.find(EventKind::CheckpointCompleted, "", 1), chosen, deployed + 1});
}

TEST_CASE("other failures of an attempt say nothing about snapshots") {
  Story story = clean_story();
  story.at("totals/0", EventKind::AttemptFailed, 2, static_cast<std::uint64_t>(engine::FailureCause::ConnectionBroken));
  CHECK(Judged(story)["durable-snapshots"].answer == Answer::Holds);
}
