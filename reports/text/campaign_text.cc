#include "text/campaign_text.h"

#include <algorithm>

#include "text/escape.h"
#include "text/numbers.h"
#include "text/run_text.h"
#include "text/table.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;
using properties::Answer;

constexpr std::size_t kStandingWidth = 16;  // "NONDETERMINISTIC"
constexpr std::size_t kWidestName = 80;

Tone tone_of(Standing standing) {
  if (passed(standing)) return Tone::Good;
  return standing == Standing::Inconclusive ? Tone::Unsure : Tone::Bad;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t has = columns(text);
  return has < width ? text + std::string(width - has, ' ') : text;
}

std::string counts(const scenarios::CampaignResult& result) {
  std::string out = counted(result.seeds, "seed", "seeds");
  if (result.violated > 0) out += ", " + grouped(result.violated) + " violated";
  if (result.inconclusive > 0) out += ", " + grouped(result.inconclusive) + " inconclusive";
  if (result.nondeterministic > 0) out += ", " + grouped(result.nondeterministic) + " nondeterministic";
  return out + ", " + counted(result.checkpoints_completed, "checkpoint", "checkpoints") + ", " +
         counted(result.restarts, "restart", "restarts");
}

std::string expected_words(const ScenarioReport& report) {
  const std::string& property = *report.scenario.expect_violated;
  const scenarios::Failure* failure = first_failure_of(report.result, property);
  const auto* tally = tally_of(report.result, property);
  return "; " + property + " violated in " + grouped(tally == nullptr ? 0 : tally->violated) +
         (failure == nullptr ? "" : ", first in seed " + hex(failure->seed));
}

}  // namespace

std::size_t name_width(const std::vector<scenarios::Scenario>& scenarios) {
  std::size_t width = 0;
  for (const scenarios::Scenario& scenario : scenarios) width = std::max(width, columns(scenario.name));
  return std::min(width, kWidestName);
}

std::string scenario_line(const ScenarioReport& report, std::size_t width, const Paint& paint) {
  std::string out = paint(tone_of(report.standing), padded(name(report.standing), kStandingWidth)) + "  " +
                    padded(one_line(report.scenario.name), width) + "  " + counts(report.result);
  if (report.standing == Standing::AsExpected) out += expected_words(report);
  return out + "\n";
}

std::string scenario_tallies(const ScenarioReport& report, const Paint&) {
  TextTable properties({Align::Left, Align::Right, Align::Right, Align::Right});
  properties.add({"property", "holds", "violated", "inconclusive"});
  for (const auto& tally : report.result.properties) {
    properties.add({tally.property, grouped(tally.holds), grouped(tally.violated), grouped(tally.inconclusive)});
  }
  TextTable faults({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  faults.add({"fault", "planned", "armed", "fired", "had effect"});
  for (const scenarios::FaultTally& tally : report.result.faults) {
    faults.add({std::string(name(tally.kind)), grouped(tally.planned), grouped(tally.armed), grouped(tally.fired),
                grouped(tally.took_effect)});
  }
  return properties.text("    ") + (report.result.faults.empty() ? "" : faults.text("    "));
}

const scenarios::Failure* telling_failure(const ScenarioReport& report) {
  const auto& failures = report.result.failures;
  if (report.scenario.expect_violated) {
    if (const auto* found = first_failure_of(report.result, *report.scenario.expect_violated)) return found;
  }
  const auto violated = std::find_if(failures.begin(), failures.end(), [](const scenarios::Failure& failure) {
    return failure.result.answer == Answer::Violated;
  });
  if (violated != failures.end()) return &*violated;
  return failures.empty() ? nullptr : &failures.front();
}

std::string scenario_failure(const ScenarioReport& report, const Paint& paint, std::string_view program) {
  if (passed(report.standing)) return "";
  std::string out = "\n" + paint(tone_of(report.standing), name(report.standing)) + "  " +
                    paint(Tone::Strong, one_line(report.scenario.name)) + "\n";
  const scenarios::Failure* failure = telling_failure(report);
  const bool reason_is_cause = failure != nullptr && report.standing == Standing::Violated;
  if (!reason_is_cause) out += "  " + one_line(report.reason) + "\n";
  out += scenario_tallies(report, paint);
  if (report.standing == Standing::Nondeterministic) {
    for (const std::uint64_t seed : report.result.nondeterministic_seeds) out += "  seed " + hex(seed) + "\n";
  }
  if (failure == nullptr) return out;
  return out + "  seed " + hex(failure->seed) + " " + std::string(name(failure->result.answer)) + "\n" +
         failure_story(failure->result, paint, program);
}

std::string campaign_line(const std::vector<ScenarioReport>& reports, const Paint& paint) {
  std::uint64_t good = 0;
  std::uint64_t seeds = 0;
  for (const ScenarioReport& report : reports) {
    good += passed(report.standing) ? 1u : 0u;
    seeds += report.result.seeds;
  }
  const std::string words = grouped(good) + " of " + counted(reports.size(), "scenario", "scenarios") + " passed, " +
                            counted(seeds, "seed", "seeds");
  return paint(good == reports.size() ? Tone::Good : Tone::Bad, words) + "\n";
}

}  // namespace weir::reports
