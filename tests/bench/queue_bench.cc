// Hold model: pop the next event, push one at a later time, with 100 and 10,000 pending. Prints nanoseconds an event
// for std::priority_queue of a 24-byte POD and for weir's queue, and the median ratio of interleaved rounds.
//   usage: bench_queue [rounds=9]

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>

#include "weir/sim/event_queue.h"
#include "weir/sim/random.h"

namespace {

struct Pod {
  std::uint64_t time;
  std::uint64_t sequence;
  std::uint64_t target;
  bool operator<(const Pod& other) const { return time != other.time ? time > other.time : sequence > other.sequence; }
};

constexpr std::size_t kDelays = 1u << 14;  // drawn beforehand, so that only the queue is measured

std::vector<std::uint64_t> make_delays() {
  weir::sim::RandomStream random(7, "bench/delay");
  std::vector<std::uint64_t> delays(kDelays);
  for (auto& delay : delays) delay = 1 + random.below(2'000'000);
  return delays;
}

class StandardQueue {
 public:
  void push(std::uint64_t time, std::uint64_t target) { queue_.push({time, sequence_++, target}); }
  std::pair<std::uint64_t, std::uint64_t> pop() {
    const Pod top = queue_.top();
    queue_.pop();
    return {top.time, top.target};
  }

 private:
  std::priority_queue<Pod> queue_;
  std::uint64_t sequence_ = 0;
};

class WeirQueue {
 public:
  void push(std::uint64_t time, std::uint64_t target) {
    queue_.push({.time = static_cast<std::int64_t>(time), .a = target}, 0);
  }
  std::pair<std::uint64_t, std::uint64_t> pop() {
    const weir::sim::QueuedEvent e = queue_.pop();
    return {static_cast<std::uint64_t>(e.time), e.a};
  }

 private:
  weir::sim::EventQueue queue_;
};

struct Measured {
  double ns_per_event;
  std::uint64_t checksum;
};

template <class Queue>
Measured hold(std::size_t pending, std::size_t events, const std::vector<std::uint64_t>& delays) {
  Queue queue;
  std::size_t next = 0;
  auto delay = [&] { return delays[next++ & (kDelays - 1)]; };
  for (std::size_t i = 0; i < pending; ++i) queue.push(delay(), i);
  std::uint64_t checksum = 0;
  auto step = [&] {
    const auto [time, target] = queue.pop();
    checksum = (checksum ^ time ^ target) * 0x9E3779B97F4A7C15ull;
    queue.push(time + delay(), target);
  };
  for (std::size_t i = 0; i < events / 2; ++i) step();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < events; ++i) step();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return {took.count() / static_cast<double>(events), checksum};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  const auto delays = make_delays();
  for (const std::size_t pending : {std::size_t{100}, std::size_t{10'000}}) {
    std::vector<double> standard, own, ratio;
    for (int round = 0; round < rounds; ++round) {
      const Measured s = hold<StandardQueue>(pending, 2'000'000, delays);
      const Measured w = hold<WeirQueue>(pending, 2'000'000, delays);
      if (s.checksum != w.checksum) return std::puts("the queues disagree about the order of events"), 1;
      standard.push_back(s.ns_per_event);
      own.push_back(w.ns_per_event);
      ratio.push_back(w.ns_per_event / s.ns_per_event);
    }
    std::printf("queue pending=%zu std::priority_queue %.1f ns  weir %.1f ns  ratio %.2f\n", pending, median(standard),
                median(own), median(ratio));
  }
  return 0;
}
