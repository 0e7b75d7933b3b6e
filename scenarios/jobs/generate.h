#pragma once

// Generated input: deterministic, from the reference's workload seed alone.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "weir/scenarios/run_spec.h"
#include "weir/sim/random.h"

namespace weir::scenarios {

// A pronounceable word, different for each number.
std::string nth_word(std::uint64_t n);

// Of each generated topic: as many as there are subtasks, unless the reference says otherwise.
std::uint32_t partitions_of(const JobRef& ref);

// A topic of `ref.records` records, dealt to its partitions in turn. `make` draws the next record.
sim::Topic generated_topic(std::string name, const JobRef& ref,
                           const std::function<engine::Bytes(sim::RandomStream&)>& make);

// Event times for the records of such a topic: every partition on its own is in the order of time, so that no record
// is late.
class EventTimes {
 public:
  // `most_between`: milliseconds from one record of a partition to the next.
  EventTimes(const JobRef& ref, std::uint64_t most_between)
      : clocks_(partitions_of(ref)), most_between_(most_between) {}
  std::int64_t next(sim::RandomStream& random);

 private:
  std::vector<std::int64_t> clocks_;  // by partition
  std::uint64_t most_between_;
  std::size_t made_ = 0;
};

// The same reference with one of `parts` of its records, at least one.
JobRef part_of(JobRef ref, std::uint64_t parts);

}  // namespace weir::scenarios
