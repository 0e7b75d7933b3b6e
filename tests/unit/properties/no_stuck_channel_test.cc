#include "trace_builder.h"

using namespace weir::properties;

namespace {

constexpr char kFirst[] = "kafka-source/0->totals/0";
constexpr char kSecond[] = "kafka-source/1->totals/0";

struct Aligning {
  Story story;
  std::uint32_t started, blocked;
  Aligning() {
    story.deploy(1, 0, {0, 0});
    story.pause();
    started = start(kFirst, 1);
    blocked = block(kFirst, 1);
    story.pause();
  }
  static std::uint32_t channel(const char* name) { return word_job().channel(name); }
  std::uint32_t start(const char* name, std::uint64_t checkpoint, std::uint64_t attempt = 1) {
    return story.at("totals/0", EventKind::AlignmentStarted, channel(name), checkpoint, attempt);
  }
  std::uint32_t block(const char* name, std::uint64_t checkpoint, std::uint64_t attempt = 1) {
    return story.at("totals/0", EventKind::ChannelBlocked, channel(name), checkpoint, attempt);
  }
  std::uint32_t abort(std::uint64_t checkpoint = 1, std::uint64_t attempt = 1) {
    return story.at("totals/0", EventKind::AlignmentAborted, 0, checkpoint, attempt);
  }
  void resume(const char* name, std::uint64_t checkpoint = 1) {
    story.at("totals/0", EventKind::ChannelResumed, channel(name), checkpoint, 1);
  }
  Verdict verdict() const { return Judged(story, weir::sim::RunEnd::OutOfTime)["no-stuck-channel"]; }
};

}  // namespace

TEST_CASE("a channel that stays blocked after an abort is told (P9, BA-7)") {
  Aligning a;
  const std::uint32_t aborted = a.abort();
  const Verdict v = a.verdict();
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "kafka-source/0->totals/0 stayed blocked for checkpoint 1 after its alignment was over");
  CHECK(v.witnesses == Indices{a.blocked, aborted});
}

TEST_CASE("a channel that stays blocked after the alignment ended is told (P9, BA-10)") {
  Story story = clean_story();
  story.drop(story.find_on(EventKind::ChannelResumed, kSecond, 3));
  const Judged judged(story);
  judged.only("no-stuck-channel");
  CHECK(judged["no-stuck-channel"].witnesses == Indices{story.find_on(EventKind::ChannelBlocked, kSecond, 3),
                                                        story.find(EventKind::AlignmentEnded, "totals/0", 3)});
}

TEST_CASE("resuming a channel later than the alignment ended is too late") {
  Aligning a;
  a.abort();
  a.story.pause();
  a.resume(kFirst);
  CHECK(a.verdict().answer == Answer::Violated);
}

TEST_CASE("channels are resumed at the instant of the end, before or after it") {
  Aligning after;
  after.abort();
  after.resume(kFirst);
  after.story.pause();
  CHECK(after.verdict().answer == Answer::Holds);

  Aligning before;
  before.resume(kFirst);
  before.abort();
  CHECK(before.verdict().answer == Answer::Holds);
}

TEST_CASE("an alignment that goes on keeps its channels blocked") {
  Aligning a;
  a.story.pause();
  a.story.at("totals/1", EventKind::AlignmentStarted, Aligning::channel("kafka-source/0->totals/1"), 1, 1);
  CHECK(a.verdict().answer == Answer::Holds);
}

TEST_CASE("an obsolete barrier that blocks its channel is told (BA-4)") {
  Aligning a;
  a.abort();
  a.resume(kFirst);
  a.story.pause();
  const std::uint32_t blocked = a.block(kSecond, 1);
  const Verdict v = a.verdict();
  CHECK(v.answer == Answer::Violated);
  CHECK(v.witnesses == Indices{blocked});
  CHECK(mentions(v, "which nobody was aligning"));
}

TEST_CASE("a newer checkpoint takes over only with the channels of the older one resumed (BA-5)") {
  for (const bool resumed : {true, false}) {
    Aligning a;
    a.abort();
    if (resumed) a.resume(kFirst);
    a.start(kSecond, 2);
    a.block(kSecond, 2);
    a.story.pause();
    CHECK((a.verdict().answer == Answer::Holds) == resumed);
  }
}

TEST_CASE("the channels of an attempt end with it") {
  Aligning died;
  died.abort();
  died.story.attempt_state("totals/0", 1, AttemptState::Failed);
  CHECK(died.verdict().answer == Answer::Holds);

  Aligning crashed;  // in the middle of the alignment; the next attempt starts anew
  crashed.story.deploy(2, 0, {0, 0});
  crashed.start(kSecond, 2, 2);
  crashed.abort(2, 2);
  CHECK(crashed.verdict().answer == Answer::Holds);
}

TEST_CASE("what an attempt still does after it was replaced is not about its successor's channels (RE-12)") {
  Aligning a;
  a.story.deploy(2, 0, {0, 0});
  a.start(kFirst, 2, 2);
  const std::uint32_t first = a.block(kFirst, 2, 2);
  a.story.pause();
  a.block(kSecond, 1);  // the one before
  a.story.pause();
  a.abort();
  a.story.pause();
  a.story.attempt_state("totals/0", 1, AttemptState::Failed);
  a.story.pause();
  const std::uint32_t second = a.block(kSecond, 2, 2);
  a.story.pause();
  CHECK(a.verdict().answer == Answer::Holds);

  const std::uint32_t aborted = a.abort(2, 2);
  CHECK(mentions(a.verdict(), "stayed blocked for checkpoint 2 after its alignment was over"));
  CHECK(a.verdict().witnesses == Indices{first, second, aborted});
}
