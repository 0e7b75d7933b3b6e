#include "campaign/job_cache.h"

#include "campaign/guarded.h"

namespace weir::scenarios {
namespace {

constexpr std::size_t kMostKept = 8;  // shrinking tries many workloads

}  // namespace

std::shared_ptr<const PreparedJob> JobCache::find(const JobRef& ref) const {
  for (const Known& known : known_) {
    if (known.asked == ref || known.job->ref == ref) return known.job;
  }
  return nullptr;
}

void JobCache::keep(const JobRef& asked, std::shared_ptr<const PreparedJob> job) {
  if (known_.size() == kMostKept) known_.erase(known_.begin());
  known_.push_back({asked, std::move(job)});
}

// One thread resolves while the others that need a job wait: they would need the same one.
engine::Result<std::shared_ptr<const PreparedJob>> JobCache::get(const JobRef& ref) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (auto found = find(ref)) return found;
  PreparedJob made;
  made.ref = ref;
  auto resolved = catalogue_.resolve(made.ref);
  if (!resolved.ok()) return resolved.status();
  made.job = std::move(resolved).value();
  std::shared_ptr<const engine::JobGraph> graph(made.job.graph, &made.job.graph->job());
  RunSpec spec;
  spec.job = ref;
  made.reference = guarded(spec, "running job '" + ref.name + "' once without faults, to know its results",
                           [&] { return properties::make_reference(std::move(graph), made.job.workload); });
  auto shared = std::make_shared<const PreparedJob>(std::move(made));
  keep(ref, shared);
  return std::shared_ptr<const PreparedJob>(shared);
}

}  // namespace weir::scenarios
