#pragma once

// The user of the job as a state machine without I/O: waits for the trigger of the next action, asks, hears the answer,
// asks again if it was a refusal. Remembers what a further stage can start from.

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/sim/action.h"
#include "world/event_log.h"
#include "world/trigger_watch.h"

namespace weir::sim {

// What a further stage can start from; id 0: the beginning.
struct RestorePoint {
  engine::CheckpointId id{};
  engine::CheckpointKind kind{};
  std::uint32_t stage = 0;  // that took it
};

class JobUser {
 public:
  // `actions` outlives the run.
  void reset(const std::vector<Action>& actions);
  // Waits for the next action in the job of that graph, which started from `from`.
  void begin_stage(const engine::ExecutionGraph& graph, RestorePoint from = {});
  void add_watched(KindSet& kinds) const;

  void on_event(const TraceEvent& event);
  // Its time, or the time to ask again, has come; stale ones do nothing.
  void on_time(std::uint32_t action);

  // Nobody is left who would answer: it is asked again.
  void lose_job_manager();
  // The job is lost. Whoever was to end it and to start the next one from its checkpoint does the latter.
  void lose_job(Time now);
  // The job is over. If it was being stopped and its savepoint is there, that is why, though whoever was asked did not
  // live to answer (SP-5, SP-9, CO-49).
  void see_job_end(Time now);

  // The action whose request is to be made now.
  bool has_due() const { return state_ == State::Due; }
  bool has_wish() const { return has_due() || appointment_.has_value(); }  // something is to be done for it
  engine::JobRequest take_due();
  // The action that waits for a time: for its own, or to be asked again.
  struct Appointment {
    std::uint32_t action = 0;
    bool again = false;
  };
  std::optional<Appointment> take_appointment();
  std::uint32_t current() const { return current_; }

  // The job has ended: by an action, and whether the next stage begins now.
  bool ended_job() const { return ended_job_; }
  bool starts_next() const { return starts_next_; }
  // The newest savepoint of all; or the newest checkpoint of the present job, and until it has one what it started
  // from.
  RestorePoint newest(StageOrigin origin) const {
    return origin == StageOrigin::Savepoint ? newest_savepoint_ : newest_checkpoint_;
  }
  const std::vector<ActionActivity>& activity() const { return activity_; }

 private:
  enum class State : std::uint8_t { Over, Waiting, Due, Asked };
  const Action& action() const { return (*actions_)[current_]; }
  void wait_for_next();
  void on_completed(const TraceEvent& event);
  void on_recovered(const TraceEvent& event);
  void on_answer(const TraceEvent& event);
  void fulfil(Time now);

  const std::vector<Action>* actions_ = nullptr;
  const engine::ExecutionGraph* graph_ = nullptr;
  std::vector<ActionActivity> activity_;
  State state_ = State::Over;
  std::uint32_t current_ = 0;
  std::uint32_t stage_ = 0;
  std::uint32_t request_ = 0;  // number of the last one
  bool ended_job_ = false;
  bool starts_next_ = false;
  std::optional<Appointment> appointment_;
  TriggerWatch watch_;
  RestorePoint newest_savepoint_;
  RestorePoint newest_checkpoint_;
};

}  // namespace weir::sim
