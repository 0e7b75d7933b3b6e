#include "task/task_manager.h"

#include <algorithm>
#include <utility>

namespace weir::engine {

TaskManager::TaskManager(Environment& environment, const JobSetup& setup, ProcessId self, std::uint32_t incarnation)
    : env_(environment),
      setup_(setup),
      self_(self),
      incarnation_(incarnation),
      heartbeats_(setup.options.heartbeat),
      write_ids_(incarnation),
      routes_(setup.graph->channels().size()),
      attempts_(setup.graph->subtasks().size()) {
  const FileMergingOptions& merging = setup.options.checkpoint.file_merging;
  if (merging.enabled) {
    merged_ = std::make_unique<MergedStorage>(environment.storage, self, merging,
                                              task_owned_directory(setup.directory, self, incarnation));
  }
  make_routes();
}

void TaskManager::make_routes() {
  for (const ChannelInfo& channel : setup_.graph->channels()) {
    const auto& outputs = setup_.graph->vertex_of(channel.producer).outputs;
    const auto output = std::find(outputs.begin(), outputs.end(), channel.edge) - outputs.begin();
    routes_[channel.id.value] = {channel.producer, channel.consumer, static_cast<std::uint32_t>(output), 0};
  }
  for (const SubtaskInfo& subtask : setup_.graph->subtasks()) {
    for (std::uint32_t i = 0; i < subtask.inputs.size(); ++i) routes_[subtask.inputs[i].value].input = i;
  }
}

// The slots of an earlier life were lost with it, and with them what it kept for their subtasks (SN-26).
void TaskManager::start() {
  LocalDisk& disk = env_.disks.of(self_);
  if (setup_.options.local_recovery && disk.exists(kLocalRoot)) static_cast<void>(disk.remove_directory(kLocalRoot));
  if (setup_.options.high_availability == HighAvailability::None) register_self();
}

// --- attempts -------------------------------------------------------------------------------------------------------

TaskSite TaskManager::site(ExecutionAttempt attempt, CheckpointId restored, bool finished_on_restore) const {
  const ExecutionGraph& graph = *setup_.graph;
  return {env_,
          setup_,
          self_,
          leader_,
          graph.subtask(attempt.subtask),
          graph.vertex_of(attempt.subtask),
          attempt,
          restored,
          finished_on_restore};
}

Attempt* TaskManager::attempt(ExecutionAttempt id) const {
  Attempt* const newest = attempts_[id.subtask.value].get();
  return newest != nullptr && newest->id() == id.attempt ? newest : nullptr;
}

Attempt* TaskManager::live_attempt(SubtaskId subtask, AttemptId generation) const {
  Attempt* const newest = attempts_[subtask.value].get();
  return newest != nullptr && newest->id() == generation && newest->live() ? newest : nullptr;
}

// The JobManager has given up an older life if it asks for a newer one.
void TaskManager::supersede(std::unique_ptr<Attempt>& attempt) {
  if (attempt == nullptr) return;
  if (attempt->live()) attempt->cancel();
  if (attempt->any_write_under_way()) superseded_.push_back(std::move(attempt));
  attempt.reset();
}

// A repeated or stale deployment starts nothing.
void TaskManager::handle(DeployTask&& message) {
  std::unique_ptr<Attempt>& newest = attempts_[message.attempt.subtask.value];
  if (newest != nullptr && message.attempt.attempt <= newest->id()) return;
  supersede(newest);
  TaskSite where = site(message.attempt, message.restored, message.finished_on_restore);
  where.local = local_state(message);
  where.merged = merged_.get();
  newest = std::make_unique<Attempt>(where, std::move(message.state), write_ids_);
}

// SN-26: what was kept under another allocation of the slot goes.
std::shared_ptr<LocalState> TaskManager::local_state(const DeployTask& message) {
  if (!setup_.options.local_recovery) return nullptr;
  std::shared_ptr<LocalState>& local = local_[message.attempt.subtask];
  if (local != nullptr && local->allocation() == message.allocation) return local;
  if (local != nullptr) local->dispose();
  const SubtaskInfo& subtask = setup_.graph->subtask(message.attempt.subtask);
  const std::string job = setup_.directory.empty() ? "job-1/" : setup_.directory;
  local = std::make_shared<LocalState>(env_.disks.of(self_), env_.defects, message.allocation,
                                       local_directory(message.allocation) + "/" + job +
                                           std::to_string(subtask.vertex.value) + "_" + std::to_string(subtask.index));
  return local;
}

void TaskManager::handle(const FreeSlot& message) {
  for (const auto& [subtask, local] : local_) {
    if (local->allocation() == message.allocation) local->dispose();
  }
  std::erase_if(local_, [&](const auto& entry) { return entry.second->allocation() == message.allocation; });
  LocalDisk& disk = env_.disks.of(self_);
  const std::string directory = local_directory(message.allocation);
  if (disk.exists(directory)) static_cast<void>(disk.remove_directory(directory));
}

void TaskManager::handle(const CancelTask& message) {
  std::unique_ptr<Attempt>& newest = attempts_[message.attempt.subtask.value];
  if (newest != nullptr && message.attempt.attempt < newest->id()) return;
  if (newest != nullptr && message.attempt.attempt == newest->id()) return newest->cancel();
  supersede(newest);
  newest = Attempt::canceled(site(message.attempt, kNoCheckpoint, false), write_ids_);
}

void TaskManager::handle(const TaskStateSeen& message) {
  if (Attempt* const a = attempt(message.attempt)) a->on_state_seen(message.state);
}

void TaskManager::handle(const TriggerCheckpoint& message) {
  Attempt* const newest = attempts_[message.attempt.subtask.value].get();
  const bool any = env_.defects.has(Defect::ExecuteTriggerOfOtherAttempt);
  if (Attempt* const a = any ? newest : attempt(message.attempt)) a->on_trigger(message);  // RP-3
}

void TaskManager::handle(const NotifyCheckpointComplete& message) {
  if (Attempt* const a = attempt(message.attempt)) {
    a->on_notification({Mail::Kind::Complete, message.checkpoint, {}, {}, {}, 0, message.subsumed});
  }
  if (merged_ != nullptr) merged_->retained(message.lowest);
}

void TaskManager::handle(const NotifyCheckpointAborted& message) {
  if (Attempt* const a = attempt(message.attempt)) {
    a->on_notification({Mail::Kind::Aborted, message.checkpoint, message.latest_completed, {}});
  }
  if (merged_ != nullptr) merged_->discard(message.attempt.subtask, message.checkpoint);
}

void TaskManager::handle(OperatorEvent&& message) {
  if (Attempt* const a = attempt(message.attempt)) a->on_operator_event(std::move(message));
}

void TaskManager::handle(const EventSeen& message) {
  if (Attempt* const a = attempt(message.attempt)) a->on_event_seen(message.number);
}

// --- what arrives ---------------------------------------------------------------------------------------------------

// RP-2: a JobManager that this TaskManager does not follow has nothing to say.
void TaskManager::on_message(ProcessId, SessionId session, Message&& message) {
  if (session != leader_.session) return;
  std::visit([this](auto& m) { handle(std::move(m)); }, message);
}

void TaskManager::on_timer(const TimerEvent& event) {
  const auto kind = static_cast<TaskTimer>(event.kind);
  if (kind == TaskTimer::Registration) {
    if (!registered_ && event.argument == leader_.session.value) register_self();
  } else if (kind == TaskTimer::JobManagerSilence) {
    on_job_manager_silent(event.argument);
  } else if (kind == TaskTimer::SlotTimeout) {
    free_slots_after(event.argument);
  } else if (Attempt* const a = attempt({{event.subtask}, {event.attempt}})) {
    a->on_timer(event);
  }
}

void TaskManager::on_segment(ConnectionId connection, Segment* segment) {
  const Route& route = routes_[connection.channel.value];
  if (Attempt* const a = live_attempt(route.consumer, connection.generation)) {
    a->on_segment(route.input, segment);
  } else {
    env_.segments.release(segment);
  }
}

void TaskManager::on_credit(ConnectionId connection, std::uint32_t credits) {
  const Route& route = routes_[connection.channel.value];
  if (Attempt* const a = live_attempt(route.producer, connection.generation)) {
    a->on_credit(route.output, connection, credits);
  }
}

void TaskManager::on_segment_size(ConnectionId connection, std::uint32_t bytes) {
  const Route& route = routes_[connection.channel.value];
  if (Attempt* const a = live_attempt(route.producer, connection.generation)) {
    a->on_segment_size(route.output, connection, bytes);
  }
}

// Both ends may live here.
void TaskManager::on_connection_broken(ConnectionId connection) {
  const Route& route = routes_[connection.channel.value];
  for (const SubtaskId end : {route.producer, route.consumer}) {
    if (Attempt* const a = live_attempt(end, connection.generation)) a->on_connection_broken(connection.channel);
  }
}

void TaskManager::on_stored(WriteId id, const Status& status) {
  Attempt* const newest = attempts_[WriteIds::subtask_of(id).value].get();
  if (newest != nullptr && newest->on_stored(id, status)) return;
  for (const auto& attempt : superseded_) {
    if (attempt->on_stored(id, status)) break;
  }
  std::erase_if(superseded_, [](const auto& attempt) { return !attempt->any_write_under_way(); });
}

std::unique_ptr<Process> make_task_manager(Environment& environment, const JobSetup& setup, ProcessId self,
                                           std::uint32_t incarnation) {
  return std::make_unique<TaskManager>(environment, setup, self, incarnation);
}

}  // namespace weir::engine
