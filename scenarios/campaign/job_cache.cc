#include "campaign/job_cache.h"

#include "campaign/guarded.h"

namespace weir::scenarios {
namespace {

constexpr std::size_t kMostKept = 8;  // shrinking tries many workloads

}  // namespace

std::shared_ptr<const PreparedJob> JobCache::find(const JobRef& ref, const sim::Workload* input) const {
  for (const Known& known : known_) {
    if (known.input == input && (known.asked == ref || known.job->ref == ref)) return known.job;
  }
  return nullptr;
}

void JobCache::keep(const JobRef& asked, const sim::Workload* input, std::shared_ptr<const PreparedJob> job) {
  if (known_.size() == kMostKept) known_.erase(known_.begin());
  known_.push_back({asked, input, std::move(job)});
}

// One thread resolves while the others that need a job wait: they would need the same one.
engine::Result<std::shared_ptr<const PreparedJob>> JobCache::get(const JobRef& ref) { return prepare(ref, nullptr); }

engine::Result<std::shared_ptr<const PreparedJob>> JobCache::get_on_input_of(const JobRef& ref,
                                                                             const PreparedJob& first) {
  return prepare(ref, &first);
}

engine::Result<std::shared_ptr<const PreparedJob>> JobCache::prepare(const JobRef& ref, const PreparedJob* first) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const sim::Workload* const input = first == nullptr ? nullptr : first->job.workload.get();
  if (auto found = find(ref, input)) return found;
  PreparedJob made;
  made.ref = ref;
  auto resolved = catalogue_.resolve(made.ref);
  if (!resolved.ok()) return resolved.status();
  made.job = std::move(resolved).value();
  if (first != nullptr) made.job.workload = first->job.workload;
  std::shared_ptr<const engine::JobGraph> graph(made.job.graph, &made.job.graph->job());
  RunSpec spec;
  spec.job = ref;
  made.reference = guarded(spec, "running job '" + ref.name + "' once without faults, to know its results",
                           [&] { return properties::make_reference(std::move(graph), made.job.workload); });
  auto shared = std::make_shared<const PreparedJob>(std::move(made));
  keep(ref, input, shared);
  return std::shared_ptr<const PreparedJob>(shared);
}

}  // namespace weir::scenarios
