#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;

namespace {

const Verdict verdict_of(const Story& story) { return Judged(story)["zombies-are-harmless"]; }

// Attempt 1 took checkpoint 1; attempt 2 was restored from it and has taken its place.
Story replaced() {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.checkpoint(1, 1, {2, 1}, 0, 3);
  story.trigger(2);
  story.take_snapshots(2, 1, {4, 2});
  story.fail_over(1);
  story.abort(2);
  story.deploy(2, 1, {2, 1});
  return story;
}

}  // namespace

TEST_CASE("a zombie whose messages are discarded is harmless (P18)") {
  Story story = replaced();
  story.ack("sink/0", 2, 1, engine::AckClass::UnknownAttempt);
  story.coordinator(EventKind::DeclineReceived, 1, 2, story.job().subtask("sink/0").value);
  CHECK(verdict_of(story).answer == Answer::Holds);
}

TEST_CASE("an acknowledgement of a replaced attempt must not count (P18, RP-2)") {
  Story story = replaced();
  const std::uint32_t counted = story.ack("sink/0", 2, 1);
  const Verdict v = verdict_of(story);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "the acknowledgement of checkpoint 2 by attempt 1 of sink/0, which was replaced, counted");
  CHECK(v.witnesses == Indices{counted});
}

TEST_CASE("a refusal by a replaced attempt must not abort a checkpoint (P18, RP-2)") {
  Story story = replaced();
  story.trigger(3);
  const std::uint32_t refused =
      story.coordinator(EventKind::DeclineReceived, 1, 3, story.job().subtask("sink/0").value);
  const std::uint32_t aborted = story.coordinator(EventKind::CheckpointAborted, 0, 3);
  CHECK(verdict_of(story).answer == Answer::Holds);
  story.event_at(aborted).cause = refused;
  const Verdict v = verdict_of(story);
  CHECK(v.reason == "checkpoint 3 was aborted because an attempt that was replaced refused it");
  CHECK(v.witnesses == Indices{refused, aborted});
}

TEST_CASE("a trigger is executed by the attempt that it is addressed to (P18, RP-3)") {
  Story story = replaced();
  story.trigger(3);
  const std::uint32_t triggered = story.find(EventKind::CheckpointTriggered, "", 3);
  story.at("kafka-source/0", EventKind::TriggerReceived, 2, 3);
  CHECK(verdict_of(story).answer == Answer::Holds);
  const std::uint32_t executed = story.at("kafka-source/0", EventKind::TriggerReceived, 1, 3);
  const Verdict v = verdict_of(story);
  CHECK(v.reason == "attempt 1 of kafka-source/0 executed the trigger of checkpoint 3, which is for attempt 2");
  CHECK(v.witnesses == Indices{triggered, executed});
}

TEST_CASE("who was fenced begins no transaction, until it restores anew itself (P18, TX-16)") {
  Story story = replaced();
  const std::uint32_t fence = story.at("sink/0", EventKind::RestoreStarted, 2, 1);
  story.at("sink/0", EventKind::TransactionBegun, 2, 90);
  CHECK(verdict_of(story).answer == Answer::Holds);
  const std::uint32_t begun = story.at("sink/0", EventKind::TransactionBegun, 1, 91);
  const Verdict v = verdict_of(story);
  CHECK(v.reason == "attempt 1 of sink/0 began transaction 91 after attempt 2 had fenced it");
  CHECK(v.witnesses == Indices{fence, begun});
}

TEST_CASE("a transaction of a replaced attempt is committed only when a checkpoint of that attempt covers it (P18)") {
  Story story = replaced();
  story.add(WorldEventKind::LogCommitted, engine::kLogBrokerActor, 1, 10);  // pre-committed for checkpoint 1
  CHECK(verdict_of(story).answer == Answer::Holds);
  const std::uint32_t committed = story.add(WorldEventKind::LogCommitted, engine::kLogBrokerActor, 1, 20);
  const Verdict v = verdict_of(story);
  CHECK(v.reason ==
        "transaction 20 of attempt 1 of sink/0, which was replaced, was committed, though checkpoint 2 has not "
        "completed");
  CHECK(v.witnesses == Indices{story.find(EventKind::TransactionPreCommitted, "sink/0", 2), committed});
}
