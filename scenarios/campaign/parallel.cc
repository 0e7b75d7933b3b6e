#include "campaign/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weir::scenarios {
namespace {

class Items {
 public:
  explicit Items(std::size_t count) : count_(count) {}

  void work(const ItemWorker& worker, const std::function<void(std::size_t)>* done) {
    for (;;) {
      if (stop_.load(std::memory_order_relaxed)) return;
      const std::size_t item = next_.fetch_add(1, std::memory_order_relaxed);
      if (item >= count_) return;
      try {
        worker(item);
      } catch (...) {
        return fail(item, std::current_exception());
      }
      const std::size_t finished = done_.fetch_add(1, std::memory_order_relaxed) + 1;
      if (done != nullptr) (*done)(finished);
    }
  }
  // After all threads ended.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  // Items before a failed one have all begun, so that the smallest failed one is the same for any number of threads.
  void fail(std::size_t item, std::exception_ptr error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_.store(true, std::memory_order_relaxed);
    if (item >= failed_) return;
    failed_ = item;
    error_ = std::move(error);
  }

  std::size_t count_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::size_t failed_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr error_;
};

}  // namespace

std::uint32_t thread_count(std::uint32_t wanted) {
  return wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
}

void for_each_item(std::size_t items, std::uint32_t threads, const std::function<ItemWorker()>& make_worker,
                   const std::function<void(std::size_t)>& done) {
  Items all(items);
  std::vector<ItemWorker> workers;
  for (std::size_t i = 0; i < std::clamp<std::size_t>(items, 1, thread_count(threads)); ++i)
    workers.push_back(make_worker());
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < workers.size(); ++i) {
      others.emplace_back([&all, &worker = workers[i]] { all.work(worker, nullptr); });
    }
    all.work(workers.front(), &done);
  }
  all.rethrow();
}

}  // namespace weir::scenarios
