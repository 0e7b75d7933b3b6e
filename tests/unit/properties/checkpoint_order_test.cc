#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;

namespace {

const Verdict order_of(const Story& story) { return Judged(story)["checkpoint-order"]; }

}  // namespace

TEST_CASE("triggered ids ascend strictly (CO-47, P8)") {
  Story story = clean_story();
  const std::uint32_t first = story.find(EventKind::CheckpointTriggered, "", 4);
  const std::uint32_t again = story.coordinator(EventKind::CheckpointTriggered, 0, 4, 6);
  const Verdict v = order_of(story);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "checkpoint 4 was triggered after checkpoint 4");
  CHECK(v.witnesses == Indices{first, again});
}

TEST_CASE("completed ids ascend strictly (P8)") {
  Story story = clean_story();
  const std::uint32_t newest = story.find(EventKind::CheckpointCompleted, "", 4);
  const std::uint32_t again = story.coordinator(EventKind::CheckpointCompleted, 0, 3, 600);
  const Verdict v = order_of(story);
  CHECK(v.reason == "checkpoint 3 completed after checkpoint 4");
  CHECK(v.witnesses == Indices{newest, again});
}

TEST_CASE("what was not triggered does not complete") {
  Story story = clean_story();
  const std::uint32_t completed = story.coordinator(EventKind::CheckpointCompleted, 0, 9, 600);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].reason == "checkpoint 9 completed without having been triggered");
  CHECK(judged["checkpoint-order"].witnesses == Indices{completed});
}

TEST_CASE("an aborted checkpoint does not complete (CO-22)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {6, 4});
  story.acknowledge(1, 1);
  story.abort(1);
  const std::uint32_t aborted = story.find(EventKind::CheckpointAborted, "", 1);
  story.complete(1, 1);
  story.commit(1, 1, 0, 1000);
  story.finish(1);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].reason == "checkpoint 1 completed after it was aborted");
  CHECK(judged["checkpoint-order"].witnesses == Indices{aborted, story.find(EventKind::CheckpointCompleted, "", 1)});
}

TEST_CASE("a completed checkpoint is not aborted any more (G-1)") {
  Story story = clean_story();
  const std::uint32_t completed = story.find(EventKind::CheckpointCompleted, "", 4);
  story.abort(4);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].witnesses == Indices{completed, static_cast<std::uint32_t>(story.size() - 1)});
}

TEST_CASE("a checkpoint does not complete while an acknowledgement is missing (CO-22)") {
  Story story = clean_story();
  story.drop(story.find_ack("totals/0", 3));
  const Judged judged(story);
  judged.only("checkpoint-order");
  const Verdict& v = judged["checkpoint-order"];
  CHECK(v.reason == "checkpoint 3 completed without the acknowledgement of totals/0");
  CHECK(v.witnesses ==
        Indices{story.find(EventKind::CheckpointTriggered, "", 3), story.find(EventKind::CheckpointCompleted, "", 3)});
  CHECK(v.details.size() == 1);
}

TEST_CASE("only acknowledgements that count as a success count (CO-23)") {
  Story story = clean_story();
  const std::uint32_t ack = story.find_ack("totals/0", 3);
  story.event_at(ack).b |= static_cast<std::uint64_t>(engine::AckClass::Late) << 32;
  CHECK(order_of(story).reason == "checkpoint 3 completed without the acknowledgement of totals/0");
}

TEST_CASE("the coordinator waits for as many as it set out to (CO-22)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.attempt_state("sink/0", 1, AttemptState::Finished);
  story.trigger(1, 6);
  story.take_snapshots(1, 1, {2, 1});
  story.acknowledge(1, 1);
  story.drop(story.find_ack("sink/0", 1));
  story.complete(1, 1);
  const Verdict v = order_of(story);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "checkpoint 1 completed with 5 of 6 acknowledgements");
}

TEST_CASE("the acknowledgement of a dead attempt does not count (CO-23, P18)") {
  Story story = clean_story();
  const std::uint32_t ack = story.find_ack("totals/0", 3);
  story.event_at(ack).detail = 1;
  const Judged judged(story);
  CHECK(judged["zombies-are-harmless"].answer == Answer::Violated);
  const Verdict& v = judged["checkpoint-order"];
  CHECK(v.reason ==
        "the acknowledgement of attempt 1 of totals/0 counted for checkpoint 3, though attempt 2 is the current one");
  CHECK(std::find(v.witnesses.begin(), v.witnesses.end(), ack) != v.witnesses.end());

  Story refused = clean_story();
  const std::uint32_t unknown = refused.ack("totals/0", 4, 1, engine::AckClass::UnknownAttempt);
  CHECK(unknown > 0);
  CHECK(order_of(refused).answer == Answer::Holds);
}

TEST_CASE("a checkpoint does not outlive the deployment that it was triggered in (RE-4)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {2, 1});
  story.acknowledge(1, 1);
  story.fail_over(0);
  story.deploy(2, 0, {0, 0});
  story.coordinator(EventKind::CheckpointCompleted, 0, 1, 600);
  const Verdict v = order_of(story);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.details.size() == 6);
}

TEST_CASE("a commit follows the completion of its checkpoint (TX-2)") {
  Story story = clean_story();
  const std::uint32_t commit = story.find(EventKind::TransactionCommitSent, "sink/0", 3);
  const std::uint32_t pre_commit = story.find(EventKind::TransactionPreCommitted, "sink/0", 3);
  story.move_behind(commit, pre_commit);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].reason ==
        "transaction 30 of checkpoint 3 was committed before that or any later checkpoint completed");
  CHECK(judged["checkpoint-order"].witnesses == Indices{pre_commit + 1});
}

TEST_CASE("a commit may be repeated after a restore (TX-1)") {
  Story story = clean_story();
  story.at("sink/0", EventKind::TransactionCommitSent, 2, 1, 10);
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("nobody is told of a completion that did not happen (P16)") {
  Story story = clean_story();
  const std::uint32_t told = story.at("sink/0", EventKind::NotifyCompleteReceived, 2, 5);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].reason == "sink/0 was told that checkpoint 5 completed, but it has not");
  CHECK(judged["checkpoint-order"].witnesses == Indices{told});
}

TEST_CASE("completions are told in ascending order to each attempt (P16, BA-20)") {
  Story story = clean_story();
  const std::uint32_t newest = story.find(EventKind::NotifyCompleteReceived, "sink/1", 4);
  const std::uint32_t told = story.at("sink/1", EventKind::NotifyCompleteReceived, 2, 3);
  const Judged judged(story);
  judged.only("checkpoint-order");
  CHECK(judged["checkpoint-order"].reason ==
        "sink/1 was told of the completion of checkpoint 3 after that of checkpoint 4");
  CHECK(judged["checkpoint-order"].witnesses == Indices{newest, told});

  Story next_attempt = clean_story();
  next_attempt.at("sink/1", EventKind::NotifyCompleteReceived, 3, 3);  // another attempt starts over
  CHECK(order_of(next_attempt).answer == Answer::Holds);
}

TEST_CASE("a completion that an abort told of may be told once more (CO-36)") {
  Story story = clean_story();
  story.at("sink/1", EventKind::NotifyCompleteReceived, 2, 4);
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("a restore takes the newest completed checkpoint (RE-8)") {
  Story older = clean_story();
  const std::uint32_t newest = older.find(EventKind::CheckpointCompleted, "", 4);
  older.fail_over(3);
  CHECK(order_of(older).reason ==
        "the job was restored from checkpoint 3, though checkpoint 4 is the newest completed one");
  CHECK(order_of(older).witnesses == Indices{newest, static_cast<std::uint32_t>(older.size() - 1)});

  Story fresh = clean_story();
  fresh.fail_over(0);
  CHECK(order_of(fresh).reason ==
        "the job was restored from the start, though checkpoint 4 is the newest completed one");

  Story none;
  none.deploy(1, 0, {0, 0});
  none.trigger(1);
  none.fail_over(1);
  CHECK(order_of(none).reason == "the job was restored from checkpoint 1, though no checkpoint has completed");
}
