#include "export/sweep_json.h"

#include "export/json_writer.h"
#include "export/jsonl.h"

namespace weir::reports {
namespace {

void write_axis(JsonWriter& json, const scenarios::SweepAxis& axis) {
  json.begin_object().key("key").text(axis.key).key("values").begin_array();
  for (const std::string& value : axis.values) json.text(value);
  json.end_array().end_object();
}

void write_point(JsonWriter& json, const SweepView& view, std::size_t x, std::size_t line) {
  const scenarios::PointResult& point = view.at(x, line);
  json.begin_object().key("x").text(view.sweep.x.values[x]);
  if (!view.sweep.series.key.empty()) json.key("series").text(view.sweep.series.values[line]);
  json.key("measured").count(point.measured).key("unmeasured").count(point.unmeasured);
  json.key("sum").nanoseconds(point.sum).key("low").nanoseconds(point.low).key("high").nanoseconds(point.high);
  json.key("violated").count(point.violated).key("inconclusive").count(point.inconclusive);
  json.key("restarts").count(point.restarts).key("checkpoints_completed").count(point.checkpoints_completed);
  json.end_object();
}

void write_young(JsonWriter& json, const YoungFinding& young) {
  json.begin_object().key("checkpoint_cost_ns").nanoseconds(young.model.checkpoint_cost);
  json.key("time_between_failures_ns").nanoseconds(young.model.time_between_failures);
  json.key("interval_ns").nanoseconds(young.rule).key("least_interval_ns").nanoseconds(young.least_interval);
  json.key("fitted_interval_ns").nanoseconds(young.fitted);
  json.key("least_apart_percent").nanoseconds(young.apart(young.least_interval));
  json.key("fitted_apart_percent").nanoseconds(young.apart(young.fitted)).end_object();
}

}  // namespace

std::string json_sweep(const SweepView& view) {
  const scenarios::Sweep& sweep = view.sweep;
  JsonWriter json;
  json.begin_object().key("schema").count(kJsonSchema).key("event").text("sweep_result");
  json.key("scenario").text(sweep.name).key("file").text(sweep.file);
  json.key("measure").text(info(sweep.measure).name);
  json.key("unit").text(info(sweep.measure).unit == scenarios::MeasureUnit::Duration ? "ns" : "count");
  json.key("first_seed").hex_value(view.first_seed).key("seeds").count(view.end_seed - view.first_seed);
  json.key("x");
  write_axis(json, sweep.x);
  json.key("series");
  if (sweep.series.key.empty()) {
    json.null();
  } else {
    write_axis(json, sweep.series);
  }
  json.key("points").begin_array();
  for (std::size_t x = 0; x < sweep.x.values.size(); ++x) {
    for (std::size_t line = 0; line < sweep.lines(); ++line) write_point(json, view, x, line);
  }
  json.end_array();
  if (const auto young = young_finding(view)) {
    json.key("young");
    write_young(json, *young);
  }
  return json.end_object().str() + "\n";
}

}  // namespace weir::reports
