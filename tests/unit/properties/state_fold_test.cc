#include "trace_builder.h"

#include <map>

#include "weir/engine/hash.h"
#include "weir/engine/serializer.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

// The digest as KeyedStateBackend defines it, over counts made without any engine.
std::uint64_t digest_of_counts(const std::map<std::string, std::int32_t>& counts, engine::KeyGroupRange range) {
  std::uint64_t sum = 0;
  for (const auto& [word, count] : counts) {
    if (!range.contains(engine::key_group_of(engine::java_hash(std::string_view(word)), 128))) continue;
    const std::uint64_t cell =
        engine::combine(engine::hash_bytes(engine::serialize(word)), engine::hash_bytes(engine::serialize(count)));
    sum += engine::combine(engine::hash_bytes("count"), cell);
  }
  return sum;
}

std::uint64_t plain_digest(const std::vector<std::uint64_t>& positions, std::uint32_t index) {
  std::map<std::string, std::int32_t> counts;
  const auto& partitions = word_job().workload->topics.front().partitions;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    for (std::uint64_t i = 0; i < positions[p]; ++i) ++counts[partitions[p][i]];
  }
  return digest_of_counts(counts, engine::key_group_range(128, 2, index));
}

const engine::JobVertex& totals() { return word_job().graph->vertex_of(word_job().subtask("totals/0")); }

std::uint32_t restored_state(const Story& story, const char* subtask, std::uint32_t attempt) {
  return story.find([&](const sim::TraceEvent& e) {
    return e.kind == sim::TraceKind(EventKind::StateRestored) && e.detail == attempt &&
           e.actor == actor_of(word_job().subtask(subtask));
  });
}

std::uint32_t restored_split(const Story& story, std::uint32_t split, std::uint64_t checkpoint) {
  return story.find([&](const sim::TraceEvent& e) {
    return e.kind == sim::TraceKind(EventKind::SplitRestored) && e.detail == split && e.a == checkpoint;
  });
}

// Checkpoint 1 has the positions {2, 1}, and is restored twice; the first time at `positions`, and nothing completes
// before the next failure.
Story recovered_twice(std::vector<std::uint64_t> positions) {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.checkpoint(1, 1, {2, 1}, 0, 3);
  story.fail_over(1);
  story.deploy(2, 1, std::move(positions));
  story.fail_over(1);
  story.deploy(3, 1, {2, 1});
  story.checkpoint(2, 3, {6, 4}, 3, 1000);
  story.finish(3);
  return story;
}

}  // namespace

TEST_CASE("a fold at any positions has the digest of plainly counted words (P1)") {
  PrefixFold fold;
  fold.begin(*word_job().reference);
  for (const std::vector<std::uint64_t>& positions :
       {std::vector<std::uint64_t>{0, 0}, {1, 0}, {2, 1}, {6, 1}, {6, 4}, {3, 3}, {0, 4}, {0, 0}}) {
    fold.move_to(positions);  // on, and back
    for (std::uint32_t index : {0u, 1u}) CHECK(fold.digest(totals(), index) == plain_digest(positions, index));
  }
}

TEST_CASE("state that is not the fold of the prefix is told with what was restored (P1)") {
  Story story = clean_story();
  const std::uint32_t restored = restored_state(story, "totals/1", 2);
  story.event_at(restored).b += 1;
  const Judged judged(story);
  judged.only("state-equals-fold");
  const Verdict& v = judged["state-equals-fold"];
  CHECK(
      v.reason ==
      "the state of totals/1 restored from checkpoint 1 is not what the records before the restored positions make it; "
      "its snapshot was another");
  CHECK(v.witnesses == Indices{story.find(EventKind::SnapshotTaken, "totals/1", 1),
                               story.find(EventKind::RestoreChosen, "", 1), restored});
}

TEST_CASE("a snapshot that held too much is told apart from a restore that went wrong (P1)") {
  Story story = clean_story();
  const std::uint64_t wrong = plain_digest({6, 4}, 0);
  REQUIRE(wrong != plain_digest({2, 1}, 0));
  story.event_at(story.find(EventKind::SnapshotTaken, "totals/0", 1)).b = wrong;
  story.event_at(restored_state(story, "totals/0", 2)).b = wrong;
  const Judged judged(story);
  judged.only("state-equals-fold");
  CHECK(mentions(judged["state-equals-fold"], "its snapshot was so already"));
}

TEST_CASE("positions of another checkpoint than the restored one are told (SO-8)") {
  Story story = clean_story();
  const std::uint32_t restored = restored_split(story, 0, 1);
  story.event_at(restored).b = 1;
  const Judged judged(story);
  judged.only("state-equals-fold");
  const Verdict& v = judged["state-equals-fold"];
  CHECK(v.reason == "split 0 of kafka-source was restored to position 1, but checkpoint 1 has it at 2");
  CHECK(v.witnesses.front() == story.find(EventKind::SplitSnapshot, "kafka-source/0", 1));
  CHECK(mentions(v, "totals/"));  // the state does not belong to these positions either
}

TEST_CASE("a split that nobody reads after a restore is told (SO-3)") {
  Story story = clean_story();
  story.drop(restored_split(story, 1, 1));
  const Judged judged(story);
  judged.only("state-equals-fold");
  CHECK(judged["state-equals-fold"].reason ==
        "nobody reads split 1 of kafka-source after the restore from checkpoint 1");
}

TEST_CASE("a position that the checkpoint does not hold is told") {
  Story story = clean_story();
  story.drop(story.find(EventKind::SplitSnapshot, "kafka-source/1", 1));
  const Judged judged(story);
  CHECK(mentions(judged["state-equals-fold"], "which has no position of it"));
  CHECK(judged["split-ownership"].answer == Answer::Violated);  // already in the checkpoint
}

TEST_CASE("a subtask that restores another checkpoint than was chosen is told (RE-8)") {
  Story story = clean_story();
  const std::uint32_t restored = restored_state(story, "sink/0", 2);
  story.event_at(restored).a = 0;
  const Judged judged(story);
  judged.only("state-equals-fold");
  CHECK(judged["state-equals-fold"].reason == "sink/0 restored checkpoint 0, though checkpoint 1 was chosen");
}

TEST_CASE("a fresh restart begins at the start with empty state (RE-7)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.trigger(1);
  story.take_snapshots(1, 1, {2, 2});
  story.abort(1);
  story.fail_over(0);
  story.deploy(2, 0, {0, 0});
  story.checkpoint(2, 2, {6, 4}, 0, 1000);
  story.finish(2);
  CHECK(overall(Judged(story).all()) == Answer::Holds);

  Story kept = story;
  kept.event_at(restored_state(kept, "totals/0", 2)).b = plain_digest({2, 2}, 0);
  Judged(kept).only("state-equals-fold");
  CHECK(mentions(Judged(kept)["state-equals-fold"], "the state of totals/0 restored from the start"));

  Story skipped = story;
  const std::int64_t chosen = skipped.event_at(skipped.find(EventKind::RestoreChosen, "", 0)).time;
  const std::uint32_t restored = skipped.find([&](const sim::TraceEvent& e) {
    return e.kind == sim::TraceKind(EventKind::SplitRestored) && e.time > chosen && e.detail == 1;
  });
  skipped.event_at(restored).b = 1;
  CHECK(mentions(Judged(skipped)["state-equals-fold"],
                 "split 1 of kafka-source was restored to position 1, but the start"));
}

TEST_CASE("a deployment that fails before everybody runs is not judged") {
  Story story = recovered_twice({3, 1});  // wrong, but
  story.drop(story.find([](const sim::TraceEvent& e) {
    return e.kind == sim::TraceKind(EventKind::AttemptStateChanged) && e.detail == 2;
  }));
  CHECK(overall(Judged(story).all()) == Answer::Holds);
}

TEST_CASE("a deployment is judged even when the next failure comes before its first checkpoint") {
  const Story story = recovered_twice({3, 1});
  Judged(story).only("state-equals-fold");
  CHECK(mentions(Judged(story)["state-equals-fold"], "restored to position 3, but checkpoint 1 has it at 2"));
}

TEST_CASE("a checkpoint that is restored again gives the same state again (P21, RE-9)") {
  Story story = recovered_twice({2, 1});
  CHECK(overall(Judged(story).all()) == Answer::Holds);

  story.event_at(restored_state(story, "totals/0", 3)).b = plain_digest({6, 4}, 0);
  Judged(story).only("state-equals-fold");
  CHECK(mentions(Judged(story)["state-equals-fold"], "the state of totals/0 restored from checkpoint 1"));
}

TEST_CASE("who had finished before the restored checkpoint has nothing to restore (CO-54)") {
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
  const auto of_sources = [](const sim::TraceEvent& e) { return is_subtask(e.actor) && subtask_of(e.actor).value < 2; };
  story.drop([&](const sim::TraceEvent& e) {
    const bool ack = e.kind == sim::TraceKind(EventKind::AckReceived) && static_cast<std::uint32_t>(e.b) < 2;
    return sim::info(e.kind).has_checkpoint && e.a == 2 && (of_sources(e) || ack);
  });
  story.fail_over(2);
  story.deploy(2, 2, {6, 4});
  story.drop([&](const sim::TraceEvent& e) {
    return of_sources(e) && e.a == 2 &&
           (e.kind == sim::TraceKind(EventKind::SplitRestored) || e.kind == sim::TraceKind(EventKind::StateRestored));
  });
  story.finish(2);
  CHECK(overall(Judged(story).all()) == Answer::Holds);

  Story again = story;  // their splits are at the end all the same: other state is wrong
  again.event_at(restored_state(again, "totals/0", 2)).b = plain_digest({5, 4}, 0);
  Judged(again).only("state-equals-fold");
}

TEST_CASE("after a rescale whoever had finished may have read any split (CO-54, RS-8)") {
  Story story;
  story.deploy(1, 0, {0, 0});
  story.pause();
  story.attempt_state("kafka-source/0", 1, AttemptState::Finished);
  story.trigger(2, 5);
  story.take_snapshots(2, 1, {3, 4});
  story.acknowledge(2, 1);
  story.complete(2, 1);
  story.fail_over(2);
  story.deploy(2, 2, {3, 4});
  const engine::ActorId finished = actor_of(word_job().subtask("kafka-source/0"));
  story.drop(
      [&](const sim::TraceEvent& e) { return sim::info(e.kind).has_checkpoint && e.a == 2 && e.actor == finished; });
  for (const EventKind kind : {EventKind::SplitSnapshot, EventKind::SplitRestored}) {
    sim::TraceEvent& split = story.event_at(story.find(
        [&](const sim::TraceEvent& e) { return e.kind == sim::TraceKind(kind) && e.a == 2 && e.detail == 1; }));
    split.detail = 0;
    split.b = 3;
  }
  CHECK(Judged(story)["state-equals-fold"].answer == Answer::Holds);
}
