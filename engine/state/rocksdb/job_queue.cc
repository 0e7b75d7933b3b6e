#include "state/rocksdb/job_queue.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace weir::engine {

void JobQueue::push(const Job& job) {
  jobs_.push_back(job);
  if (executor_ != nullptr) executor_->background_job_queued();
}

int JobQueue::take_back(const void* tag, int pool) {
  const auto others = [&](const Job& job) { return job.tag != tag || job.pool != pool; };
  const auto split = std::stable_partition(jobs_.begin(), jobs_.end(), others);
  const std::vector<Job> taken(split, jobs_.end());
  jobs_.erase(split, jobs_.end());
  for (const Job& job : taken) {
    if (job.give_up != nullptr) job.give_up(job.argument);
  }
  return static_cast<int>(taken.size());
}

bool JobQueue::run_one() {
  if (jobs_.empty()) return false;
  const Job job = jobs_.front();
  jobs_.pop_front();
  job.run(job.argument);
  return true;
}

}  // namespace weir::engine
