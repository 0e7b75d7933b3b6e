#include <algorithm>
#include <utility>

#include "campaign/cause.h"
#include "shrink/simplify.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

using engine::Status;
using engine::StatusCode;

constexpr std::uint32_t kMostAttempts = 600;

std::string violated_in(const RunResult& result) {
  std::string names;
  for (const properties::Verdict& verdict : result.verdicts) {
    if (verdict.answer == properties::Answer::Violated) names += (names.empty() ? "" : ", ") + verdict.property;
  }
  return names;
}

using Simplify = std::vector<Candidate> (*)(const RunSpec&);

class Shrinker {
 public:
  Shrinker(const JobCatalogue& catalogue, std::string property, const Progress& progress)
      : runner_(catalogue), progress_(progress), property_(std::move(property)) {}

  engine::Result<ShrinkResult> run(const RunSpec& failing) {
    auto first = runner_.run(failing);
    if (!first.ok()) return first.status();
    if (first.value().answer != properties::Answer::Violated) {
      return Status(StatusCode::NotFound, "the run violates no property, so there is nothing to shrink");
    }
    if (property_.empty()) property_ = decisive(first.value())->property;
    if (!violates(first.value(), property_)) {
      return Status(StatusCode::NotFound,
                    "the run does not violate " + property_ + "; it violates " + violated_in(first.value()));
    }
    result_.smallest = std::move(first).value();
    shrink_to_fixpoint();
    return std::move(result_);
  }

 private:
  const RunSpec& spec() const { return result_.smallest.spec; }
  bool exhausted() const { return result_.attempts >= kMostAttempts; }

  // Fewer records or subtasks can make another fault needless, so the rounds repeat while they gain something.
  void shrink_to_fixpoint() {
    std::size_t steps_before = 0;
    do {
      steps_before = result_.steps.size();
      drop_faults();
      take_while_it_helps(smaller_workloads);
      take_while_it_helps(smaller_topologies);
      take_while_it_helps(simpler_settings);
    } while (result_.steps.size() != steps_before && !exhausted());
    take_while_it_helps(simpler_faults);
    drop_faults();
  }

  // Chunks of half the plan first, then ever smaller ones; at the end no single fault can be left out.
  void drop_faults() {
    for (std::size_t chunk = std::max<std::size_t>(1, (spec().world.faults.size() + 1) / 2);; chunk = (chunk + 1) / 2) {
      while (drop_one_chunk(chunk)) {
      }
      if (chunk == 1) return;
    }
  }
  bool drop_one_chunk(std::size_t chunk) {
    const std::size_t faults = spec().world.faults.size();
    for (std::size_t first = 0; first < faults; first += chunk) {
      if (keep_if_failing(without_faults(spec(), first, std::min(chunk, faults - first)))) return true;
    }
    return false;
  }

  void take_while_it_helps(Simplify simplify) {
    for (bool gained = true; gained && !exhausted();) {
      gained = false;
      for (Candidate& candidate : simplify(spec())) {
        gained = keep_if_failing(std::move(candidate));
        if (gained) break;
      }
    }
  }

  // A candidate that does not even run, because a fault aims at what is gone, is none.
  bool keep_if_failing(Candidate candidate) {
    if (exhausted()) return false;
    ++result_.attempts;
    if (progress_) progress_(result_.attempts, kMostAttempts, result_.steps.size());
    auto tried = runner_.run(candidate.spec);
    if (!tried.ok() || !violates(tried.value(), property_)) return false;
    result_.smallest = std::move(tried).value();
    result_.steps.push_back(std::move(candidate.step));
    return true;
  }

  Runner runner_;
  const Progress& progress_;
  std::string property_;
  ShrinkResult result_;
};

}  // namespace

engine::Result<ShrinkResult> shrink(const JobCatalogue& catalogue, const RunSpec& failing, const std::string& property,
                                    const Progress& progress) {
  return Shrinker(catalogue, property, progress).run(failing);
}

}  // namespace weir::scenarios
