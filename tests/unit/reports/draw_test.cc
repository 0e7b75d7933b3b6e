#include <catch2/catch.hpp>

#include "draw/child_process.h"
#include "draw/job_graph.h"
#include "draw/lanes.h"
#include "draw/space_time.h"
#include "draw/space_time_layout.h"
#include "sample_run.h"
#include "well_formed.h"

using namespace weir;
using namespace weir::reports;
using reports::testing::markup_problem;
using reports::testing::SampleRun;

namespace {

SpaceTime picture_of(const SampleRun& run) { return lay_out(run.view(), find_interest(run.view()), 200); }

std::size_t count_of(const SpaceTime& picture, Shape shape) {
  std::size_t n = 0;
  for (const Mark& mark : picture.marks) n += mark.shape == shape ? 1u : 0u;
  return n;
}

std::size_t count_of(const SpaceTime& picture, Line line) {
  std::size_t n = 0;
  for (const Arrow& arrow : picture.arrows) n += arrow.line == line ? 1u : 0u;
  return n;
}

std::shared_ptr<const engine::ExecutionGraph> words_job(std::uint32_t parallelism, bool with_filter) {
  engine::StreamEnvironment env("job");
  env.set_parallelism(parallelism).disable_operator_chaining();
  auto words = env.from_source(engine::LogSource<std::string>("words"), "words").uid("words");
  if (with_filter) words = words.filter([](const std::string&) { return true; }).uid("filter");
  words.sink_to(engine::TransactionalLogSink<std::string>("counts"), "sink").uid("sink");
  return std::make_shared<const engine::ExecutionGraph>(engine::JobGraph::build(env.graph()).value());
}

std::vector<std::string> lanes_of(const std::vector<std::shared_ptr<const engine::ExecutionGraph>>& jobs) {
  std::vector<sim::StageInfo> stages;
  for (const auto& graph : jobs) stages.push_back({graph, 0, {}});
  const Lanes lanes(Jobs(*jobs.front(), stages));
  std::vector<std::string> names;
  for (const Lane& lane : lanes.all()) names.push_back(lane.name);
  return names;
}

}  // namespace

TEST_CASE("subtasks that only a later job has stand with their vertex, and a vertex where it is in that job") {
  const auto two = words_job(2, false);
  CHECK(lanes_of({two, words_job(3, false)}) == std::vector<std::string>{"world", "jobmanager", "words/0", "words/1",
                                                                         "words/2", "sink/0", "sink/1", "sink/2",
                                                                         "log"});
  CHECK(lanes_of({two, words_job(1, true)}) ==
        std::vector<std::string>{"world", "jobmanager", "words/0", "words/1", "filter/0", "sink/0", "sink/1", "log"});
}

TEST_CASE("each barrier that arrives is an arrow along its channel") {
  const SampleRun run;
  const SpaceTime picture = picture_of(run);
  // Checkpoints 1 and 3 cross every channel; those of checkpoint 2 never arrive.
  CHECK(count_of(picture, Line::Barrier) == 2 * run.graph().channels().size());
  CHECK(count_of(picture, Line::Ack) == 12);
  CHECK(count_of(picture, Line::Commit) == 4);
  CHECK(count_of(picture, Line::Lost) == 1);
}

TEST_CASE("a crash strikes every subtask of its process and a restore abandons their work") {
  const SampleRun run;
  const SpaceTime picture = picture_of(run);
  CHECK(count_of(picture, Shape::Crash) == 3);
  CHECK(count_of(picture, Shape::Failed) == 3);
  CHECK(picture.abandoned.size() == 6);
  REQUIRE(picture.rewinds.size() == 1);
  CHECK(picture.rewinds[0].checkpoint == 1);
  CHECK(picture.rewinds[0].to_y < picture.rewinds[0].from_y);
  CHECK_FALSE(picture.rewinds[0].above);
}

TEST_CASE("marks of one lane never touch and time never runs upwards") {
  const SampleRun run;
  const SpaceTime picture = picture_of(run);
  std::vector<int> lowest(picture.lanes.size(), 0);
  int y = 0;
  for (const Mark& mark : picture.marks) {
    CHECK(mark.y >= y);
    CHECK(mark.y > lowest[mark.lane]);
    y = mark.y;
    lowest[mark.lane] = mark.y + (mark.shape == Shape::Point ? 2 : 5);
  }
  for (const Arrow& arrow : picture.arrows) CHECK(arrow.to_y >= arrow.from_y);
}

TEST_CASE("a picture holds no more marks than its limit and says that it is cut") {
  const SampleRun run;
  const SpaceTime picture = lay_out(run.view(), find_interest(run.view()), 0, 20);
  CHECK(picture.cut);
  CHECK(picture.marks.size() <= 24);
  CHECK(picture.first > 0);
  CHECK_FALSE(picture_of(run).cut);
}

TEST_CASE("a witness is marked even when its kind is not drawn") {
  SampleRun run;
  run.violate();
  std::uint32_t index = 0;
  while (run.trace().events()[index].kind != sim::TraceKind(engine::EventKind::AttemptStateChanged)) ++index;
  run.result().verdicts[1].witnesses = {run.restore_event()};
  std::size_t witnesses = 0;
  for (const Mark& mark : picture_of(run).marks) witnesses += mark.witness ? 1u : 0u;
  CHECK(witnesses == 1);
}

TEST_CASE("the space-time diagram is well-formed, coloured by attributes, and the same twice") {
  SampleRun run;
  run.violate();
  const Interest interest = find_interest(run.view());
  const SpaceTimePicture once = draw_space_time(run.view(), interest);
  CHECK(markup_problem(once.svg).empty());
  CHECK(once.svg == draw_space_time(run.view(), interest).svg);
  CHECK(once.svg.find("role=\"img\"") != std::string::npos);
  CHECK(once.svg.find("<desc") != std::string::npos);
  CHECK(once.svg.find("#d55e00") != std::string::npos);
  CHECK(once.svg.find("<style") == std::string::npos);
}

TEST_CASE("the job graph is the same DOT text every time, whatever its names contain") {
  const SampleRun run;
  const std::string dot = job_graph_dot(run.graph().job());
  CHECK(dot == job_graph_dot(SampleRun().graph().job()));
  CHECK(dot.find("digraph G {") == 0);
  CHECK(dot.find("0->1") != std::string::npos);
  CHECK(dot.find("1->2") != std::string::npos);
  CHECK(dot.find("quote \\\"it\\\"") != std::string::npos);
  CHECK(dot.find("totals × 2") != std::string::npos);
}

TEST_CASE("a missing dot is a note, not an error") {
  const DotPicture picture = render_dot("digraph G {}", "no-such-program-as-dot");
  CHECK(picture.svg.empty());
  CHECK(picture.note.find("apt install graphviz") != std::string::npos);
}

TEST_CASE("a program that fails or draws nothing is a note") {
  CHECK(render_dot("digraph G {}", "false").note.find("failed") != std::string::npos);
  CHECK(render_dot("digraph G {}", "true").svg.empty());
}

TEST_CASE("a child gets all of its input back, even more than a pipe holds") {
  const std::string much(1'000'000, 'x');
  const ChildOutput child = run_child({"cat"}, much, std::chrono::seconds(20));
  CHECK(child.ending == ChildEnding::Succeeded);
  CHECK(child.output == much);
}

TEST_CASE("a child that hangs is ended, one that does not read raises no signal") {
  CHECK(run_child({"sleep", "100"}, "", std::chrono::milliseconds(50)).ending == ChildEnding::TimedOut);
  CHECK(run_child({"true"}, std::string(1'000'000, 'x'), std::chrono::seconds(20)).ending == ChildEnding::Succeeded);
}
