#include "text/event_forms.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using sim::WorldEventKind;

Forms forms_of(EventKind kind) {
  using F = Form;
  switch (kind) {
    case EventKind::JobStateChanged:
      return {F::JobState};
    case EventKind::AttemptDeployed:
      return {F::Attempt, F::Subtask, F::OnProcess};
    case EventKind::AttemptStateChanged:
      return {F::Attempt, F::AttemptState};
    case EventKind::AttemptFailed:
      return {F::Attempt, F::FailureCause};
    case EventKind::RestartScheduled:
      return {F::None, F::Restarts, F::DelayNs};
    case EventKind::CheckpointTriggered:
      return {F::CheckpointKind, F::None, F::WaitFor};
    case EventKind::CheckpointCompleted:
      return {F::CheckpointKind, F::None, F::Bytes};
    case EventKind::CheckpointAborted:
      return {F::AbortReason};
    case EventKind::CheckpointRefused:
      return {F::AbortReason, F::CheckpointKind};
    case EventKind::SegmentSizeAnnounced:
      return {F::Attempt, F::Bytes};
    case EventKind::TaskTimes:
      return {F::Attempt, F::BusyNs, F::BackPressuredNs};
    case EventKind::AckReceived:
      return {F::Attempt, F::None, F::SubtaskAndAck};
    case EventKind::DeclineReceived:
      return {F::Attempt, F::None, F::SubtaskAndReason};
    case EventKind::AlignmentStarted:
      return {F::FirstChannel, F::None, F::Attempt};
    case EventKind::BarrierReceived:
      return {F::Channel, F::None, F::Obsolete};
    case EventKind::AlignmentEnded:
      return {F::Attempt, F::None, F::TookNs};
    case EventKind::AlignmentAborted:
      return {F::AbortReason, F::None, F::Attempt};
    case EventKind::ChannelCutIn:
      return {F::Channel, F::None, F::CutProcessed};
    case EventKind::BarrierSent:
      return {F::Channel, F::None, F::CutSent};
    case EventKind::ChannelBlocked:
    case EventKind::ChannelResumed:
      return {F::Channel, F::None, F::Attempt};
    case EventKind::CancelMarkerSent:
      return {F::Channel};
    case EventKind::SnapshotTaken:
      return {F::Attempt, F::None, F::Digest};
    case EventKind::SnapshotDurable:
      return {F::Attempt, F::None, F::Bytes};
    case EventKind::DeclineSent:
      return {F::Attempt, F::None, F::AbortReason};
    case EventKind::NotifyAbortedReceived:
      return {F::Attempt, F::None, F::LatestCompleted};
    case EventKind::RestoreChosen:
      return {};
    case EventKind::StateRestored:
      return {F::Attempt, F::None, F::Digest};
    case EventKind::FilesRestored:
      return {F::Attempt, F::None, F::RestoredFiles};
    case EventKind::InFlightCaptured:
      return {F::Channel, F::None, F::CutInFlight};
    case EventKind::InFlightRestored:
      return {F::Attempt, F::None, F::CutInFlight};
    case EventKind::InFlightProcessed:
      return {F::Attempt, F::None, F::Digest};
    case EventKind::PeerLost:
      return {F::NamedProcess, F::Unreachable};
    case EventKind::SplitSnapshot:
    case EventKind::SplitRestored:
      return {F::Split, F::None, F::Position};
    case EventKind::SplitAssigned:
      return {F::Split, F::ToSubtask, F::Position};
    case EventKind::UnassignedSnapshot:
    case EventKind::UnassignedRestored:
      return {F::Split, F::None, F::PositionInVertex};
    case EventKind::EventsSentCut:
      return {F::Attempt, F::None, F::SubtaskAndEvent};
    case EventKind::EventsHandledCut:
      return {F::Attempt, F::None, F::LastEvent};
    case EventKind::OperatorEventLost:
      return {F::Attempt, F::ToSubtask, F::EventNumber};
    case EventKind::SegmentSent:
    case EventKind::SegmentProcessed:
      return {F::Channel, F::Records, F::Bytes};
    case EventKind::TransactionBegun:
    case EventKind::TransactionAbortSent:
      return {F::Attempt, F::Transaction};
    case EventKind::TransactionPreCommitted:
    case EventKind::TransactionCommitSent:
      return {F::Attempt, F::None, F::Transaction};
    case EventKind::RequestReceived:
      return {F::JobRequest, F::RequestNumber};
    case EventKind::RequestEnded:
      return {F::RequestNumber, F::None, F::Fulfilled};
    case EventKind::StateReported:
    case EventKind::SharedFileReported:
      return {F::AckClass, F::None, F::PathHash};
    case EventKind::AckSent:
      return {F::Attempt, F::None, F::SyncNs};
    case EventKind::TriggerReceived:
    case EventKind::SnapshotFailed:
    case EventKind::NotifyCompleteReceived:
    case EventKind::RestoreStarted:
    case EventKind::EndOfDataReached:
      return {F::Attempt};
    case EventKind::JobRecovered:
    case EventKind::JobRecoveryFailed:
      return {F::Session};
  }
  return {};
}

Forms forms_of(WorldEventKind kind) {
  using F = Form;
  switch (kind) {
    case WorldEventKind::PhaseChanged:
      return {F::Phase};
    case WorldEventKind::ProcessStarted:
    case WorldEventKind::ProcessCrashed:
      return {F::Incarnation};
    case WorldEventKind::ProcessLostReported:
      return {F::NamedProcess};
    case WorldEventKind::ProcessPaused:
      return {F::Incarnation, F::None, F::ForNs};
    case WorldEventKind::ProcessResumed:
      return {F::Incarnation, F::None, F::Waited};
    case WorldEventKind::MessageSent:
    case WorldEventKind::MessageLost:
      return {F::MessageTo, F::OfCheckpoint, F::OfSubtask};
    case WorldEventKind::MessageDelivered:
      return {F::MessageFrom, F::OfCheckpoint, F::OfSubtask};
    case WorldEventKind::ConnectionBroken:
      return {F::Channel, F::Generation};
    case WorldEventKind::BarrierDelayed:
      return {F::Channel, F::None, F::ExtraNs};
    case WorldEventKind::FaultArmed:
    case WorldEventKind::FaultFired:
    case WorldEventKind::FaultTookEffect:
      return {F::FaultNumber};
    case WorldEventKind::StorageWritten:
    case WorldEventKind::StorageAppended:
      return {F::Bytes, F::WriteId, F::PathHash};
    case WorldEventKind::StorageRemoved:
      return {F::None, F::None, F::PathHash};
    case WorldEventKind::LogCommitted:
    case WorldEventKind::LogAborted:
      return {F::Records, F::Transaction};
    case WorldEventKind::LogVisible:
      return {F::Records, F::Transaction, F::Offset};
    case WorldEventKind::StageBegan:
      return {F::Stage, F::None, F::Claimed};
    case WorldEventKind::ActionTaken:
      return {F::ActionNumber};
    case WorldEventKind::HaWritten:
    case WorldEventKind::HaRemoved:
    case WorldEventKind::HaRefused:
    case WorldEventKind::HaAnswerLost:
      return {F::Session, F::None, F::PathHash};
    case WorldEventKind::LeadershipGranted:
    case WorldEventKind::LeaderAnnounced:
      return {F::NamedProcess, F::Session};
    case WorldEventKind::BeforeFirst:
      break;
  }
  return {};
}

}  // namespace

Forms forms_of(sim::TraceKind kind) {
  if (kind.value < sim::kFirstWorldEvent) return forms_of(static_cast<EventKind>(kind.value));
  return forms_of(static_cast<WorldEventKind>(kind.value));
}

}  // namespace weir::reports
