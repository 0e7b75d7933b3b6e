#include "fault_matrix/phases.h"

#include "weir/engine/messages.h"

namespace weir::scenarios {
namespace {

using engine::AttemptState;
using engine::EventKind;
using engine::MessageKind;
using sim::TraceEvent;
using sim::TraceKind;
using sim::WorldEventKind;

bool is(const TraceEvent& event, TraceKind kind) { return event.kind == kind; }
bool sends(const TraceEvent& event, MessageKind kind) {
  return is(event, WorldEventKind::MessageSent) && (event.detail & 0xFFu) == static_cast<std::uint32_t>(kind);
}
bool becomes(const TraceEvent& event, AttemptState state) {
  return is(event, EventKind::AttemptStateChanged) && event.a == static_cast<std::uint64_t>(state);
}

template <auto kind>
bool of_checkpoint(const Story& story, const TraceEvent& event) {
  return is(event, kind) && story.is_checkpoint(event.a);
}
template <auto kind>
bool of_savepoint(const Story& story, const TraceEvent& event) {
  return is(event, kind) && story.is_savepoint(event.a);
}
template <auto kind>
bool in_recovery(const Story& story, const TraceEvent& event) {
  return is(event, kind) && story.recovering();
}
template <auto kind>
bool in_stop(const Story& story, const TraceEvent& event) {
  return is(event, kind) && story.stopping();
}

// --- 1.4 to 1.6: of a checkpoint

bool id_reserved(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::HaWritten) && event.a == 0 && !story.all_finished();
}
bool trigger_sent(const Story& story, const TraceEvent& event) {
  return sends(event, MessageKind::TriggerCheckpoint) && story.is_checkpoint(event.a);
}
bool first_ack(const Story& story, const TraceEvent& event) {
  return of_checkpoint<EventKind::AckReceived>(story, event) && story.first_ack(event.a);
}
bool last_ack(const Story& story, const TraceEvent& event) {
  return of_checkpoint<EventKind::AckReceived>(story, event) && story.last_ack(event.a);
}
bool metadata_stored(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::StorageWritten) && story.is_checkpoint_metadata(event.b);
}
bool metadata_removed(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::StorageRemoved) && story.is_checkpoint_metadata(event.b) && !story.all_finished();
}
bool pointer_removed(const Story& story, const TraceEvent& event) {
  return of_checkpoint<WorldEventKind::HaRemoved>(story, event) && !story.all_finished();
}
bool completion_sent(const Story& story, const TraceEvent& event) {
  return sends(event, MessageKind::NotifyCheckpointComplete) && story.is_checkpoint(event.a);
}
bool results_visible(const Story&, const TraceEvent& event) { return is(event, WorldEventKind::LogCommitted); }

// --- 2.6: of a restore

bool deploy_sent(const Story& story, const TraceEvent& event) {
  return sends(event, MessageKind::DeployTask) && story.recovering();
}
bool first_running(const Story& story, const TraceEvent& event) {
  return becomes(event, AttemptState::Running) && story.recovering() && story.running() == 1;
}
bool last_running(const Story& story, const TraceEvent& event) {
  return becomes(event, AttemptState::Running) && story.recovering() && story.running() == story.deployed();
}

// --- 9.2: of a stop

bool savepoint_first_ack(const Story& story, const TraceEvent& event) {
  return of_savepoint<EventKind::AckReceived>(story, event) && story.first_ack(event.a);
}
bool savepoint_last_ack(const Story& story, const TraceEvent& event) {
  return of_savepoint<EventKind::AckReceived>(story, event) && story.last_ack(event.a);
}
bool savepoint_metadata_stored(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::StorageWritten) && story.is_savepoint_metadata(event.b);
}
bool savepoint_committed(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::LogCommitted) && story.stopping();
}
bool first_finished(const Story& story, const TraceEvent& event) {
  return becomes(event, AttemptState::Finished) && story.stopping() && story.finished() == 1;
}
bool last_finished(const Story& story, const TraceEvent& event) {
  return becomes(event, AttemptState::Finished) && story.stopping() && story.all_finished();
}
bool outcome_stored(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::HaWritten) && event.a == 0 && story.stopping() && story.all_finished();
}
bool job_ended(const Story& story, const TraceEvent& event) {
  return is(event, WorldEventKind::LeadershipGranted) && story.followed();
}
bool next_restored(const Story& story, const TraceEvent& event) {
  return is(event, EventKind::StateRestored) && story.followed();
}

}  // namespace

std::vector<Phase> matrix_phases() {
  using enum Ground;
  const std::vector<Ground> stops{Stopping, Draining};
  return {
      // CO-15 to CO-18: request, plan and pending checkpoint are one step of weir's coordinator; the id is one of its
      // own.
      {{"1.4", "id-reserved", "CO-47", "the counter of ids is in the store"}, {Running}, id_reserved},
      {{"1.4", "triggered", "CO-15, CO-17, CO-18", "plan made, checkpoint pending"},
       {Running},
       of_checkpoint<EventKind::CheckpointTriggered>},
      {{"1.4", "coordinators-taken", "CO-16, SO-15", "coordinators have their part"},
       {Running},
       of_checkpoint<EventKind::EventsSentCut>},
      {{"1.4", "trigger-sent", "CO-15", "a source is told"}, {Running}, trigger_sent},
      {{"1.4", "trigger-received", "RP-3", "a source begins"}, {Running}, of_checkpoint<EventKind::TriggerReceived>},
      {{"1.5", "snapshot-taken", "SN-2", "sync part done"}, {Running}, of_checkpoint<EventKind::SnapshotTaken>},
      {{"1.5", "snapshot-durable", "SN-3", "async part done"}, {Running}, of_checkpoint<EventKind::SnapshotDurable>},
      {{"1.5", "ack-sent", "CO-27", "a subtask acknowledges"}, {Running}, of_checkpoint<EventKind::AckSent>},
      {{"1.5", "first-ack-received", "CO-23", "the first one counts"}, {Running}, first_ack},
      {{"1.5", "last-ack-received", "CO-22", "metadata begins to be written"}, {Running}, last_ack},
      {{"1.6", "metadata-stored", "step 1, CO-34", "_metadata is durable"}, {Running}, metadata_stored},
      {{"1.6", "pointer-written", "step 2, CO-33", "the store points to it"},
       {Running},
       of_checkpoint<WorldEventKind::HaWritten>},
      {{"1.6", "completed", "steps 2 to 4, CO-41", "in the completed store"},
       {Running},
       of_checkpoint<EventKind::CheckpointCompleted>},
      {{"1.6", "completion-sent", "step 5, CO-32", "a subtask is told"}, {Running}, completion_sent},
      {{"1.6", "completion-received", "step 5, CO-32", "a subtask hears it"},
       {Running},
       of_checkpoint<EventKind::NotifyCompleteReceived>},
      {{"1.6", "commit-sent", "step 5, TX-1, TX-2", "a sink commits"},
       {Running},
       of_checkpoint<EventKind::TransactionCommitSent>},
      {{"1.6", "committed", "step 5", "results are visible"}, {Running}, results_visible},
      {{"1.6", "pointer-removed", "step 2, CO-48", "an older one has no pointer"}, {Running}, pointer_removed},
      {{"1.6", "metadata-removed", "step 2, CO-41", "files of an older one go"}, {Running}, metadata_removed},

      {{"2.6", "restore-chosen", "RE-4", "checkpoint to restore is chosen"},
       {Recovering},
       in_recovery<EventKind::RestoreChosen>},
      {{"2.6", "splits-taken-back", "SO-5, RE-6", "a coordinator has what readers do not"},
       {Recovering},
       in_recovery<EventKind::UnassignedRestored>},
      {{"2.6", "attempt-deployed", "BA-36", "an attempt gets its slot"},
       {Recovering},
       in_recovery<EventKind::AttemptDeployed>},
      {{"2.6", "deploy-sent", "BA-36", "with the state to restore"}, {Recovering}, deploy_sent},
      {{"2.6", "restore-started", "BA-36 step 1", "a subtask begins to restore"},
       {Recovering},
       in_recovery<EventKind::RestoreStarted>},
      {{"2.6", "state-restored", "BA-36 step 2", "its operators are open"},
       {Recovering},
       in_recovery<EventKind::StateRestored>},
      {{"2.6", "in-flight-restored", "BA-36 steps 3, 4", "what was in flight is processed"},
       {Recovering},
       in_recovery<EventKind::InFlightRestored>},
      {{"2.6", "first-running", "BA-36 step 5, BA-37", "the first attempt runs"}, {Recovering}, first_running},
      {{"2.6", "last-running", "BA-36 step 5", "all attempts run"}, {Recovering}, last_running},

      {{"9.2", "stop-requested", "SP-5", "the rhythm stops, pending ones go"},
       stops,
       in_stop<EventKind::RequestReceived>},
      {{"9.2", "savepoint-triggered", "SP-5", "WaitingForSavepoint"},
       stops,
       of_savepoint<EventKind::CheckpointTriggered>},
      {{"9.2", "savepoint-trigger-received", "SP-6", "a source stops"},
       stops,
       of_savepoint<EventKind::TriggerReceived>},
      {{"9.2", "savepoint-taken", "SP-7", "a subtask blocks"}, stops, of_savepoint<EventKind::SnapshotTaken>},
      {{"9.2", "savepoint-durable", "SP-7", "its part is stored"}, stops, of_savepoint<EventKind::SnapshotDurable>},
      {{"9.2", "savepoint-first-ack", "CO-23", "the first one counts"}, stops, savepoint_first_ack},
      {{"9.2", "savepoint-last-ack", "CO-22", "metadata begins to be written"}, stops, savepoint_last_ack},
      {{"9.2", "savepoint-stored", "CO-30", "_metadata is durable"}, stops, savepoint_metadata_stored},
      {{"9.2", "savepoint-recorded", "SP-9", "the store knows that the job ends with it"},
       stops,
       of_savepoint<WorldEventKind::HaWritten>},
      {{"9.2", "savepoint-completed", "SP-5", "SavepointCreated"}, stops, of_savepoint<EventKind::CheckpointCompleted>},
      {{"9.2", "savepoint-notified", "SP-7", "a subtask hears it"},
       stops,
       of_savepoint<EventKind::NotifyCompleteReceived>},
      {{"9.2", "savepoint-commit-sent", "SP-7", "a sink commits"},
       stops,
       of_savepoint<EventKind::TransactionCommitSent>},
      {{"9.2", "savepoint-committed", "SP-7", "results are visible"}, stops, savepoint_committed},
      {{"9.2", "first-finished", "SP-7, SP-9", "the first attempt ends"}, stops, first_finished},
      {{"9.2", "last-finished", "SP-5", "all executions terminal"}, stops, last_finished},
      {{"9.2", "outcome-stored", "CO-49", "the store knows that it is over"}, stops, outcome_stored},
      {{"9.2", "job-ended", "SP-5, CO-49", "Final; the cluster of the next job has started"}, {Stopping}, job_ended},
      {{"9.2", "next-restored", "SP-12", "from the savepoint"}, {Stopping}, next_restored},
  };
}

}  // namespace weir::scenarios
