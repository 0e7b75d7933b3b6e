#include "trace_builder.h"

using namespace weir::properties;

TEST_CASE("a record that is visible before its checkpoint completed is told (P3, G-1)") {
  Story story = clean_story();
  const std::uint32_t visible = story.find_visible(1);
  const std::uint32_t pre_commit = story.find(EventKind::TransactionPreCommitted, "sink/0", 3);
  story.drop(story.find(EventKind::TransactionCommitSent, "sink/0", 3));
  story.move_behind(visible - 1, pre_commit);
  const Judged judged(story);
  judged.only("nothing-uncommitted-visible");
  const Verdict& v = judged["nothing-uncommitted-visible"];
  CHECK(
      v.reason ==
      "3 records of transaction 30 became visible, though checkpoint 3, which attempt 2 pre-committed it for, has not "
      "completed");
  CHECK(v.witnesses == Indices{pre_commit, pre_commit + 1});
}

TEST_CASE("a record of a transaction that nobody pre-committed is told (P3)") {
  Story story = clean_story();
  story.drop(story.find(EventKind::TransactionPreCommitted, "sink/0", 3));
  const Judged judged(story);
  judged.only("nothing-uncommitted-visible");
  CHECK(judged["nothing-uncommitted-visible"].witnesses == Indices{story.find_visible(1)});
}

TEST_CASE("the records of an aborted checkpoint may become visible with the next one (10.1)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {2, 1});
  story.abort(1);
  story.trigger(2);
  story.take_snapshots(2, 1, {6, 4});
  story.acknowledge(2, 1);
  story.complete(2, 1);
  story.commit(1, 1, 0, 4);
  story.commit(2, 1, 4, 1000);
  story.finish(1);
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("a later checkpoint of another deployment justifies nothing (RE-12)") {
  Story story = clean_story();
  // Checkpoint 2 of the first deployment was aborted; its transaction shows after checkpoint 3 of the second.
  const std::uint32_t visible = story.find_visible(1);
  story.event_at(visible).a = 20;
  const Judged judged(story);
  judged.only("nothing-uncommitted-visible");
  CHECK(judged["nothing-uncommitted-visible"].witnesses ==
        Indices{story.find(EventKind::TransactionPreCommitted, "sink/0", 2), visible});
}

TEST_CASE("a transaction of a later checkpoint may not ride along (TX-2)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {2, 1});
  story.acknowledge(1, 1);
  story.trigger(2);
  story.take_snapshots(2, 1, {6, 4});
  story.complete(1, 1);
  story.commit(1, 1, 0, 4);
  story.visible(20, {});
  story.visible(20, {{"counts", "fox: 3", {}}});
  const Judged judged(story, weir::sim::RunEnd::OutOfTime);
  CHECK(judged["nothing-uncommitted-visible"].answer == Answer::Violated);
  CHECK(judged["nothing-uncommitted-visible"].details.size() == 1);  // an empty transaction shows nothing
}
