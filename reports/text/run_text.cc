#include "text/run_text.h"

#include "history/standing.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "text/table.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;
using properties::Answer;

std::string answer_word(Answer answer) {
  return answer == Answer::Violated ? "VIOLATED" : answer == Answer::Inconclusive ? "INCONCLUSIVE" : "holds";
}

TextTable::Cell painted(const Paint& paint, Tone tone, const std::string& word) {
  return {paint(tone, word), columns(word)};
}

std::string fired_words(const sim::FaultActivity& activity) {
  return activity.fired ? short_duration(engine::to_ns(activity.fired_at)) : "no";
}

std::string yes(bool value) { return value ? "yes" : "no"; }

constexpr std::size_t kMostDetails = 6;

// The first property's reason is the cause and has been said.
std::string doubts(const scenarios::RunResult& result, const Paint& paint) {
  std::string out;
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer == Answer::Holds) continue;
    out += "  " + paint(tone_of(verdict.answer), answer_word(verdict.answer)) + "  " + verdict.property + "\n";
    const auto& details = verdict.details;
    if (details.empty() && !verdict.reason.empty()) out += "    " + one_line(verdict.reason) + "\n";
    for (std::size_t i = 0; i < details.size() && i < kMostDetails; ++i) out += "    " + one_line(details[i]) + "\n";
    if (details.size() > kMostDetails) out += "    … the report has more\n";
  }
  return out;
}

}  // namespace

std::string reproduce_command(const scenarios::RunSpec& spec, std::string_view program) {
  return std::string(program) + " replay " + shell_argument(to_line(spec));
}

std::string run_headline(const scenarios::RunResult& result, const Paint& paint) {
  const std::string scenario = result.spec.scenario.empty() ? "run" : one_line(result.spec.scenario);
  return paint(tone_of(result.answer), answer_word(result.answer)) + "  " + scenario + "  seed " +
         hex(result.spec.world.seed) + "  " + std::string(name(result.outcome.end)) + " at " +
         short_duration(engine::to_ns(result.outcome.ended_at)) + "  " +
         counted(result.checkpoints_completed, "checkpoint", "checkpoints") + "  " +
         counted(result.restarts, "restart", "restarts") + "  trace " + hex_digits(result.outcome.trace_hash) + "\n";
}

std::string verdict_table(const scenarios::RunResult& result, const Paint& paint) {
  TextTable table({Align::Left, Align::Left, Align::Left});
  for (const properties::Verdict& verdict : result.verdicts) {
    table.add({painted(paint, tone_of(verdict.answer), answer_word(verdict.answer)), verdict.property,
               one_line(verdict.reason)});
  }
  return table.text("  ");
}

std::string fault_table(const scenarios::RunResult& result) {
  const sim::FaultPlan& plan = result.spec.world.faults;
  if (plan.empty()) return "  faults: none planned\n";
  TextTable table({Align::Right, Align::Left, Align::Left, Align::Left, Align::Left});
  table.add({"fault", "armed", "fired", "had effect", "planned"});
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const sim::FaultActivity activity =
        i < result.outcome.faults.size() ? result.outcome.faults[i] : sim::FaultActivity{};
    table.add({std::to_string(i + 1), yes(activity.armed), fired_words(activity), yes(activity.took_effect),
               one_line(to_text(plan[i]))});
  }
  return table.text("  ");
}

std::string failure_story(const scenarios::RunResult& result, const Paint& paint, std::string_view program) {
  std::string out = "  " + paint(Tone::Strong, one_line(cause_of(result))) + "\n";
  out += doubts(result, paint);
  out += fault_table(result);
  out += "  reproduce with:\n" + reproduce_command(result.spec, program) + "\n";
  return out;
}

std::string breakdown_text(const scenarios::RunBreakdown& breakdown, const std::string& program) {
  const std::string scenario = breakdown.spec.scenario.empty() ? "" : "scenario '" + breakdown.spec.scenario + "', ";
  return breakdown.doing + " threw: " + breakdown.why + "\n  in " + scenario + "seed " +
         hex(breakdown.spec.world.seed) +
         "; what operators throw fails their attempt only, so this came out of the job's other code, or is a bug of "
         "weir\n  see it again with:\n" +
         reproduce_command(breakdown.spec, program);
}

std::string run_text(const RunView& run, const ReportOptions& options) {
  const Paint plain(false);
  std::string out = run_headline(run.result, plain) + verdict_table(run.result, plain);
  if (run.result.answer != Answer::Holds) return out + "\n" + failure_story(run.result, plain, options.program);
  return out + fault_table(run.result) + "  reproduce with:\n" + reproduce_command(run.result.spec, options.program) +
         "\n";
}

}  // namespace weir::reports
