#include <algorithm>

#include "history/jobs.h"
#include "history/metrics.h"
#include "html/elements.h"
#include "html/sections.h"
#include "text/numbers.h"

namespace weir::reports {
namespace {

std::string shown(const Metric& metric) {
  if (metric.unit == Metric::Unit::Path) return metric.path.empty() ? "–" : metric.path;
  if (!metric.value) return "–";
  switch (metric.unit) {
    case Metric::Unit::Bytes:
      return byte_size(static_cast<std::uint64_t>(*metric.value));
    case Metric::Unit::Duration:
    case Metric::Unit::Time:
      return short_duration(*metric.value);
    default:
      return grouped(static_cast<std::uint64_t>(*metric.value));
  }
}

std::string job_table(const JobMetrics& job) {
  std::string out = "<table>" + table_head({"Metric of the job", "#Value"}) + "<tbody>\n";
  for (const Metric& metric : job.metrics) {
    out += "<tr>" + element("td", metric.name) + element("td", shown(metric), "number") + "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

// Positions of the metrics that some subtask has a value of.
std::vector<std::size_t> measured(const std::vector<SubtaskMetrics>& subtasks) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < subtasks.front().metrics.size(); ++i) {
    const auto has = [i](const SubtaskMetrics& subtask) { return subtask.metrics[i].value.has_value(); };
    if (std::any_of(subtasks.begin(), subtasks.end(), has)) positions.push_back(i);
  }
  return positions;
}

std::string subtask_table(const JobMetrics& job, const engine::ExecutionGraph& graph) {
  if (job.subtasks.empty()) return "";
  const std::vector<std::size_t> columns = measured(job.subtasks);
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"metrics of subtasks\"><table><thead><tr>"
      "<th scope=\"col\">Subtask</th>";
  for (const std::size_t i : columns) {
    out += "<th scope=\"col\" class=\"number\">" + markup(job.subtasks.front().metrics[i].name) + "</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const SubtaskMetrics& subtask : job.subtasks) {
    out += "<tr>" + element("td", graph.subtask(subtask.subtask).name);
    for (const std::size_t i : columns) out += element("td", shown(subtask.metrics[i]), "number");
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace

std::string metrics_section(const RunView& run) {
  std::string out =
      "<section id=\"metrics\">\n<h2>Metrics</h2>\n" +
      element("p", "Flink's names; as they stand when the job is over. Times are of the run's clock.", "note") + "\n";
  const Jobs jobs = jobs_of(run);
  const std::vector<JobMetrics> metrics = job_metrics(run);
  for (std::size_t job = 0; job < metrics.size(); ++job) {
    if (metrics.size() > 1) out += element("h3", "Job " + std::to_string(job + 1)) + "\n";
    out += job_table(metrics[job]) + subtask_table(metrics[job], jobs[job]);
  }
  return out + "</section>\n";
}

}  // namespace weir::reports
