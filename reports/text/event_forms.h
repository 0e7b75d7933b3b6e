#pragma once

// Which of its fields each kind of event has, and what they mean.

#include <cstdint>

#include "weir/sim/trace.h"

namespace weir::reports {

// What a field of an event means, and so how it reads.
enum class Form : std::uint8_t {
  None,
  JobState,
  Attempt,
  Subtask,
  OnProcess,
  AttemptState,
  FailureCause,
  Restarts,
  DelayNs,
  CheckpointKind,
  WaitFor,
  Bytes,
  AbortReason,
  AckClass,
  SubtaskAndAck,
  SubtaskAndReason,
  Channel,
  FirstChannel,
  Obsolete,
  TookNs,
  BusyNs,
  BackPressuredNs,
  SyncNs,
  CutProcessed,
  CutSent,
  CutInFlight,
  Digest,
  LatestCompleted,
  Split,
  Position,
  PositionInVertex,
  ToSubtask,
  SubtaskAndEvent,
  LastEvent,
  EventNumber,
  Records,
  Transaction,
  Phase,
  Incarnation,
  NamedProcess,
  Unreachable,
  ForNs,
  Waited,
  MessageTo,
  MessageFrom,
  OfCheckpoint,
  OfSubtask,
  Generation,
  ExtraNs,
  FaultNumber,
  WriteId,
  PathHash,
  Offset,
  JobRequest,
  RequestNumber,
  Fulfilled,
  Stage,
  Claimed,
  ActionNumber,
  RestoredFiles,
  Session,
};

struct Forms {
  Form detail = Form::None;
  Form a = Form::None;
  Form b = Form::None;
};

Forms forms_of(sim::TraceKind kind);

}  // namespace weir::reports
