#pragma once

// Processes that stand still: what happens to one of them waits, in its order, until it goes on, and then comes before
// anything else. Decides only.

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "weir/engine/types.h"
#include "weir/sim/event_queue.h"

namespace weir::sim {

using engine::ProcessId;

class Pauses {
 public:
  void reset();
  // The process stands still until `end`, at least; what is already waiting for that keeps waiting.
  void begin(ProcessId process, std::int64_t end);
  bool any() const { return !paused_.empty(); }
  bool paused(ProcessId process) const { return paused_.count(process) != 0; }
  bool over(ProcessId process, std::int64_t now) const { return paused(process) && paused_.at(process).end <= now; }
  // It goes on, or died: what waited for it is due. So many events.
  std::size_t end(ProcessId process);
  std::vector<ProcessId> all() const;  // that stand still, ascending

  void hold(ProcessId process, const QueuedEvent& event) { paused_.at(process).held.push_back(event); }
  bool has_due() const { return !due_.empty(); }
  QueuedEvent take_due();

 private:
  struct State {
    std::int64_t end = 0;
    std::vector<QueuedEvent> held;
  };
  std::map<ProcessId, State> paused_;
  std::deque<QueuedEvent> due_;
};

}  // namespace weir::sim
