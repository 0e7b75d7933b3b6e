// Memory of the reference seed. Apart from bench_reference, so that counting does not cost the seeds that are timed.
// Prints one line of `name=value`.
//
//   usage: bench_memory bytes [heap|rocksdb]         heap bytes of a running seed
//          bench_memory growth SEEDS [heap|rocksdb]  resident memory after a warm-up and after SEEDS seeds more
//          bench_memory allocations [heap|rocksdb]   calls of operator new a seed, in steady state

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "bench/bare_runner.h"
#include "bench/counting_new.h"
#include "bench/reference_seed.h"
#include "weir/properties/property.h"

namespace {

using namespace weir;
using namespace weir::bench;
using engine::StateBackendKind;

constexpr std::uint64_t kSeeds = 100;
constexpr std::uint64_t kGrowthWarmUp = 200;

double kib(std::uint64_t bytes) { return static_cast<double>(bytes) / 1024; }

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  std::uint64_t size = 0, resident = 0;
  if (file == nullptr || std::fscanf(file, "%" SCNu64 " %" SCNu64, &size, &resident) != 2) std::abort();
  std::fclose(file);
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// Graph, input and reference outcome: one of each for all threads of a campaign.
std::uint64_t shared_bytes() {
  const std::uint64_t before = live_bytes();
  scenarios::RunSpec spec = reference_spec(StateBackendKind::Heap);
  const auto job = scenarios::JobCatalogue::built_in().resolve(spec.job);
  if (!job.ok()) std::abort();
  const auto& graph = job.value().graph;
  const auto reference =
      properties::make_reference(std::shared_ptr<const engine::JobGraph>(graph, &graph->job()), job.value().workload);
  return live_bytes() - before;
}

// Everything is counted from before the runner was made: what a process with one thread needs.
int measure_bytes(StateBackendKind backend) {
  const std::uint64_t shared = shared_bytes();
  const std::uint64_t before = live_bytes();
  ReferenceRunner runner(backend);
  runner.warm_up();
  const std::uint64_t between_seeds = live_bytes() - before;
  reset_peak();
  runner.run(1, kSeeds);
  std::printf("bytes peak_kib=%.0f between_seeds_kib=%.0f shared_kib=%.0f\n", kib(peak_bytes() - before),
              kib(between_seeds), kib(shared));
  return 0;
}

int measure_growth(StateBackendKind backend, std::uint64_t seeds) {
  ReferenceRunner runner(backend);
  runner.run(1, kGrowthWarmUp);
  const std::uint64_t warm = resident_bytes();
  runner.run(1 + kGrowthWarmUp, seeds);
  const std::uint64_t after = resident_bytes();
  std::printf("growth seeds=%" PRIu64 " warm_kib=%.0f after_kib=%.0f growth_kib=%.0f\n", seeds, kib(warm), kib(after),
              kib(after) - kib(warm));
  return 0;
}

int count_allocations(StateBackendKind backend) {
  ReferenceRunner runner(backend);
  BareRunner bare(backend);
  runner.warm_up();
  bare.run(1, kSeeds);
  const std::uint64_t start = allocations();
  runner.run(1, kSeeds);
  const std::uint64_t middle = allocations();
  bare.run(1, kSeeds);
  const double whole = runner.totals().per_seed(middle - start);
  const double simulation = runner.totals().per_seed(allocations() - middle);
  const double events = runner.totals().per_seed(runner.totals().scheduler_events);
  std::printf("allocations per_seed=%.0f per_event=%.3f simulation_per_seed=%.0f simulation_per_event=%.3f\n", whole,
              whole / events, simulation, simulation / events);
  return 0;
}

int usage() {
  std::fputs("usage: bench_memory bytes|allocations [heap|rocksdb] | growth SEEDS [heap|rocksdb]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const std::string_view mode = arguments.empty() ? "" : arguments[0];
  const StateBackendKind backend =
      argc > 1 && arguments.back() == "rocksdb" ? StateBackendKind::RocksDb : StateBackendKind::Heap;
  if (mode == "bytes") return measure_bytes(backend);
  if (mode == "growth" && argc >= 3) return measure_growth(backend, std::strtoull(argv[2], nullptr, 10));
  if (mode == "allocations") return count_allocations(backend);
  return usage();
}
