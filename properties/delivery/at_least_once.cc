#include "delivery/at_least_once.h"

#include <algorithm>

#include "reference/reference.h"

namespace weir::properties {

// The results of a window carry the record that came last, whichever that was.
bool AtLeastOnce::begin(const RunContext& context) {
  reference_ = context.reference;
  seen_.clear();
  same_results_ = true;
  if (promises_exactly_once(context) || reference_ == nullptr) return false;
  return reference_->job().commutative && !reference_->job().timed;
}

void AtLeastOnce::on_stage(const RunContext& context) {
  const ExpectedRecords& expected = reference_->expected();
  same_results_ = same_results_ && context.reference != nullptr && context.reference->expected().same(expected);
}

void AtLeastOnce::judge(const sim::RunOutcome& outcome, const sim::Trace&, Verdict& verdict) {
  if (!same_results_ || outcome.end != sim::RunEnd::JobFinished) {
    verdict.answer = Answer::Inconclusive;
    if (outcome.end == sim::RunEnd::JobLost) {
      verdict.reason = std::string(kJobLost);
      return;
    }
    verdict.reason = same_results_ ? "the job did not finish, so results that are missing may only be late"
                                   : "a further job of the run computes other results than the first one";
    return;
  }
  std::sort(seen_.begin(), seen_.end());
  std::uint64_t lost = 0;
  std::size_t at = 0;
  const auto all = reference_->expected().all_origins();
  std::vector<engine::Origin> expected(all.begin(), all.end());
  std::sort(expected.begin(), expected.end());
  for (const engine::Origin origin : expected) {
    while (at < seen_.size() && seen_[at] < origin) ++at;
    if (at < seen_.size() && seen_[at] == origin) {
      ++at;
      continue;
    }
    if (++lost <= kMaxDetails) {
      verdict.details.push_back("a result of input " + reference_->describe(origin) + " was never committed");
    }
  }
  if (lost == 0) return;
  verdict.answer = Answer::Violated;
  verdict.reason = lost == 1 ? verdict.details.front() : counted(lost, "result") + " never committed";
}

}  // namespace weir::properties
