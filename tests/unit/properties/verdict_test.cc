#include "trace_builder.h"

#include <set>

#include "history/checkpoint_facts.h"
#include "suite/finding.h"

using namespace weir::properties;
namespace sim = weir::sim;

TEST_CASE("the worst verdict is the answer of the run") {
  const Verdict holds{"a", Answer::Holds, {}, {}, {}};
  const Verdict inconclusive{"b", Answer::Inconclusive, {}, {}, {}};
  const Verdict violated{"c", Answer::Violated, {}, {}, {}};
  CHECK(overall({}) == Answer::Holds);
  CHECK(overall({holds, inconclusive}) == Answer::Inconclusive);
  CHECK(overall({violated, inconclusive, holds}) == Answer::Violated);
}

TEST_CASE("verdicts come in the order of the list of properties, under its names") {
  const Judged judged(clean_story());
  std::vector<std::string_view> given, listed;
  for (const Verdict& verdict : judged.all()) given.push_back(verdict.property);
  std::set<std::string_view> names;
  for (const PropertyInfo& property : all_properties()) {
    CHECK_FALSE(property.promise.empty());
    CHECK_FALSE(property.rules.empty());
    names.insert(property.name);
    const bool of_other_modes = property.name == "at-least-once" || property.name == "in-flight-conserved";
    if (!of_other_modes) listed.push_back(property.name);
  }
  CHECK(given == listed);
  CHECK(names.size() == all_properties().size());
}

TEST_CASE("answers have names") {
  CHECK(name(Answer::Holds) == "holds");
  CHECK(name(Answer::Violated) == "violated");
  CHECK(name(Answer::Inconclusive) == "inconclusive");
}

TEST_CASE("a plan of which no fault fired is inconclusive") {
  sim::RunOutcome outcome;
  CHECK(fault_activity_answer(outcome) == Answer::Holds);
  CHECK(fault_activity_sentence(outcome) == "No faults were planned.");
  outcome.faults.resize(3);
  outcome.faults[0].armed = true;
  CHECK(fault_activity_answer(outcome) == Answer::Inconclusive);
  CHECK(fault_activity_sentence(outcome) == "None of the 3 planned faults fired, so the run shows nothing about them.");
  outcome.faults[2].fired = true;
  CHECK(fault_activity_answer(outcome) == Answer::Holds);
  CHECK(fault_activity_sentence(outcome) == "1 of 3 planned faults fired.");
}

TEST_CASE("a finding tells the first few and counts the rest") {
  Finding finding;
  Verdict untouched;
  finding.conclude(untouched);
  CHECK(untouched.answer == Answer::Holds);
  for (std::uint32_t i = 0; i < 50; ++i) finding.add("number " + std::to_string(i), {100 - i, 7, kNever});
  Verdict v;
  finding.conclude(v);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "number 0");
  CHECK(v.details.size() == kMaxDetails + 1);
  CHECK(v.details.back() == "and 30 more");
  CHECK(v.witnesses.size() == kMaxDetails + 1);
  CHECK(std::is_sorted(v.witnesses.begin(), v.witnesses.end()));
  finding.clear();
  CHECK_FALSE(finding.any());
}
