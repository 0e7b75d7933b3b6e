#include "campaign/cause.h"

#include <algorithm>
#include <array>
#include <vector>

namespace weir::scenarios {
namespace {

using sim::Fault;
using sim::FaultKind;

constexpr std::size_t kMostNamed = 4;  // faults in one sentence

// Microseconds are enough for a person.
std::string time_text(engine::Time time) {
  const std::int64_t us = engine::to_ns(time) / 1000;
  std::string fraction = std::to_string(us % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(us / 1000) + "." + fraction + "ms";
}

std::string checkpoint_text(engine::CheckpointId checkpoint) {
  return checkpoint == engine::kNoCheckpoint ? "" : " of checkpoint " + std::to_string(checkpoint.value);
}

std::string process_text(std::uint16_t process) {
  return process == 0 ? "the JobManager" : "tm-" + std::to_string(process);
}

std::string late(const Fault& fault) { return " came " + sim::duration_text(fault.duration) + " late"; }

std::string what_became_of_message(const Fault& fault) {
  if (fault.kind == FaultKind::DelayMessages) return late(fault);
  return fault.kind == FaultKind::LoseMessages ? " was lost" : " came twice";
}

std::string what_happened(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::Crash:
      return (fault.task_manager == 0 ? "the JobManager" : "tm-" + std::to_string(fault.task_manager)) + " crashed";
    case FaultKind::LoseMessages:
    case FaultKind::RepeatMessages:
    case FaultKind::DelayMessages: {
      const std::string where = fault.subtask.empty() ? "" : " of " + fault.subtask;
      return std::string(engine::name(fault.message)) + where + checkpoint_text(fault.checkpoint) +
             what_became_of_message(fault);
    }
    case FaultKind::SlowBarrier: {
      const std::string where = fault.channel.empty() ? "" : " on " + fault.channel;
      return "a barrier" + where + checkpoint_text(fault.checkpoint) + late(fault);
    }
    case FaultKind::Pause:
      return process_text(fault.task_manager) + " stood still for " + sim::duration_text(fault.duration);
    case FaultKind::Partition:
      return process_text(fault.task_manager) + " was parted from the JobManager for " +
             sim::duration_text(fault.duration);
    case FaultKind::HaWriteAmbiguous:
      return "nobody learned whether the store had applied a write" + checkpoint_text(fault.checkpoint) +
             (fault.applied ? ", which it had" : ", which it had not");
    case FaultKind::LoseLeadership:
      return std::string("another JobManager became the leader");
  }
  return {};
}

std::string joined_and(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

bool took_effect(const RunResult& result, std::size_t i) {
  return i < result.outcome.faults.size() && result.outcome.faults[i].took_effect;
}

std::string faults_text(const RunResult& result) {
  std::vector<std::string> happened;
  std::size_t more = 0;
  const sim::FaultPlan& plan = result.spec.world.faults;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (!took_effect(result, i)) continue;
    if (happened.size() == kMostNamed) {
      ++more;
    } else {
      happened.push_back(what_happened(plan[i]) + " (from " + time_text(result.outcome.faults[i].fired_at) + ")");
    }
  }
  if (more > 0) happened.push_back(std::to_string(more) + " more");
  return joined_and(happened);
}

std::string defects_text(const RunResult& result) {
  std::vector<std::string> names;
  for (const engine::DefectInfo& info : engine::all_defects()) {
    if (result.spec.defects.has(info.defect)) names.emplace_back(info.name);
  }
  return joined_and(names);
}

}  // namespace

const properties::Verdict* decisive(const RunResult& result) {
  for (const auto wanted : {properties::Answer::Violated, properties::Answer::Inconclusive}) {
    for (const properties::Verdict& verdict : result.verdicts) {
      if (verdict.answer == wanted) return &verdict;
    }
  }
  return nullptr;
}

bool violates(const RunResult& result, std::string_view property) {
  return std::any_of(result.verdicts.begin(), result.verdicts.end(), [&](const properties::Verdict& verdict) {
    return verdict.property == property && verdict.answer == properties::Answer::Violated;
  });
}

std::string cause_of(const RunResult& result) {
  const properties::Verdict* verdict = decisive(result);
  if (verdict == nullptr) return {};
  std::string text = verdict->property + ": " + verdict->reason;
  while (!text.empty() && text.back() == '.') text.pop_back();
  if (verdict->answer != properties::Answer::Violated) return text;
  const std::string faults = faults_text(result);
  const std::string defects = defects_text(result);
  text += faults.empty() ? ", without any fault" : ", after " + faults;
  if (!result.spec.options.checkpoint.enabled) text += "; checkpoints are off, a checkpoint.interval switches them on";
  if (!defects.empty()) text += "; defect on purpose: " + defects;
  return text;
}

std::string fingerprint_of(const RunResult& result) {
  const properties::Verdict* verdict = decisive(result);
  std::string text = verdict == nullptr ? "holds" : verdict->property;
  char separator = '/';
  for (const FaultKind kind : sim::kFaultKinds) {
    bool seen = false;
    for (std::size_t i = 0; i < result.spec.world.faults.size(); ++i) {
      seen = seen || (result.spec.world.faults[i].kind == kind && took_effect(result, i));
    }
    if (!seen) continue;
    text += separator;
    text += sim::name(kind);
    separator = '+';
  }
  return text;
}

}  // namespace weir::scenarios
