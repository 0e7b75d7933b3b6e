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

std::string subtask_table(const JobMetrics& job, const engine::ExecutionGraph& graph) {
  if (job.subtasks.empty()) return "";
  std::string out = "<table><thead><tr><th scope=\"col\">Subtask</th>";
  for (const Metric& metric : job.subtasks.front().metrics)
    out += "<th scope=\"col\" class=\"number\">" + markup(metric.name) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const SubtaskMetrics& subtask : job.subtasks) {
    out += "<tr>" + element("td", graph.subtask(subtask.subtask).name);
    for (const Metric& metric : subtask.metrics) out += element("td", shown(metric), "number");
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
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
