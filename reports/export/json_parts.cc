#include "export/json_parts.h"

namespace weir::reports {
namespace {

void write_fault(JsonWriter& json, const sim::Fault& fault, const sim::FaultActivity& activity) {
  json.begin_object();
  json.key("fault").text(to_text(fault)).key("kind").text(name(fault.kind));
  json.key("armed").boolean(activity.armed).key("fired").boolean(activity.fired);
  json.key("had_effect").boolean(activity.took_effect);
  if (activity.fired) json.key("fired_at_ns").nanoseconds(engine::to_ns(activity.fired_at));
  json.end_object();
}

}  // namespace

void write_verdicts(JsonWriter& json, const std::vector<properties::Verdict>& verdicts) {
  json.begin_array();
  for (const properties::Verdict& verdict : verdicts) {
    json.begin_object().key("property").text(verdict.property).key("answer").text(name(verdict.answer));
    if (!verdict.reason.empty()) json.key("reason").text(verdict.reason);
    json.key("witnesses").begin_array();
    for (const std::uint32_t witness : verdict.witnesses) json.count(witness);
    json.end_array().key("details").begin_array();
    for (const std::string& detail : verdict.details) json.text(detail);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_faults(JsonWriter& json, const scenarios::RunResult& result) {
  const sim::FaultPlan& plan = result.spec.world.faults;
  json.begin_array();
  for (std::size_t i = 0; i < plan.size(); ++i) {
    write_fault(json, plan[i], i < result.outcome.faults.size() ? result.outcome.faults[i] : sim::FaultActivity{});
  }
  json.end_array();
}

void write_outcome(JsonWriter& json, const scenarios::RunResult& result) {
  json.key("answer").text(name(result.answer)).key("seed").hex_value(result.spec.world.seed);
  json.key("trace_hash").digits(result.outcome.trace_hash).key("end").text(name(result.outcome.end));
  json.key("ended_at_ns").nanoseconds(engine::to_ns(result.outcome.ended_at));
  json.key("events").count(result.outcome.events).key("restarts").count(result.restarts);
  json.key("checkpoints_completed").count(result.checkpoints_completed);
}

}  // namespace weir::reports
