#pragma once

// One run: the engine's processes in the world, under the scheduler, watched by an observer.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"
#include "weir/engine/processes.h"
#include "weir/sim/action.h"
#include "weir/sim/fault.h"
#include "weir/sim/trace.h"

namespace weir::sim {

enum class SchedulePolicy : std::uint8_t {
  Fifo,    // equal times in order of scheduling, no jitter: every latency is its minimum
  Random,  // ties in random order, latencies drawn
};
std::string_view name(SchedulePolicy policy);

// Latencies are drawn uniformly from [min, max]; all virtual.
struct LatencyRange {
  Duration min{};
  Duration max{};
  friend bool operator==(const LatencyRange&, const LatencyRange&) = default;
};

// The world of a run, as a value.
struct WorldSpec {
  std::uint64_t seed = 1;
  SchedulePolicy schedule = SchedulePolicy::Random;
  LatencyRange data{Duration{50'000}, Duration{180'000}};
  LatencyRange control{Duration{50'000}, Duration{180'000}};
  LatencyRange storage{Duration{20'000}, Duration{85'000}};  // plus 1 ns a byte
  Duration detect_loss{Duration{2'000'000}};                 // until peers notice a dead process or connection
  Duration storm{Duration{10'000'000'000}};                  // faults may strike until then
  Duration drain{Duration{60'000'000'000}};                  // from the end of the storm: bound for the job to finish
  FaultPlan faults;
  friend bool operator==(const WorldSpec&, const WorldSpec&) = default;
};

// Input of log sources: partitions of records, immutable and shared by all runs.
struct Topic {
  std::string name;
  std::vector<std::vector<engine::Bytes>> partitions;
};
struct InputFile {
  std::string path;
  engine::Bytes contents;
};
struct Workload {
  std::vector<Topic> topics;
  std::vector<InputFile> files;
  std::vector<std::string>
      output_topics;  // topics that sinks write to; one partition per sink subtask is made on demand
};

struct VisibleRecord {
  std::string_view topic;  // the workload's own name of it
  std::uint32_t partition = 0;
  engine::TransactionId transaction;
  engine::BytesView value;  // valid during the call
  engine::Origin origin;
};

// A complete file of checkpoint storage: "chk-3/_metadata".
struct StoredFile {
  std::string_view path;
  engine::BytesView content;
};

// Sees history as it grows. `on_event` is called after the event was appended to the trace.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const TraceEvent& event, std::uint32_t index) = 0;
  // A record became readable for a read-committed consumer of the output log; called right after its LogVisible event.
  virtual void on_visible(const VisibleRecord& record) = 0;
  // A further stage begins; called right after its StageBegan event. `setup` is what it was restored to and lives as
  // long as the run.
  virtual void on_stage(std::uint32_t, const engine::JobSetup&) {}
};

struct RunInputs {
  engine::JobSetup setup;
  std::shared_ptr<const Workload> workload;
  engine::DefectSet defects;
  WorldSpec world;
  std::vector<Action> actions = {};
  std::vector<Stage> stages = {};  // after the first one; as many as there are actions that start one
};

enum class RunEnd : std::uint8_t {
  JobFinished,
  JobFailed,
  OutOfTime,
  InvariantViolated,
  JobStopped,      // by an action, and nothing follows
  RestoreRefused,  // the next stage cannot start from what it should
  JobLost,         // its JobManager crashed without high availability, and nobody starts it again (CO-46)
};
std::string_view name(RunEnd end);

struct RunOutcome {
  RunEnd end = RunEnd::OutOfTime;
  Time ended_at{};
  std::uint64_t trace_hash = 0;
  std::vector<FaultActivity> faults;    // parallel to the plan
  std::vector<ActionActivity> actions;  // parallel to the inputs'
  std::vector<StageInfo> stages;        // that began, the first one included
  std::string refusal;                  // RestoreRefused: why, one reason a line
  std::optional<engine::InvariantViolation> invariant;
  std::uint64_t events = 0;  // scheduler events handled
};

// Phases, each with its PhaseChanged event: Storm from time 0; Calm when the storm's time is over: no fault fires any
// more, losses and slow barriers end, restarts that are under way still happen; Drain when the first checkpoint
// completes in calm. A run ends after the event in which the job finishes or fails, in whatever phase, at the latest at
// storm + drain.
//
// Reusable: memory is kept from run to run. One thread at a time; any number of instances side by side.
class Simulation {
 public:
  Simulation();
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Runs to the end of the job or of the drain. `observer` may be null. Same inputs, same trace, whatever ran before.
  RunOutcome run(const RunInputs& inputs, Observer* observer);
  // Of the last run; valid until the next.
  const Trace& trace() const;
  // What a read-committed reader of the output topics could see at the end of the last run, by topic in the workload's
  // order, then partition, then offset. The views are valid until the next run.
  std::vector<VisibleRecord> visible() const;
  // What checkpoint storage held when the last run ended, by path; with it the checkpoints that the job removed because
  // it was over (CO-49). The views are valid until the next run.
  std::vector<StoredFile> stored() const;

 private:
  class World;
  std::unique_ptr<World> world_;
};

// A fault plan for the world's seed: draws which kinds exist in this run, then how many, when and where (swarm). Never
// exceeds what the protocol promises to survive: no more crashes than restarts, and nothing after the storm.
FaultPlan draw_plan(const FaultProfile& profile, const engine::ExecutionGraph& graph, const engine::JobOptions& options,
                    const WorldSpec& world);

// Display name of any actor of a run: "jobmanager", "tm-1", "totals/0", "log", "storage", "world".
std::string actor_name(const engine::ExecutionGraph& graph, ActorId actor);
std::optional<ActorId> actor_named(const engine::ExecutionGraph& graph, std::string_view name);

}  // namespace weir::sim
