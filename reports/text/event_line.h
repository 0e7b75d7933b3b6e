#pragma once

// Trace events in words, the same on a terminal, in the page's table and in the picture's tool tips.

#include <string>

#include "history/jobs.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/trace.h"

namespace weir::reports {

// The fields: "checkpoint 3, attempt 1, 4,096 bytes".
std::string event_words(const sim::TraceEvent& event, const engine::ExecutionGraph& graph);
// Name of the kind: "ack-sent".
std::string event_name(const sim::TraceEvent& event);

// Fixed columns: virtual time, actor, event, fields in words. No line break.
class EventLines {
 public:
  explicit EventLines(Jobs jobs);
  // `index`: of the event in its trace.
  std::string line(const sim::TraceEvent& event, std::size_t index) const;
  // One sentence for a tool tip or a screen reader: "350.012345ms totals/0 ack-sent: checkpoint 3, attempt 1".
  std::string sentence(const sim::TraceEvent& event, std::size_t index) const;

 private:
  Jobs jobs_;
  std::size_t actor_width_;
};

}  // namespace weir::reports
