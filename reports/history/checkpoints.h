#pragma once

// The checkpoints of a run as Flink's dashboard tells them, read from the trace; and what became of each, which Flink
// does not tell.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "history/checkpoint_moments.h"
#include "weir/engine/job_graph.h"
#include "weir/sim/trace.h"

namespace weir::reports {

enum class CheckpointStatus : std::uint8_t { InProgress, Completed, Failed };
const char* name(CheckpointStatus status);  // Flink's words: "In Progress", "Completed", "Failed"

// One subtask's part. Durations are absent until the events that end them happened. All in virtual nanoseconds.
struct SubtaskPart {
  engine::SubtaskId subtask;
  std::optional<std::int64_t> start_delay;  // trigger → first barrier, or trigger message at a source
  std::optional<std::int64_t> alignment;    // first → last barrier; sources have none
  std::optional<std::int64_t> sync;         // the part that stops the subtask, as its acknowledgement tells it
  std::optional<std::int64_t> async;        // end of the sync part → durable
  std::optional<std::int64_t> end_to_end;   // trigger → acknowledgement received
  std::uint64_t bytes = 0;
  bool acknowledged = false;
};

struct CheckpointRow {
  std::uint64_t id = 0;
  engine::CheckpointKind kind{};
  CheckpointStatus status = CheckpointStatus::InProgress;
  std::uint64_t expected = 0;  // acknowledgements to wait for
  std::uint64_t acknowledged = 0;
  std::int64_t triggered_at = 0;
  std::optional<std::int64_t> latest_ack;
  std::optional<std::int64_t> ended_at;    // completed or aborted
  std::int64_t until = 0;                  // the same, or the end of the run
  std::uint64_t bytes = 0;                 // of the acknowledged parts: what this checkpoint wrote
  std::uint64_t full_bytes = 0;            // of a completed one: all state in it, also what earlier ones wrote
  engine::AbortReason abort_reason{};      // of a failed one
  std::vector<std::uint32_t> restored_by;  // events that chose it
  std::uint64_t subsumed_by = 0;           // 0: it was the newest at the end
  std::uint32_t trigger_event = 0;
  std::uint32_t end_event = sim::kNoCause;  // completion or abort
  std::vector<SubtaskPart> parts;           // by subtask; only those that took part
  CheckpointMoments moments;
};

// In the order of their triggers.
std::vector<CheckpointRow> checkpoint_history(const sim::Trace& trace);

// "completed, restored from once, subsumed by 5", "aborted: CHECKPOINT_EXPIRED", "in progress when the run ended".
std::string fate(const CheckpointRow& row);

}  // namespace weir::reports
