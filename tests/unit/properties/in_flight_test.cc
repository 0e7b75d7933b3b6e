// What properties make of records that were in flight at an unaligned checkpoint (BA-30, BA-36).

#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

constexpr char kChannel[] = "kafka-source/0->totals/0";
constexpr std::uint64_t kBefore = 99;  // digest of totals/0 without what is in flight to it

// Checkpoint 1 has the last record of the channel in flight; after a crash the job goes on from it.
struct Unaligned {
  Unaligned() {
    story.phase(sim::Phase::Storm);
    story.deploy(1, 0, {0, 0});
    story.trigger(1);
    story.take_snapshots(1, 1, {2, 1});
    story.event_at(story.find_on(EventKind::ChannelCutIn, kChannel, 1)).b = Story::cut(2);
    story.event_at(story.find(EventKind::SnapshotTaken, "totals/0", 1)).b = kBefore;
    story.at("totals/0", EventKind::InFlightCaptured, word_job().channel(kChannel), 1, Story::cut(1, 2));
    story.acknowledge(1, 1);
    story.complete(1, 1);
    story.fail_over(1);
    story.deploy(2, 1, {2, 1});
    story.event_at(story.find(EventKind::StateRestored, "totals/0", 1)).b = kBefore;
    processed(EventKind::InFlightProcessed, story.digest("totals/0", {2, 1}));
    processed(EventKind::InFlightRestored, Story::cut(1, 2));
  }
  // Behind the restored state, before the subtask runs.
  void processed(EventKind kind, std::uint64_t b) {
    const std::uint32_t added = story.at("totals/0", kind, 2, 1, b);
    story.move_behind(added, story.find(EventKind::StateRestored, "totals/0", 1));
  }
  Judged judged() const {
    engine::JobOptions options;
    options.checkpoint.unaligned = true;
    return Judged(story, sim::RunEnd::OutOfTime, options);
  }
  Answer answer(const char* property) const { return judged()[property].answer; }
  Story story;
};

}  // namespace

TEST_CASE("records that both ends account for, and that are processed after the restore, are conserved (P11, BA-30)") {
  const Unaligned run;
  CHECK(run.answer("consistent-cut") == Answer::Holds);
  CHECK(run.answer("in-flight-conserved") == Answer::Holds);
  CHECK(run.answer("state-equals-fold") == Answer::Holds);
}

TEST_CASE("a record in flight that nobody saved breaks the cut (BA-30)") {
  Unaligned run;
  run.story.drop(run.story.find(EventKind::InFlightCaptured, "totals/0", 1));
  CHECK(mentions(run.judged()["consistent-cut"], "1 record sent before the barrier was not in the receiver's snapshot"));
}

TEST_CASE("a record in flight that both ends saved breaks the cut (BA-30)") {
  Unaligned run;
  const std::uint32_t again =
      run.story.at("kafka-source/0", EventKind::InFlightCaptured, word_job().channel(kChannel), 1, Story::cut(1, 2));
  run.story.move_behind(again, run.story.find(EventKind::InFlightCaptured, "totals/0", 1));
  CHECK(mentions(run.judged()["consistent-cut"], "1 record in the receiver's snapshot was not sent before the barrier"));
}

TEST_CASE("records in flight that are lost, doubled or others after the restore are told (P11, BA-36, BA-38)") {
  Unaligned run;
  const auto restored = [&]() -> std::uint64_t& {
    return run.story.event_at(run.story.find(EventKind::InFlightRestored, "totals/0", 1)).b;
  };
  SECTION("lost") {
    restored() = 0;
    CHECK(mentions(run.judged()["in-flight-conserved"], "1 record in flight to 'totals'"));
    CHECK(mentions(run.judged()["in-flight-conserved"], "0 records were processed"));
  }
  SECTION("doubled") {
    restored() = Story::cut(2, 2);
    CHECK(mentions(run.judged()["in-flight-conserved"], "2 records were processed"));
  }
  SECTION("others") {
    restored() = Story::cut(1, 7);
    CHECK(mentions(run.judged()["in-flight-conserved"], "as many others were processed"));
  }
  CHECK(run.answer("consistent-cut") == Answer::Holds);
}

TEST_CASE("state is the fold once what was in flight has been processed (P1, BA-36)") {
  Unaligned run;
  run.story.event_at(run.story.find(EventKind::InFlightProcessed, "totals/0", 1)).b += 1;
  CHECK(run.answer("state-equals-fold") == Answer::Violated);
  CHECK(run.answer("in-flight-conserved") == Answer::Holds);
}

TEST_CASE("without unaligned checkpoints nothing is said about records in flight") {
  CHECK_FALSE(Judged(clean_story()).has("in-flight-conserved"));
}
