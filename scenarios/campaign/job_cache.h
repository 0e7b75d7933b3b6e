#pragma once

// What runs of the same job on the same input share.

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "weir/properties/property.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {

// A job ready to run; immutable.
struct PreparedJob {
  JobRef ref;  // with the hash of its input
  ResolvedJob job;
  std::shared_ptr<const properties::Reference> reference;
};

// Thread-safe. Keeps the last few jobs; who holds one keeps it alive.
class JobCache {
 public:
  explicit JobCache(const JobCatalogue& catalogue) : catalogue_(catalogue) {}
  engine::Result<std::shared_ptr<const PreparedJob>> get(const JobRef& ref);
  // The same for a job that follows `first` in a run, and goes on with its input.
  engine::Result<std::shared_ptr<const PreparedJob>> get_on_input_of(const JobRef& ref, const PreparedJob& first);

 private:
  engine::Result<std::shared_ptr<const PreparedJob>> prepare(const JobRef& ref, const PreparedJob* first);
  std::shared_ptr<const PreparedJob> find(const JobRef& ref, const sim::Workload* input) const;
  void keep(const JobRef& asked, const sim::Workload* input, std::shared_ptr<const PreparedJob> job);

  struct Known {
    JobRef asked;                // as it was asked for: the hash may still be unknown
    const sim::Workload* input;  // of another job; null: its own. Kept alive by `job`
    std::shared_ptr<const PreparedJob> job;
  };
  const JobCatalogue& catalogue_;
  std::mutex mutex_;
  std::vector<Known> known_;  // oldest first
};

}  // namespace weir::scenarios
