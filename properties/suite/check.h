#pragma once

// One property inside the suite: told about the events it watches, then asked for its verdict.

#include <cstdint>
#include <span>
#include <string>

#include "history/history.h"
#include "reference/reference.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"
#include "weir/properties/property.h"
#include "weir/sim/simulation.h"
#include "weir/sim/trace.h"

namespace weir::properties {

// What a property may know of the run it is about to watch. Outlives the run.
struct RunContext {
  const engine::ExecutionGraph* graph = nullptr;
  engine::JobOptions options;
  const Reference* reference = nullptr;  // null: nothing to compare with
  const History* history = nullptr;      // has taken in an event before any check sees it
  // Of a further job of the run:
  std::uint32_t stage = 0;
  engine::CheckpointId restored{};  // what it starts from; 0: the beginning
  bool claimed = false;             // its files are the job's
  std::string directory = {};       // of the job in checkpoint storage
};

// Checkpoints are cuts, so that a restored job goes on as if nothing had happened; else records may count twice
// (BA-18).
inline bool promises_exactly_once(const RunContext& context) {
  return context.options.checkpoint.mode == engine::CheckpointingMode::ExactlyOnce;
}

class Check {
 public:
  virtual ~Check() = default;
  virtual const PropertyInfo& info() const = 0;
  // Kinds of events that `on_event` is called for; constant.
  virtual std::span<const sim::TraceKind> watched() const = 0;
  // Starts over, keeping memory. False: the property does not apply to this job and is not asked again.
  virtual bool begin(const RunContext& context) = 0;
  virtual void on_event(const sim::TraceEvent& event, std::uint32_t index) = 0;
  virtual void before_stage() {}  // the last moment at which the history is that of the job before
  // Another job goes on where the one before was stopped; subtasks and channels mean its own from here on.
  virtual void on_stage(const RunContext& context) = 0;
  // Fills everything but the name; the verdict comes in as `holds`.
  virtual void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) = 0;
};

}  // namespace weir::properties
