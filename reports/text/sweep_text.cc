#include "text/sweep_text.h"

#include "text/escape.h"
#include "text/numbers.h"
#include "text/table.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;

std::string table_of(const SweepView& view) {
  std::vector<Align> columns{Align::Right};
  std::vector<TextTable::Cell> head{one_line(view.sweep.x.key)};
  for (std::size_t line = 0; line < view.sweep.lines(); ++line) {
    columns.insert(columns.end(), {Align::Right, Align::Right});
    head.insert(head.end(), {one_line(line_name(view, line)), "half of the seeds"});
  }
  TextTable table(columns);
  table.add(head);
  for (std::size_t x = 0; x < view.sweep.x.values.size(); ++x) {
    std::vector<TextTable::Cell> row{one_line(shown_value(view.sweep.x.values[x]))};
    for (std::size_t line = 0; line < view.sweep.lines(); ++line) {
      row.insert(row.end(), {mean_text(view, view.at(x, line)), spread_text(view, view.at(x, line))});
    }
    table.add(row);
  }
  return table.text("  ");
}

}  // namespace

std::string sweep_counts(const SweepView& view) {
  scenarios::PointResult sums;
  for (const scenarios::PointResult& point : view.result.points) {
    sums.unmeasured += point.unmeasured;
    sums.violated += point.violated;
    sums.inconclusive += point.inconclusive;
    sums.checkpoints_completed += point.checkpoints_completed;
    sums.restarts += point.restarts;
  }
  std::string out = counted(view.end_seed - view.first_seed, "seed", "seeds") + " at each of " +
                    counted(view.result.points.size(), "point", "points") + ", " +
                    counted(sums.checkpoints_completed, "checkpoint", "checkpoints") + ", " +
                    counted(sums.restarts, "restart", "restarts");
  if (sums.violated > 0) out += ", " + grouped(sums.violated) + " violated";
  if (sums.inconclusive > 0) out += ", " + grouped(sums.inconclusive) + " inconclusive";
  if (sums.unmeasured > 0) out += ", " + counted(sums.unmeasured, "run", "runs") + " with nothing to measure";
  return out;
}

std::string sweep_text(const SweepView& view, const Paint& paint) {
  std::string out = paint(Tone::Strong, one_line(view.sweep.name)) + "  " +
                    std::string(info(view.sweep.measure).title) + "; " + sweep_counts(view) + "\n" + table_of(view);
  if (const auto young = young_finding(view)) {
    for (const std::string& sentence : told(*young)) out += "  " + sentence + "\n";
  }
  return out;
}

}  // namespace weir::reports
