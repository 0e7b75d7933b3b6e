#pragma once

// Pieces of work handed out to threads, and what went wrong first.

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "weir/engine/status.h"

namespace weir::scenarios {

class SharedWork {
 public:
  explicit SharedWork(std::size_t pieces) : pieces_(pieces) {}

  // `make_worker()` is called once a thread and gives a function from the number of a piece to a Status. `threads`: 0:
  // as many as cores. Returns when all are done; the calling thread works too.
  template <class MakeWorker>
  void run(std::uint32_t threads, const MakeWorker& make_worker) {
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> others;
    for (std::uint32_t i = 1; i < threads; ++i) others.emplace_back([&] { work(make_worker()); });
    work(make_worker());
  }
  // After `run`; throws what a worker threw.
  engine::Status outcome() const {
    if (error_) std::rethrow_exception(error_);
    return status_;
  }

 private:
  template <class Worker>
  void work(Worker worker) {
    try {
      for (std::size_t piece = next_++; piece < pieces_ && !stop_; piece = next_++) {
        engine::Status status = worker(piece);
        if (!status.ok()) fail(std::move(status), nullptr);
      }
    } catch (...) {
      fail({}, std::current_exception());
    }
  }
  void fail(engine::Status status, std::exception_ptr error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stop_.exchange(true)) return;
    status_ = std::move(status);
    error_ = std::move(error);
  }

  std::size_t pieces_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  engine::Status status_;
  std::exception_ptr error_;
};

}  // namespace weir::scenarios
