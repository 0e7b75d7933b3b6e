#include "trace_builder.h"

using namespace weir::properties;
namespace engine = weir::engine;

namespace {

Verdict ownership(const Story& story) { return Judged(story)["split-ownership"]; }
Verdict events(const Story& story) { return Judged(story)["events-consistent"]; }

// Until the snapshots of checkpoint 1 are taken: split 0 is with kafka-source/0, split 1 with kafka-source/1.
struct Taken {
  Taken() {
    story.deploy(1, 0, {0, 0});
    story.trigger(1);
    story.take_snapshots(1, 1, {2, 1});
  }
  void finish() {
    story.acknowledge(1, 1);
    story.complete(1, 1);
  }
  Story story;
};

}  // namespace

TEST_CASE("a split with one reader each is in its place (P5, SO-3)") {
  Taken run;
  run.finish();
  CHECK(ownership(run.story).answer == Answer::Holds);
}

TEST_CASE("a split that a reader and the coordinator have is told (P5, SO-3)") {
  Taken run;
  run.story.coordinator(EventKind::UnassignedSnapshot, 1, 1, 0);
  run.finish();
  const Verdict v = ownership(run.story);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "split 1 of kafka-source has 2 owners in checkpoint 1");
}

TEST_CASE("a split that nobody has is told, and one that the coordinator has is not missed (P5, SO-2)") {
  for (const bool coordinator : {true, false}) {
    Taken run;
    run.story.drop([](const weir::sim::TraceEvent& e) {
      return e.kind == weir::sim::TraceKind(EventKind::SplitSnapshot) && e.detail == 1;
    });
    if (coordinator) run.story.coordinator(EventKind::UnassignedSnapshot, 1, 1, 0);
    run.finish();
    const Verdict v = ownership(run.story);
    CHECK((v.answer == Answer::Holds) == coordinator);
    if (!coordinator) CHECK(v.reason == "split 1 of kafka-source has no owner in checkpoint 1");
  }
}

TEST_CASE("both ends count the same events before a checkpoint (P20, SO-16)") {
  Taken run;
  const std::uint64_t source = run.story.job().subtask("kafka-source/1").value;
  run.story.coordinator(EventKind::EventsSentCut, 1, 1, source << 32 | 4);
  SECTION("as many") {
    run.story.at("kafka-source/1", EventKind::EventsHandledCut, 1, 1, 4);
    run.finish();
    CHECK(events(run.story).answer == Answer::Holds);
  }
  SECTION("the subtask has heard one more") {
    run.story.at("kafka-source/1", EventKind::EventsHandledCut, 1, 1, 5);
    run.finish();
    CHECK(events(run.story).reason ==
          "the last event before checkpoint 1 is number 5 for kafka-source/1, and number 4 for its coordinator");
  }
  SECTION("it has not heard the last one") {
    run.story.at("kafka-source/1", EventKind::EventsHandledCut, 1, 1, 3);
    run.finish();
    CHECK(events(run.story).answer == Answer::Violated);
  }
  SECTION("another attempt has") {
    run.story.at("kafka-source/1", EventKind::EventsHandledCut, 2, 1, 4);
    run.finish();
    CHECK(events(run.story).answer == Answer::Violated);
  }
  SECTION("but the checkpoint does not complete") {
    run.story.at("kafka-source/1", EventKind::EventsHandledCut, 1, 1, 5);
    run.story.abort(1);
    CHECK(events(run.story).answer == Answer::Holds);
  }
}

TEST_CASE("a subtask that heard nothing needs a coordinator that said nothing (P20)") {
  Taken run;
  run.story.at("kafka-source/0", EventKind::EventsHandledCut, 1, 1, 0);
  run.finish();
  const Verdict v = events(run.story);
  CHECK(v.answer == Answer::Violated);  // no part of a coordinator at all
}
