#include "delivery/exactly_once.h"

#include <algorithm>

namespace weir::properties {
namespace {

constexpr sim::TraceKind kWatched[] = {sim::WorldEventKind::LogVisible};

std::string times(std::uint64_t n) {
  if (n == 1) return "once";
  return n == 2 ? "twice" : std::to_string(n) + " times";
}

}  // namespace

std::span<const sim::TraceKind> ExactlyOnce::watched() const { return kWatched; }

bool ExactlyOnce::begin(const RunContext& context) {
  reference_ = context.reference;
  if (reference_ == nullptr || !reference_->job().commutative || !promises_exactly_once(context)) return false;
  expected_ = &reference_->expected();
  times_seen_.assign(expected_->size(), 0);
  seen_.clear();
  same_results_ = exact_ = true;
  repeated_ = foreign_ = 0;
  visible_at_ = kNever;
  last_topic_ = {};
  last_topic_number_ = expected_->topic_number(last_topic_);
  finding_.clear();
  return true;
}

void ExactlyOnce::on_event(const sim::TraceEvent&, std::uint32_t index) { visible_at_ = index; }

void ExactlyOnce::on_visible(const sim::VisibleRecord& record) {
  const std::uint32_t found = expected_->find(topic_number(record.topic), record.value);
  if (found == ExpectedRecords::kForeign) [[unlikely]]
    return report_foreign(record);
  if (++times_seen_[found] > expected_->count(found)) [[unlikely]]
    report_repeated(found, record.origin);
  seen_.push_back({record.origin, found, visible_at_});
}

std::uint32_t ExactlyOnce::topic_number(std::string_view topic) {
  const bool same_place = topic.data() == last_topic_.data() && topic.size() == last_topic_.size();
  if (!same_place && topic != last_topic_) [[unlikely]] {
    last_topic_ = topic;
    last_topic_number_ = expected_->topic_number(topic);
  }
  return last_topic_number_;
}

void ExactlyOnce::report_foreign(const sim::VisibleRecord& record) {
  ++foreign_;
  seen_.push_back({record.origin, ExpectedRecords::kForeign, visible_at_});
  if (!finding_.wants_detail()) return finding_.only_count();
  finding_.add(reference_->shown(record.topic, record.value) + from(record.origin) + " was committed to " +
                   std::string(record.topic) + ", though a fault-free run never produces it",
               {visible_at_});
}

// The first commit of the same value is the other half of the story; of the same origin if there is one.
void ExactlyOnce::report_repeated(std::uint32_t record, engine::Origin origin) {
  ++repeated_;
  if (!finding_.wants_detail()) return finding_.only_count();
  const Seen* before = nullptr;
  for (const Seen& seen : seen_) {
    if (seen.record != record) continue;
    if (before == nullptr || (before->origin != origin && seen.origin == origin)) before = &seen;
  }
  const std::uint32_t count = times_seen_[record];
  std::string told = shown(record) + from(origin) + " was committed " + times(count);
  if (expected_->count(record) > 1) told += " instead of " + times(expected_->count(record));
  if (before->origin != origin) told += ", before" + from(before->origin);
  finding_.add(std::move(told), {before->at, visible_at_});
}

// Results are compared with those of the first job; a further one that is meant to give others ends that.
void ExactlyOnce::on_stage(const RunContext& context) {
  exact_ = exact_ && promises_exactly_once(context);
  same_results_ = same_results_ && context.reference != nullptr && context.reference->expected().same(*expected_);
}

void ExactlyOnce::judge(const sim::RunOutcome& outcome, const sim::Trace&, Verdict& verdict) {
  if (!same_results_ || !exact_) {
    verdict.answer = Answer::Inconclusive;
    verdict.reason = exact_
                         ? "a further job of the run computes other results than the first one, so that neither's are "
                           "known"
                         : "a further job of the run promises at-least-once only";
    return;
  }
  const bool finished = outcome.end == sim::RunEnd::JobFinished;
  const std::uint64_t missing = finished ? lost() : 0;
  finding_.conclude(verdict);
  if (missing > 0) verdict.answer = Answer::Violated;
  if (finished && verdict.answer == Answer::Violated) {
    const std::vector<Surplus> surplus = compare_origins();
    tell_losses(verdict, surplus);
    tell_culprits(verdict, surplus);
  }
  if (verdict.answer == Answer::Violated) {
    const bool single = finding_.count() + missing == 1;
    verdict.reason = single ? verdict.details.front() : summary(missing);
  } else if (!finished && outcome.end != sim::RunEnd::JobStopped) {
    verdict.answer = Answer::Inconclusive;
    verdict.reason = outcome.end == sim::RunEnd::JobLost
                         ? std::string(kJobLost)
                         : "the job did not finish, so results that are missing may only be late";
  }
}

std::string ExactlyOnce::summary(std::uint64_t missing) const {
  std::string told;
  const auto add = [&](std::uint64_t n, const char* what) {
    if (n > 0) told += (told.empty() ? "" : "; ") + counted(n, "result") + what;
  };
  add(repeated_, " committed more often than expected");
  add(foreign_, " committed that no fault-free run produces");
  add(missing, " never committed");
  return told;
}

std::uint64_t ExactlyOnce::lost() const {
  std::uint64_t missing = 0;
  for (std::uint32_t r = 0; r < expected_->size(); ++r) {
    missing += expected_->count(r) - std::min(expected_->count(r), times_seen_[r]);
  }
  return missing;
}

std::vector<ExactlyOnce::Surplus> ExactlyOnce::compare_origins() const {
  std::vector<Surplus> all;
  all.reserve(seen_.size() + expected_->total());
  for (const Seen& seen : seen_) all.push_back({seen.origin, 1});
  for (const engine::Origin origin : expected_->all_origins()) all.push_back({origin, -1});
  std::sort(all.begin(), all.end(), [](const Surplus& a, const Surplus& b) { return a.origin < b.origin; });
  std::vector<Surplus> unequal;
  for (std::size_t i = 0; i < all.size();) {
    Surplus sum{all[i].origin, 0};
    for (; i < all.size() && all[i].origin == sum.origin; ++i) sum.difference += all[i].difference;
    if (sum.difference != 0) unequal.push_back(sum);
  }
  return unequal;
}

// Of the inputs that produce the lost value in the fault-free run, one that lost a result is named before any other.
void ExactlyOnce::tell_losses(Verdict& verdict, const std::vector<Surplus>& surplus) const {
  std::uint64_t told = 0;
  std::uint64_t untold = 0;
  for (std::uint32_t r = 0; r < expected_->size(); ++r) {
    if (times_seen_[r] >= expected_->count(r)) continue;
    if (told == kMaxDetails) {
      ++untold;
      continue;
    }
    const auto origins = expected_->origins(r);
    engine::Origin culprit = origins.front();
    for (const Surplus& s : surplus) {
      if (s.difference < 0 && std::binary_search(origins.begin(), origins.end(), s.origin)) {
        culprit = s.origin;
        break;
      }
    }
    std::string line = shown(r) + from(culprit) + " was never committed";
    if (expected_->count(r) > 1) {
      line = shown(r) + from(culprit) + " was committed " + std::to_string(times_seen_[r]) + " of " +
             std::to_string(expected_->count(r)) + " times";
    }
    verdict.details.push_back(std::move(line));
    ++told;
  }
  if (untold > 0) verdict.details.push_back("and " + std::to_string(untold) + " more values are missing");
}

void ExactlyOnce::tell_culprits(Verdict& verdict, const std::vector<Surplus>& surplus) const {
  for (std::size_t i = 0; i < surplus.size() && i < kMaxDetails; ++i) {
    const Surplus& s = surplus[i];
    const auto results = static_cast<std::uint64_t>(s.difference < 0 ? -s.difference : s.difference);
    verdict.details.push_back("input " + reference_->describe(s.origin) + ": " + counted(results, "result") +
                              (s.difference < 0 ? " too few" : " too many"));
  }
  if (surplus.size() > kMaxDetails) {
    verdict.details.push_back("and " + std::to_string(surplus.size() - kMaxDetails) +
                              " more inputs with too few or too many results");
  }
}

std::string ExactlyOnce::shown(std::uint32_t record) const {
  return reference_->shown(expected_->topic(record), expected_->value(record));
}

std::string ExactlyOnce::from(engine::Origin origin) const { return " from " + reference_->describe(origin); }

}  // namespace weir::properties
