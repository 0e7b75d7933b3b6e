#include "history/standing.h"
#include "html/elements.h"
#include "html/sections.h"
#include "text/numbers.h"

namespace weir::reports {
namespace {

using properties::Answer;

const char* sign_and_word(Answer answer) {
  switch (answer) {
    case Answer::Holds:
      return "✔ HOLDS";
    case Answer::Violated:
      return "▲ VIOLATED";
    case Answer::Inconclusive:
      break;
  }
  return "? INCONCLUSIVE";
}

std::string fact(const char* name, const std::string& value) {
  return "<div>" + element("dt", name) + element("dd", value) + "</div>";
}

std::string violated_names(const scenarios::RunResult& result) {
  std::string out;
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer != result.answer || result.answer == Answer::Holds) continue;
    out += (out.empty() ? "" : ", ") + verdict.property;
  }
  return out;
}

std::string witness_links(const properties::Verdict& verdict) {
  constexpr std::size_t kMost = 12;
  std::string out;
  for (std::size_t i = 0; i < verdict.witnesses.size() && i < kMost; ++i) {
    out += (i == 0 ? "" : " ") + event_link(verdict.witnesses[i]);
  }
  if (verdict.witnesses.size() > kMost) out += " … and " + std::to_string(verdict.witnesses.size() - kMost) + " more";
  return out;
}

std::string detail_list(const properties::Verdict& verdict) {
  if (verdict.details.empty()) return "";
  std::string out = "<ul class=\"details\">";
  for (const std::string& detail : verdict.details) out += element("li", detail);
  return out + "</ul>";
}

std::string_view promise_of(const std::string& property) {
  for (const properties::PropertyInfo& info : properties::all_properties()) {
    if (info.name == property) return info.promise;
  }
  return "";
}

std::string property_row(const properties::Verdict& verdict) {
  const std::string answer(name(verdict.answer));
  std::string out = "<tr><td>" + markup(verdict.property);
  if (const auto promise = promise_of(verdict.property); !promise.empty()) out += element("small", promise);
  out += "</td><td class=\"answer " + answer + "\">" + sign_and_word(verdict.answer) + "</td><td>" +
         markup(verdict.reason) + detail_list(verdict) + "</td><td>" + witness_links(verdict) + "</td></tr>\n";
  return out;
}

std::string yes(bool value) { return value ? "✔ yes" : "✘ no"; }

std::string fault_row(std::size_t number, const sim::Fault& fault, const sim::FaultActivity& activity) {
  const std::string fired = activity.fired ? "✔ " + short_duration(engine::to_ns(activity.fired_at)) : "✘ no";
  return "<tr><td class=\"number\">" + std::to_string(number) + "</td><td><code>" + markup(to_text(fault)) +
         "</code></td>" + element("td", yes(activity.armed)) + element("td", fired) +
         element("td", yes(activity.took_effect)) + "</tr>\n";
}

}  // namespace

std::string verdict_section(const RunView& run, const ReportOptions& options) {
  const scenarios::RunResult& result = run.result;
  const std::string scenario = result.spec.scenario.empty() ? result.spec.job.name : result.spec.scenario;
  std::string out =
      "<header class=\"verdict " + std::string(name(result.answer)) + "\">\n<h1>" + sign_and_word(result.answer);
  if (const std::string names = violated_names(result); !names.empty()) out += ": " + markup(names);
  out += "</h1>\n";
  if (const std::string cause = cause_of(result); !cause.empty()) out += element("p", cause, "cause") + "\n";
  out += "<dl class=\"facts\">" + fact("scenario", scenario) +
         fact("seed", hex(result.spec.world.seed) + " (" + std::to_string(result.spec.world.seed) + ")") +
         fact("run ended",
              std::string(name(result.outcome.end)) + " at " + short_duration(engine::to_ns(result.outcome.ended_at))) +
         fact("checkpoints", grouped(result.checkpoints_completed)) + fact("restarts", grouped(result.restarts)) +
         fact("trace hash", hex_digits(result.outcome.trace_hash)) + "</dl>\n";
  out += "<p class=\"note\">This command runs the very same run again, with the same trace hash:</p>\n";
  out += "<div class=\"command\"><pre id=\"reproduce\">" + markup(reproduce_command(result.spec, options.program)) +
         "</pre><button type=\"button\" data-copy=\"#reproduce\" hidden>copy</button></div>\n</header>\n";
  return out;
}

std::string property_section(const RunView& run) {
  std::string out = "<section id=\"properties\">\n<h2>Properties</h2>\n<table>" +
                    table_head({"Property", "Answer", "Reason", "Witness events"}) + "<tbody>\n";
  for (const properties::Verdict& verdict : run.result.verdicts) out += property_row(verdict);
  return out + "</tbody></table>\n</section>\n";
}

std::string fault_section(const RunView& run) {
  const sim::FaultPlan& plan = run.result.spec.world.faults;
  std::string out = "<section id=\"faults\">\n<h2>Faults</h2>\n";
  if (plan.empty()) return out + "<p class=\"note\">None was planned.</p>\n</section>\n";
  out += "<table>" + table_head({"#", "Planned", "Armed", "Fired", "Had effect"}) + "<tbody>\n";
  const auto& activity = run.result.outcome.faults;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    out += fault_row(i + 1, plan[i], i < activity.size() ? activity[i] : sim::FaultActivity{});
  }
  return out + "</tbody></table>\n</section>\n";
}

}  // namespace weir::reports
