#include "liveness/engine_invariant.h"

#include <string_view>

namespace weir::properties {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace

// The last event of the trace is the nearest that history has to the failure.
void EngineInvariant::on_stage(const RunContext&) {}

void EngineInvariant::judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) {
  if (outcome.end != sim::RunEnd::InvariantViolated && !outcome.invariant) return;
  verdict.answer = Answer::Violated;
  verdict.reason = "an assertion of the engine failed";
  if (trace.size() > 0) verdict.witnesses.push_back(static_cast<std::uint32_t>(trace.size() - 1));
  if (!outcome.invariant) return;
  verdict.reason += ": " + outcome.invariant->message;
  verdict.details.push_back(outcome.invariant->expression + " at " + std::string(file_name(outcome.invariant->file)) +
                            ":" + std::to_string(outcome.invariant->line));
}

}  // namespace weir::properties
