#pragma once

// One life of a subtask on this TaskManager: its work while it lives, and what the JobManager has to know of its state
// until the JobManager says that it does.

#include <memory>

#include "task/async_snapshots.h"
#include "task/materializations.h"
#include "task/subtask.h"
#include "task/task_site.h"

namespace weir::engine {

class Attempt {
 public:
  Attempt(const TaskSite& site, SubtaskState state, WriteIds& write_ids);
  // An attempt that was cancelled before its deployment arrived, which must not start it any more.
  static std::unique_ptr<Attempt> canceled(const TaskSite& site, WriteIds& write_ids);
  ~Attempt() {  // a crash: nobody is told anything, the world learns of it by itself
    async_.forget();
    materializations_.forget();
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  AttemptId id() const { return site_.attempt.attempt; }
  ExecutionAttempt execution() const { return site_.attempt; }
  bool live() const { return subtask_ != nullptr; }

  // It lives, or the JobManager has not seen its end.
  bool concerns_job_manager() const { return live() || !seen_; }

  void cancel();
  void lose_job_manager();                     // RE-12: fails
  void forget_job_manager() { seen_ = true; }  // nobody is left to tell
  void on_state_seen(AttemptState state);
  void on_trigger(const TriggerCheckpoint& message);
  void on_notification(const Mail& mail);
  void on_operator_event(OperatorEvent&& event);
  void on_event_seen(std::uint32_t number);
  void on_timer(const TimerEvent& event);
  bool on_stored(WriteId id, const Status& status);  // false: no write of this attempt
  bool any_write_under_way() const { return async_.any_write_under_way() || materializations_.any_write_under_way(); }
  // The following only while it is live.
  void on_segment(std::uint32_t input, Segment* segment);
  void on_credit(std::size_t output, ConnectionId connection, std::uint32_t credits);
  void on_segment_size(std::size_t output, ConnectionId connection, std::uint32_t bytes) {
    subtask_->on_segment_size(output, connection, bytes);
  }
  void on_connection_broken(ChannelId channel);

 private:
  struct Unstarted {};
  Attempt(const TaskSite& site, WriteIds& write_ids, Unstarted);

  void settle();  // after every call into the subtask
  void report();
  void send_state();

  TaskSite site_;
  SubtaskCheckpoints checkpoints_;
  AsyncSnapshots async_;
  Materializations materializations_;
  std::unique_ptr<Subtask> subtask_;  // null once the attempt is over
  AttemptState state_ = AttemptState::Initializing;
  FailureReport failure_;
  bool seen_ = true;  // the JobManager knows `state_`
};

}  // namespace weir::engine
