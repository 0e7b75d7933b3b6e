#include "export/json_parts.h"
#include "export/jsonl.h"
#include "export/version.h"
#include "history/checkpoints.h"
#include "history/critical_path.h"
#include "history/jobs.h"
#include "history/metrics.h"
#include "history/standing.h"
#include "weir/reports/run_report.h"

namespace weir::reports {
namespace {

void optional_ns(JsonWriter& json, const char* key, const std::optional<std::int64_t>& value) {
  json.key(key);
  if (value) {
    json.nanoseconds(*value);
  } else {
    json.null();
  }
}

void write_part(JsonWriter& json, const SubtaskPart& part, const engine::ExecutionGraph& graph) {
  json.begin_object().key("subtask").text(graph.subtask(part.subtask).name);
  json.key("acknowledged").boolean(part.acknowledged).key("bytes").count(part.bytes);
  optional_ns(json, "end_to_end_ns", part.end_to_end);
  optional_ns(json, "start_delay_ns", part.start_delay);
  optional_ns(json, "alignment_ns", part.alignment);
  optional_ns(json, "sync_ns", part.sync);
  optional_ns(json, "async_ns", part.async);
  json.end_object();
}

void write_path(JsonWriter& json, const CriticalPath& path, const engine::ExecutionGraph& graph) {
  json.key("longest_wait").text(told(path, graph)).key("critical_path").begin_array();
  for (const PathStep& step : path.steps) {
    json.begin_object().key("step").text(name(step.kind)).key("place").text(place(step, graph));
    json.key("begin_ns").nanoseconds(step.begin).key("end_ns").nanoseconds(step.end);
    json.key("buffers").count(step.buffers).end_object();
  }
  json.end_array();
}

void write_checkpoint(JsonWriter& json, const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  json.begin_object().key("id").count(row.id).key("kind").text(name(row.kind)).key("status").text(name(row.status));
  json.key("acknowledged").count(row.acknowledged).key("expected").count(row.expected);
  json.key("triggered_at_ns").nanoseconds(row.triggered_at);
  optional_ns(json, "latest_acknowledgement_ns", row.latest_ack);
  json.key("bytes").count(row.bytes).key("fate").text(fate(row));
  json.key("subtasks").begin_array();
  for (const SubtaskPart& part : row.parts) write_part(json, part, graph);
  json.end_array();
  write_path(json, critical_path(row, graph), graph);
  json.end_object();
}

// Durations and times have keys that end in `_ns`, unless Flink's name says so itself.
void write_metric(JsonWriter& json, const Metric& metric) {
  const bool timed = metric.unit == Metric::Unit::Duration || metric.unit == Metric::Unit::Time;
  const bool says_so = metric.name.size() >= 5 && metric.name.substr(metric.name.size() - 5) == "Nanos";
  const std::string key = std::string(metric.name) + (timed && !says_so ? "_ns" : "");
  if (metric.unit == Metric::Unit::Path) {
    json.key(key);
    metric.path.empty() ? json.null() : json.text(metric.path);
  } else {
    optional_ns(json, key.c_str(), metric.value);
  }
}

void write_metrics(JsonWriter& json, const JobMetrics& job, const engine::ExecutionGraph& graph) {
  json.begin_object();
  for (const Metric& metric : job.metrics) write_metric(json, metric);
  json.key("subtasks").begin_array();
  for (const SubtaskMetrics& subtask : job.subtasks) {
    json.begin_object().key("subtask").text(graph.subtask(subtask.subtask).name);
    for (const Metric& metric : subtask.metrics) write_metric(json, metric);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string json_report(const RunView& run, const ReportOptions& options) {
  JsonWriter json;
  json.begin_object().key("schema").count(kJsonSchema).key("kind").text("run").line_break();
  json.key("version").text(kVersion).key("scenario").text(run.result.spec.scenario).line_break();
  write_outcome(json, run.result);
  json.line_break().key("cause").text(cause_of(run.result)).line_break();
  json.key("reproduce").text(reproduce_command(run.result.spec, options.program)).line_break();
  json.key("spec").text(to_text(run.result.spec)).line_break().key("verdicts");
  write_verdicts(json, run.result.verdicts);
  json.line_break().key("faults");
  write_faults(json, run.result);
  json.line_break().key("checkpoints").begin_array();
  const Jobs jobs = jobs_of(run);
  for (const CheckpointRow& row : checkpoint_history(run.trace)) {
    json.line_break();
    write_checkpoint(json, row, jobs.at(row.trigger_event));
  }
  json.end_array().line_break().key("metrics").begin_array();
  const std::vector<JobMetrics> metrics = job_metrics(run);
  for (std::size_t job = 0; job < metrics.size(); ++job) {
    json.line_break();
    write_metrics(json, metrics[job], jobs[job]);
  }
  json.end_array().line_break().end_object();
  return json.str() + "\n";
}

}  // namespace weir::reports
