#pragma once

// Seeds of the reference run by the simulation alone, nobody watching: what is left are engine, world and trace.

#include <cstdint>
#include <utility>

#include "bench/reference_seed.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/sim/simulation.h"

namespace weir::bench {

class BareRunner {
 public:
  explicit BareRunner(engine::StateBackendKind backend) : spec_(reference_spec(backend)) {
    auto resolved = scenarios::JobCatalogue::built_in().resolve(spec_.job);
    WEIR_ASSERT(resolved.ok(), resolved.status().message());
    job_ = std::move(resolved).value();
  }
  void run(std::uint64_t seed) {
    set_seed(spec_, seed);
    simulation_.run({{job_.graph, spec_.options}, job_.workload, {}, spec_.world}, nullptr);
  }
  void run(std::uint64_t first_seed, std::uint64_t seeds) {
    for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) run(seed);
  }

 private:
  scenarios::RunSpec spec_;
  scenarios::ResolvedJob job_;
  sim::Simulation simulation_;
};

}  // namespace weir::bench
