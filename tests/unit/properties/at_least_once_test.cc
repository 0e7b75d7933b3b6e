// What is asked of a job that does not align its barriers (BA-18).

#include "trace_builder.h"

using namespace weir::properties;
namespace sim = weir::sim;
namespace engine = weir::engine;

namespace {

engine::JobOptions at_least_once() {
  engine::JobOptions options;
  options.checkpoint.mode = engine::CheckpointingMode::AtLeastOnce;
  return options;
}

Judged judged(const Story& story, sim::RunEnd end = sim::RunEnd::JobFinished) {
  return Judged(story, end, at_least_once());
}

}  // namespace

TEST_CASE("a job without alignment is asked for at-least-once, and not for what it does not promise (BA-18)") {
  const Judged all = judged(clean_story());
  CHECK(all["at-least-once"].answer == Answer::Holds);
  CHECK_FALSE(all.has("exactly-once"));
  CHECK_FALSE(all.has("state-equals-fold"));
}

TEST_CASE("a result that is committed twice, or with another value, is no loss (BA-18)") {
  Story story = clean_story();
  story.visible_at(story.find_visible(1)).push_back({"counts", "quick: 1", engine::Origin::of(0, 0, 1)});
  story.visible_at(story.find_visible(0)).front().value = "never seen: 9";
  CHECK(judged(story)["at-least-once"].answer == Answer::Holds);
}

TEST_CASE("an input without its result is a loss (BA-18)") {
  Story story = clean_story();
  std::vector<Visible>& records = story.visible_at(story.find_visible(0));
  const engine::Origin lost = records.front().origin;
  records.erase(records.begin());
  const Judged all = judged(story);
  all.only("at-least-once");
  CHECK(mentions(all["at-least-once"], "split " + std::to_string(lost.partition())));
  CHECK(judged(story, sim::RunEnd::OutOfTime)["at-least-once"].answer == Answer::Inconclusive);
}

TEST_CASE("records behind the barrier may be in the snapshot, those before it must (BA-18)") {
  constexpr char kChannel[] = "kafka-source/1->totals/0";
  Story more = clean_story();
  more.event_at(more.find_on(EventKind::BarrierSent, kChannel, 3)).b = Story::cut(4);
  more.event_at(more.find_on(EventKind::ChannelCutIn, kChannel, 3)).b = Story::cut(5);
  CHECK(judged(more)["consistent-cut"].answer == Answer::Holds);
  CHECK(Judged(more)["consistent-cut"].answer == Answer::Violated);
  Story fewer = clean_story();
  fewer.event_at(fewer.find_on(EventKind::BarrierSent, kChannel, 3)).b = Story::cut(7);
  CHECK(judged(fewer)["consistent-cut"].answer == Answer::Violated);
}
