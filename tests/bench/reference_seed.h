#pragma once

// The reference seed of the benchmarks: 4 sources of 1,000 records → map → keyed count → sink, four subtasks each,
// about ten checkpoints and exactly three crashes, 32 records a segment, properties on line. Small costs of everything
// that follows a crash keep virtual time short; they do not show in real time.

#include <cstdint>

#include "weir/engine/options.h"
#include "weir/scenarios/run_spec.h"
#include "weir/scenarios/runner.h"

namespace weir::bench {

inline constexpr std::uint64_t kReferenceCrashes = 3;

scenarios::RunSpec reference_spec(engine::StateBackendKind backend);  // without its seed's faults
// Places the crashes for a seed: each in a third of the time of a run without crashes, so that all of them strike.
void set_seed(scenarios::RunSpec& spec, std::uint64_t seed);

// What a number of seeds did.
struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t scheduler_events = 0;
  std::uint64_t trace_events = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t restarts = 0;
  std::uint64_t hash = 0;  // over all trace hashes, in order
  double per_seed(std::uint64_t count) const { return static_cast<double>(count) / static_cast<double>(seeds); }
};
// Sums; the hash of the sum is that of `into`.
void add(Totals& into, const Totals& more);

// One thread's runner. A seed that does not hold, or one whose crashes did not all take effect, ends the program with
// the line that replays it: a benchmark of wrong results is worth nothing.
class ReferenceRunner {
 public:
  explicit ReferenceRunner(engine::StateBackendKind backend, bool unaligned = false);
  void run(std::uint64_t seed);
  void run(std::uint64_t first_seed, std::uint64_t seeds);
  void warm_up();  // memory is reused from run to run: the first seeds pay for it
  const Totals& totals() const { return totals_; }
  void reset_totals() { totals_ = {}; }
  const scenarios::RunSpec& spec() const { return spec_; }  // of the last seed
  const sim::Trace& trace() const { return runner_.trace(); }

 private:
  scenarios::JobCatalogue catalogue_;
  scenarios::Runner runner_;
  scenarios::RunSpec spec_;
  Totals totals_;
};

}  // namespace weir::bench
