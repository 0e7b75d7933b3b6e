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

 private:
  std::shared_ptr<const PreparedJob> find(const JobRef& ref) const;
  void keep(const JobRef& asked, std::shared_ptr<const PreparedJob> job);

  struct Known {
    JobRef asked;  // as it was asked for: the hash may still be unknown
    std::shared_ptr<const PreparedJob> job;
  };
  const JobCatalogue& catalogue_;
  std::mutex mutex_;
  std::vector<Known> known_;  // oldest first
};

}  // namespace weir::scenarios
