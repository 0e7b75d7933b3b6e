#include <catch2/catch.hpp>

#include "html/sections.h"
#include "sample_run.h"

using namespace weir;
using namespace weir::reports;
using reports::testing::SampleRun;

namespace {

const ReportOptions kNoDot{"weir", false};

bool has(const std::string& page, const std::string& what) { return page.find(what) != std::string::npos; }

std::string without_scripts(std::string page) {
  for (std::size_t at = page.find("<script"); at != std::string::npos; at = page.find("<script")) {
    page.erase(at, page.find("</script>", at) + 9 - at);
  }
  return page;
}

}  // namespace

TEST_CASE("with scripts blocked the page still tells verdict, cause, faults, checkpoints, picture and events") {
  SampleRun run;
  const std::string page = without_scripts(html_report(run.violate().view(), kNoDot));
  CHECK(has(page, "▲ VIOLATED: exactly-once"));
  CHECK(has(page, "&quot;the &lt;word&gt;&quot; was counted twice &amp; committed"));
  CHECK(has(page, "weir replay &#39;weir1: "));
  CHECK(has(page, "crash(tm=2, restart=1s) at 620ms"));
  CHECK(has(page, "aborted: JOB_FAILOVER_REGION"));
  CHECK(has(page, "completed, restored from once, subsumed by 3"));
  CHECK(has(page, "<svg"));
  CHECK(has(page, "id=\"e" + std::to_string(run.restore_event()) + "\""));
  CHECK(has(page, "href=\"#e" + std::to_string(run.restore_event()) + "\""));
}

TEST_CASE("the page loads nothing from anywhere") {
  const SampleRun run;
  const std::string page = html_report(run.view(), kNoDot);
  CHECK_FALSE(has(page, "src="));
  CHECK_FALSE(has(page, "<link"));
  CHECK_FALSE(has(page, "@import"));
}

TEST_CASE("the same run gives the same page") {
  const SampleRun run;
  CHECK(html_report(run.view(), kNoDot) == html_report(SampleRun().view(), kNoDot));
}

TEST_CASE("the checkpoint table uses Flink's words") {
  const SampleRun run;
  const std::string section = checkpoint_section(run.view());
  for (const char* word : {"Acknowledged", "Trigger Time", "Latest Acknowledgement", "End to End Duration",
                           "Checkpointed Data Size", "Sync Duration", "Async Duration", "Alignment Duration",
                           "Start Delay", "Triggered 3 · In Progress 0 · Completed 2 · Failed 1 · Restored 1"}) {
    CHECK(has(section, word));
  }
  CHECK(has(section, ">6/6<"));
}

TEST_CASE("an event table that is cut says so and keeps the witnesses") {
  SampleRun run;
  run.violate().result().verdicts[1].witnesses = {0, run.restore_event()};
  const Interest interest = find_interest(run.view());
  const std::string cut = event_section(run.view(), interest, 10);
  CHECK(has(cut, "This table shows 11 of "));
  CHECK(has(cut, "id=\"e0\""));
  CHECK(has(cut, "id=\"e" + std::to_string(run.restore_event()) + "\""));
  const std::string whole = event_section(run.view(), interest);
  CHECK_FALSE(has(whole, "This table shows"));
}

TEST_CASE("a report without dot has a note and the graph's text instead of a picture") {
  const SampleRun run;
  const std::string section = job_graph_section(run.view(), kNoDot);
  CHECK(has(section, "digraph G {"));
  CHECK_FALSE(has(section, "<svg"));
}
