#pragma once

// Generated input: deterministic, from the reference's workload seed alone.

#include <cstdint>
#include <functional>
#include <string>

#include "weir/scenarios/run_spec.h"
#include "weir/sim/random.h"

namespace weir::scenarios {

// A pronounceable word, different for each number.
std::string nth_word(std::uint64_t n);

// A topic of `ref.records` records, dealt to `ref.parallelism` partitions in turn. `make` draws the next record.
sim::Topic generated_topic(std::string name, const JobRef& ref,
                           const std::function<engine::Bytes(sim::RandomStream&)>& make);

}  // namespace weir::scenarios
