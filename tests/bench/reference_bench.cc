// Speed of the reference seed. Every seed has to hold; one that does not ends the program with the line that replays
// it. Prints one line of `name=value`.
//
//   usage: bench_reference seeds THREADS SECONDS [heap|rocksdb]   throughput
//          bench_reference fixed SEEDS [heap|rocksdb|unaligned]   exactly the seeds 1..SEEDS on one thread, no clock
//          bench_reference trace                                  what recording and hashing the trace costs
//          bench_reference phases                                 with and without the properties on line

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/bare_runner.h"
#include "bench/clocks.h"
#include "bench/reference_seed.h"
#include "weir/sim/trace.h"

namespace {

using namespace weir;
using namespace weir::bench;
using engine::StateBackendKind;

const char* name(StateBackendKind backend) { return backend == StateBackendKind::Heap ? "heap" : "rocksdb"; }

struct Share {
  Totals totals;
  double wall = 0;
  double cpu = 0;
};

// The seeds of one thread, 1 + index, 1 + index + threads, ..., until the time is over; all threads start together.
Share run_share(StateBackendKind backend, std::uint64_t index, std::uint64_t threads, double seconds,
                std::latch& start) {
  ReferenceRunner runner(backend);
  runner.warm_up();
  start.arrive_and_wait();
  const double wall = wall_seconds();
  const double cpu = cpu_seconds();
  for (std::uint64_t seed = 1 + index; wall_seconds() - wall < seconds; seed += threads) runner.run(seed);
  return {runner.totals(), wall_seconds() - wall, cpu_seconds() - cpu};
}

std::vector<Share> run_shares(StateBackendKind backend, std::uint64_t threads, double seconds) {
  std::latch start(static_cast<std::ptrdiff_t>(threads));
  std::vector<Share> shares(threads);
  std::vector<std::jthread> others;
  for (std::uint64_t i = 1; i < threads; ++i) {
    others.emplace_back([&, i] { shares[i] = run_share(backend, i, threads, seconds, start); });
  }
  shares[0] = run_share(backend, 0, threads, seconds, start);
  others.clear();
  return shares;
}

int measure_seeds(StateBackendKind backend, std::uint64_t threads, double seconds) {
  Totals all;
  double cpu = 0;
  double wall = 0;
  double rate = 0;
  for (const Share& share : run_shares(backend, threads, seconds)) {
    add(all, share.totals);
    cpu += share.cpu;
    wall += share.wall;
    rate += static_cast<double>(share.totals.seeds) / share.wall;
  }
  std::printf("seeds backend=%s threads=%" PRIu64 " us_per_seed=%.1f seeds_per_s=%.1f cpu_percent=%.1f", name(backend),
              threads, cpu * 1e6 / static_cast<double>(all.seeds), rate, cpu / wall * 100);
  std::printf(" events=%.0f trace_events=%.0f checkpoints=%.2f crashes=%" PRIu64 " restarts=%.2f\n",
              all.per_seed(all.scheduler_events), all.per_seed(all.trace_events), all.per_seed(all.checkpoints),
              kReferenceCrashes, all.per_seed(all.restarts));
  return 0;
}

int run_fixed(StateBackendKind backend, bool unaligned, std::uint64_t seeds) {
  ReferenceRunner runner(backend, unaligned);
  runner.run(1, seeds);
  std::printf("fixed backend=%s seeds=%" PRIu64 " events=%" PRIu64 " hash=%016" PRIx64 "\n",
              unaligned ? "heap-unaligned" : name(backend), seeds, runner.totals().scheduler_events,
              runner.totals().hash);
  return 0;
}

constexpr int kRounds = 9;
constexpr std::uint64_t kSeedsPerRound = 100;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Seconds a seed, over the seeds of one round.
template <class Work>
double seconds_per_seed(Work&& work) {
  const double start = cpu_seconds();
  for (std::uint64_t seed = 1; seed <= kSeedsPerRound; ++seed) work(seed);
  return (cpu_seconds() - start) / kSeedsPerRound;
}

void append_all(sim::Trace& trace, std::uint64_t seed, const std::vector<sim::TraceEvent>& events) {
  trace.clear(seed);
  for (const sim::TraceEvent& event : events) trace.append(event);
}

// Appends what a seed recorded once more, to a trace whose memory is in use already, and compares with the whole seed.
int measure_trace() {
  ReferenceRunner runner(StateBackendKind::Heap);
  runner.warm_up();
  runner.run(1);
  const std::vector<sim::TraceEvent> events = runner.trace().events();
  const std::uint64_t hash = runner.trace().hash();
  sim::Trace again;
  std::vector<double> seed_s, append_s, share;
  for (int round = 0; round < kRounds; ++round) {
    seed_s.push_back(seconds_per_seed([&](std::uint64_t) { runner.run(1); }));
    append_s.push_back(seconds_per_seed([&](std::uint64_t) { append_all(again, 1, events); }));
    share.push_back(append_s.back() / seed_s.back());
  }
  if (again.hash() != hash) return std::puts("the same events gave another hash"), 1;
  std::printf("trace trace_events=%zu ns_per_event=%.2f us_per_seed=%.1f share_percent=%.2f\n", events.size(),
              median(append_s) * 1e9 / static_cast<double>(events.size()), median(seed_s) * 1e6, median(share) * 100);
  return 0;
}

int measure_phases() {
  ReferenceRunner runner(StateBackendKind::Heap);
  BareRunner bare(StateBackendKind::Heap);
  runner.warm_up();
  std::vector<double> whole, alone, share;
  for (int round = 0; round < kRounds; ++round) {
    whole.push_back(seconds_per_seed([&](std::uint64_t seed) { runner.run(seed); }));
    alone.push_back(seconds_per_seed([&](std::uint64_t seed) { bare.run(seed); }));
    share.push_back(1 - alone.back() / whole.back());
  }
  std::printf("phases us_per_seed=%.1f us_simulation=%.1f properties_percent=%.1f\n", median(whole) * 1e6,
              median(alone) * 1e6, median(share) * 100);
  return 0;
}

int usage() {
  std::fputs(
      "usage: bench_reference seeds THREADS SECONDS [heap|rocksdb] | fixed SEEDS [heap|rocksdb|unaligned] | trace | phases\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const std::string_view mode = arguments.empty() ? "" : arguments[0];
  const StateBackendKind backend =
      argc > 1 && arguments.back() == "rocksdb" ? StateBackendKind::RocksDb : StateBackendKind::Heap;
  const std::uint64_t count = argc >= 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const double seconds = argc >= 4 ? std::strtod(argv[3], nullptr) : 0;
  if (mode == "seeds" && count > 0 && seconds > 0) return measure_seeds(backend, count, seconds);
  if (mode == "fixed" && count > 0) return run_fixed(backend, arguments.back() == "unaligned", count);
  if (mode == "trace") return measure_trace();
  if (mode == "phases") return measure_phases();
  return usage();
}
