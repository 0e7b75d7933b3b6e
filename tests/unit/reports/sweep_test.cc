#include <catch2/catch.hpp>

#include <cmath>

#include "draw/sweep_plot.h"
#include "export/sweep_json.h"
#include "html/sweep_page.h"
#include "text/sweep_text.h"
#include "well_formed.h"

using namespace weir;
using namespace weir::reports;
using scenarios::Measure;
using scenarios::PointResult;

namespace {

bool has(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

std::size_t times(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

PointResult point(std::int64_t mean, std::int64_t low, std::int64_t high) {
  PointResult point;
  point.measured = 4;
  point.sum = 4 * mean;
  point.low = low;
  point.high = high;
  return point;
}

// Three values of x, two lines, made up.
class SampleSweep {
 public:
  SampleSweep() {
    sweep_.name = "sample <sweep>";
    sweep_.file = "sample.toml";
    sweep_.summary = "made up & small";
    sweep_.measure = Measure::CheckpointDuration;
    sweep_.x = {"cost.record", {"10us", "100us", "1ms"}};
    sweep_.series = {"checkpoint.unaligned", {"false", "true"}};
    result_.points = {point(1'000'000, 900'000, 1'100'000),      point(1'000'000, 1'000'000, 1'000'000),
                      point(5'000'000, 4'000'000, 6'000'000),    point(1'100'000, 1'000'000, 1'200'000),
                      point(42'000'000, 40'000'000, 43'000'000), PointResult{}};
    result_.points.back().unmeasured = 4;
  }
  SweepView view() const { return {sweep_, result_, 1, 5}; }

 protected:
  scenarios::Sweep sweep_;
  scenarios::SweepResult result_;
};

// Lost work of an interval by Young's own formula.
class YoungSweep : public SampleSweep {
 public:
  explicit YoungSweep(std::vector<std::int64_t> milliseconds) {
    sweep_.name = "young";
    sweep_.measure = Measure::LostWork;
    sweep_.x = {"checkpoint.interval", {}};
    sweep_.series = {};
    result_.points.clear();
    result_.failure_model = scenarios::FailureModel{20'000'000, 2'000'000'000};
    for (const std::int64_t interval : milliseconds) {
      sweep_.x.values.push_back(std::to_string(interval) + "ms");
      const std::int64_t lost = 100'000'000'000 / interval * 20 + 100'000'000'000 / 2000 * interval / 2;
      result_.points.push_back(point(lost, lost - 1'000'000, lost + 1'000'000));
    }
  }
};

}  // namespace

TEST_CASE("a plot is well-formed, and its lines differ in more than colour") {
  const SampleSweep sweep;
  const std::string svg = draw_plot(plot_of(sweep.view(), "p"));
  CHECK(testing::markup_problem(svg).empty());
  CHECK(times(svg, "<circle") == 4);            // three points and the legend
  CHECK(times(svg, "m-5,-5h10v10h-10z") == 3);  // two points, since one has nothing, and the legend
  CHECK(times(svg, "stroke-dasharray=\"8 4\"") == 2);
  CHECK(has(svg, "checkpoint.unaligned = true"));
  CHECK(has(svg, "cost.record (logarithmic)"));
  CHECK(has(svg, "checkpoint duration by cost.record, sample &lt;sweep&gt;"));
  CHECK(has(svg, "cost.record = 1ms, checkpoint.unaligned = false: 42ms, half of the seeds 40ms to 43ms"));
  CHECK(svg == draw_plot(plot_of(SampleSweep().view(), "p")));
}

TEST_CASE("values stand by their logarithm, evenly, or side by side when they are words") {
  struct Axis : SampleSweep {
    explicit Axis(std::vector<std::string> values) {
      sweep_.series = {};
      sweep_.x.values = std::move(values);
      result_.points.assign(sweep_.x.values.size(), point(5, 5, 5));
    }
    int part(std::size_t i) const {
      const Plot plot = plot_of(view(), "p");
      const auto& points = plot.lines.front().points;
      return (points[i].x - points.front().x) * 100 / (points.back().x - points.front().x);
    }
  };
  CHECK(Axis({"10us", "100us", "1ms"}).part(1) == 50);
  CHECK(Axis({"1", "2", "5"}).part(1) == 25);
  CHECK(Axis({"0", "2", "100"}).part(1) == 2);
  CHECK(Axis({"heap", "rocksdb", "other"}).part(1) == 50);
}

TEST_CASE("the vertical axis begins at 0 and goes in round steps beyond all bars") {
  const SampleSweep sweep;
  const Plot plot = plot_of(sweep.view(), "p");
  REQUIRE(plot.y.ticks.size() == 6);
  CHECK(plot.y.ticks.front().text == "0");
  CHECK(plot.y.ticks.front().at == 0);
  CHECK(plot.y.ticks[1].text == "10ms");
  CHECK(plot.y.ticks.back().text == "50ms");
  CHECK(plot.y.ticks.back().at == kPlotScale);
  CHECK(plot.lines[0].points[2].y == kPlotScale * 42 / 50);
}

TEST_CASE("the text of a sweep has a row for each x and a pair of columns for each line") {
  const SampleSweep sweep;
  const std::string text = sweep_text(sweep.view(), Paint(false));
  CHECK(has(text, "sample <sweep>  checkpoint duration; 4 seeds at each of 6 points"));
  CHECK(has(text, "4 runs with nothing to measure"));
  CHECK(has(text, "checkpoint.unaligned = false"));
  CHECK(has(text, "  100us"));
  CHECK(has(text, "4ms to 6ms"));
  CHECK(has(text, "–"));
}

TEST_CASE("counts have a decimal, and what is below zero its sign") {
  struct Counts : SampleSweep {
    Counts() {
      sweep_.measure = Measure::RepeatedResults;
      result_.points[0].sum = 5;
      result_.points[1].sum = -6;
      result_.points[1].low = -3;
    }
  };
  const Counts counts;
  const SweepView view = counts.view();
  CHECK(mean_text(view, view.at(0, 0)) == "1.2");
  CHECK(mean_text(view, view.at(0, 1)) == "-1.5");
  CHECK(spread_text(view, view.at(0, 1)) == "-3 to 1,000,000");
  CHECK(plot_of(view, "p").y.ticks.front().at == 0);
}

TEST_CASE("Young's rule is compared with the least value tried and with the curve around it") {
  const YoungSweep sweep({50, 71, 100, 141, 200, 310, 400, 566, 800});
  const auto young = young_finding(sweep.view());
  REQUIRE(young.has_value());
  CHECK(young->rule == 282'842'712);
  CHECK(young->least_interval == 310'000'000);
  CHECK(young->apart(young->least_interval) == 10);
  CHECK(std::abs(young->apart(young->fitted)) <= 2);
  CHECK(young->apart(141'421'356) == -50);
  const std::string text = sweep_text(sweep.view(), Paint(false));
  CHECK(has(text, "a checkpoint costs 20ms and 2s pass between failures"));
  CHECK(has(text, "least was lost at 310ms of the intervals tried (+10 % from the rule)"));
  const std::string svg = draw_plot(plot_of(sweep.view(), "p"));
  CHECK(has(svg, "Young 282.842ms"));
  CHECK(has(svg, "lowest 28"));
}

TEST_CASE("without a failure model nothing is said of Young, and too few intervals are lowest at the least") {
  CHECK_FALSE(young_finding(SampleSweep().view()).has_value());
  const YoungSweep two({200, 310});
  CHECK(young_finding(two.view())->fitted == 310'000'000);
  const YoungSweep falling({20, 30, 40});
  CHECK(young_finding(falling.view())->least_interval == 40'000'000);
}

TEST_CASE("the page of sweeps loads nothing, and holds plot, table and findings of each") {
  const SampleSweep sample;
  const YoungSweep young({141, 200, 310, 400, 566});
  const std::string page = sweep_page({sample.view(), young.view()});
  CHECK(testing::markup_problem(page.substr(page.find("<main>"), page.find("</main>") + 7 - page.find("<main>"))) ==
        "");
  CHECK(times(page, "<svg") == 2);
  CHECK(times(page, "<table>") == 2);
  CHECK(has(page, "made up &amp; small"));
  CHECK(has(page, "(least)"));
  CHECK(has(page, "href=\"#sweep-2\""));
  CHECK(has(page, "aria-labelledby=\"sweep-1-title sweep-1-description\""));
  CHECK_FALSE(has(page, "src="));
  CHECK_FALSE(has(page, "<link"));
  CHECK_FALSE(has(page, "<script"));
  CHECK(page == sweep_page({SampleSweep().view(), young.view()}));
}

TEST_CASE("a sweep in JSON has its axes, its points in order, and Young's numbers") {
  const SampleSweep sample;
  const std::string json = json_sweep(sample.view());
  CHECK(json.back() == '\n');
  CHECK(times(json, "\n") == 1);
  CHECK(has(json, R"({"schema":1,"event":"sweep_result","scenario":"sample <sweep>")"));
  CHECK(has(json, R"("x":{"key":"cost.record","values":["10us","100us","1ms"]})"));
  CHECK(has(json, R"("unit":"ns","first_seed":"0x1","seeds":4)"));
  CHECK(has(json, R"({"x":"100us","series":"true","measured":4,"unmeasured":0,"sum":4400000,"low":1000000,)"));
  CHECK_FALSE(has(json, "young"));
  const YoungSweep young({141, 200, 310, 400, 566});
  CHECK(has(json_sweep(young.view()), R"("interval_ns":282842712,"least_interval_ns":310000000)"));
  CHECK(has(json_sweep(young.view()), R"("series":null)"));
}
