#pragma once

// Background jobs of one RocksDB, first in first out. RocksDB queues them with its mutex held, so they never run inside
// `push`; the owner of the backend decides when the next one runs.

#include <deque>

#include "state/backend_factory.h"

namespace weir::engine {

class JobQueue final : public BackgroundWork {
 public:
  using Function = void (*)(void*);
  struct Job {
    Function run;
    void* argument;
    void* tag;
    int pool;
    Function give_up;  // called instead of `run` when the job is taken back; may be null
  };

  explicit JobQueue(BackgroundExecutor& executor) : executor_(&executor) {}

  void push(const Job& job);
  int take_back(const void* tag, int pool);  // how many
  bool run_one() override;
  std::size_t size() const { return jobs_.size(); }
  void stop_announcing() { executor_ = nullptr; }

 private:
  BackgroundExecutor* executor_;
  std::deque<Job> jobs_;
};

}  // namespace weir::engine
