// Timers of a key group (timer_bytes.h), and raw keyed state around them (raw_keyed_bytes.h). Input: the content of raw
// keyed state, sealed again.

#include "fuzz_support.h"
#include "state/raw_keyed_bytes.h"
#include "time/timer_bytes.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{0xFFFF}};

void read_group(const RawState::Group& group) {
  TimerQueue event, processing;
  if (!read_timers(group, event, processing)) return;
  const auto written = write_timers(event, processing);
  TimerQueue event_again, processing_again;
  for (const RawState::Group& g : written) {
    must(g.group == group.group, "timers stay in their key group");
    must(read_timers(g, event_again, processing_again), "timers that were written can be read");
  }
  must(event_again.timers() == event.timers() && processing_again.timers() == processing.timers(),
       "timers are what they were");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size, 1024, std::size_t{1} << 21);  // written back, there is a size for every key group
  read_group({KeyGroup{5}, Bytes(view(data, size))});
  const Bytes bytes = resealed(view(data, size));
  std::vector<RawState::Group> groups;
  if (!read_raw_groups(bytes, kAll, groups).ok()) return 0;
  for (const RawState::Group& group : groups) read_group(group);
  if (groups.empty()) return 0;
  survives([&] {
    std::vector<RawState::Group> again;
    must(read_raw_groups(encode_raw_groups(kAll, groups), kAll, again).ok() && again == groups,
         "raw keyed state is what it was");
  });
  return 0;
}
