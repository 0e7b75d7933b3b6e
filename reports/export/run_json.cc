#include "export/json_parts.h"
#include "export/jsonl.h"
#include "export/version.h"
#include "history/checkpoints.h"
#include "history/critical_path.h"
#include "history/jobs.h"
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

void write_checkpoint(JsonWriter& json, const CheckpointRow& row, const engine::ExecutionGraph& graph,
                      const sim::Trace& trace) {
  json.begin_object().key("id").count(row.id).key("kind").text(name(row.kind)).key("status").text(name(row.status));
  json.key("acknowledged").count(row.acknowledged).key("expected").count(row.expected);
  json.key("triggered_at_ns").nanoseconds(row.triggered_at);
  optional_ns(json, "latest_acknowledgement_ns", row.latest_ack);
  json.key("bytes").count(row.bytes).key("fate").text(fate(row));
  json.key("subtasks").begin_array();
  for (const SubtaskPart& part : row.parts) write_part(json, part, graph);
  json.end_array();
  write_path(json, critical_path(trace, row, graph), graph);
  json.end_object();
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
    write_checkpoint(json, row, jobs.at(row.trigger_event), run.trace);
  }
  json.end_array().line_break().end_object();
  return json.str() + "\n";
}

}  // namespace weir::reports
