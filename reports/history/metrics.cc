#include "history/metrics.h"

#include <algorithm>
#include <map>

#include "history/checkpoints.h"
#include "history/jobs.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/processes.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using Unit = Metric::Unit;
using Value = std::optional<std::int64_t>;

Value value_of(std::uint64_t n) { return static_cast<std::int64_t>(n); }

// What Flink counts as a failed checkpoint without an id: its trigger failed. A request that never left the queue does
// not count (ME-3, CO-18).
bool failed_at_trigger(const sim::TraceEvent& event) {
  return event.kind == sim::TraceKind(EventKind::CheckpointRefused) &&
         static_cast<engine::AbortReason>(event.detail) == engine::AbortReason::NotAllRequiredTasksRunning;
}

// Where the time of a subtask went while its attempts ran, up to the last that each of them told.
class TaskTimes {
 public:
  void on_event(const sim::TraceEvent& event) {
    if (event.kind == sim::TraceKind(EventKind::TaskTimes)) {
      now_ = {static_cast<std::int64_t>(event.a), static_cast<std::int64_t>(event.b), event.time - running_since_};
    } else if (event.kind == sim::TraceKind(EventKind::AttemptStateChanged) &&
               static_cast<engine::AttemptState>(event.a) == engine::AttemptState::Running) {
      before_ = {busy(), back_pressured(), elapsed()};
      now_ = {};
      running_since_ = event.time;
    } else if (event.kind == sim::TraceKind(EventKind::SegmentSizeAnnounced)) {
      segment_size_ = value_of(event.a);
    }
  }
  Value busy_per_second() const { return per_second(busy()); }
  Value back_pressured_per_second() const { return per_second(back_pressured()); }
  // A step that has begun counts as a whole, and may end later than the last that was told.
  Value idle_per_second() const { return per_second(std::max<std::int64_t>(elapsed() - busy() - back_pressured(), 0)); }
  Value segment_size() const { return segment_size_; }

 private:
  struct Times {
    std::int64_t busy = 0, back_pressured = 0, elapsed = 0;  // ns
  };
  std::int64_t busy() const { return before_.busy + now_.busy; }
  std::int64_t back_pressured() const { return before_.back_pressured + now_.back_pressured; }
  std::int64_t elapsed() const { return before_.elapsed + now_.elapsed; }
  Value per_second(std::int64_t ns) const {
    if (elapsed() == 0) return std::nullopt;
    return std::min<std::int64_t>(ns / std::max<std::int64_t>(elapsed() / 1000, 1), 1000);
  }

  Times before_;  // of earlier attempts
  Times now_;     // of the one that runs
  std::int64_t running_since_ = 0;
  Value segment_size_;
};

// What the job's story holds besides its checkpoints.
struct Facts {
  std::uint64_t refused = 0;
  Value restored_at;
  std::map<engine::SubtaskId, TaskTimes> times;
};

std::vector<Facts> facts_of(const sim::Trace& trace, const Jobs& jobs) {
  std::vector<Facts> facts(jobs.size());
  for (std::uint32_t i = 0; i < trace.size(); ++i) {
    const sim::TraceEvent& event = trace.events()[i];
    Facts& of = facts[jobs.of(i)];
    if (failed_at_trigger(event)) ++of.refused;
    if (is_subtask(event.actor)) of.times[subtask_of(event.actor)].on_event(event);
    if (event.kind == sim::TraceKind(EventKind::RestoreChosen) && event.a != 0) {
      of.restored_at = event.time;
    }
  }
  return facts;
}

using Rows = std::vector<const CheckpointRow*>;

std::uint64_t count(const Rows& rows, CheckpointStatus status) {
  return static_cast<std::uint64_t>(
      std::count_if(rows.begin(), rows.end(), [&](const CheckpointRow* row) { return row->status == status; }));
}

// The last to complete, be it a savepoint, as in Flink; null: none.
const CheckpointRow* last_completed(const Rows& rows) {
  const CheckpointRow* last = nullptr;
  for (const CheckpointRow* row : rows) {
    if (row->status == CheckpointStatus::Completed && (last == nullptr || *row->ended_at >= *last->ended_at))
      last = row;
  }
  return last;
}

// From the event of the file, which is told by the hash of its path; of a checkpoint that the JobManager keeps, none.
Value metadata_size(const sim::Trace& trace, const CheckpointRow& row, const std::string& path) {
  const std::uint64_t hash = engine::hash_of_location(engine::metadata_path(path));
  for (std::uint32_t i = row.trigger_event; i < row.end_event; ++i) {
    const sim::TraceEvent& event = trace.events()[i];
    if (event.kind == sim::TraceKind(sim::WorldEventKind::StorageWritten) && event.b == hash) return event.detail;
  }
  return std::nullopt;
}

std::vector<Metric> metrics_of_job(const sim::Trace& trace, const Rows& rows, const Facts& facts,
                                   const std::string& directory) {
  const std::uint64_t completed = count(rows, CheckpointStatus::Completed);
  const std::uint64_t failed = count(rows, CheckpointStatus::Failed) + facts.refused;
  const std::uint64_t in_progress = count(rows, CheckpointStatus::InProgress);
  Value duration, size, full_size, metadata, id, completed_at;
  std::string path;
  if (const CheckpointRow* last = last_completed(rows)) {
    path = engine::checkpoint_directory(directory, {last->id}, last->kind);
    duration = *last->ended_at - last->triggered_at;
    size = value_of(last->bytes);
    full_size = value_of(last->full_bytes);
    metadata = metadata_size(trace, *last, path);
    id = value_of(last->id);
    completed_at = last->ended_at;
  }
  if (!metadata) path.clear();
  return {
      {"totalNumberOfCheckpoints", Unit::Count, value_of(completed + failed + in_progress), {}},
      {"numberOfInProgressCheckpoints", Unit::Count, value_of(in_progress), {}},
      {"numberOfCompletedCheckpoints", Unit::Count, value_of(completed), {}},
      {"numberOfFailedCheckpoints", Unit::Count, value_of(failed), {}},
      {"lastCompletedCheckpointId", Unit::Count, id, {}},
      {"lastCheckpointDuration", Unit::Duration, duration, {}},
      {"lastCheckpointSize", Unit::Bytes, size, {}},
      {"lastCheckpointFullSize", Unit::Bytes, full_size, {}},
      {"lastCheckpointMetadataSize", Unit::Bytes, metadata, {}},
      {"lastCheckpointCompletedTimestamp", Unit::Time, completed_at, {}},
      {"lastCheckpointRestoreTimestamp", Unit::Time, facts.restored_at, {}},
      {"lastCheckpointExternalPath", Unit::Path, {}, path},
  };
}

struct Latest {
  Value alignment, start_delay;
};

std::vector<SubtaskMetrics> metrics_of_subtasks(const Rows& rows, const Facts& facts) {
  std::map<engine::SubtaskId, Latest> latest;
  for (const CheckpointRow* row : rows) {
    for (const SubtaskPart& part : row->parts) {
      Latest& of = latest[part.subtask];
      if (part.alignment) of.alignment = part.alignment;
      if (part.start_delay) of.start_delay = part.start_delay;
    }
  }
  std::vector<SubtaskMetrics> subtasks;
  for (const auto& [subtask, times] : facts.times) {
    const Latest& of = latest[subtask];
    subtasks.push_back({subtask,
                        {{"checkpointAlignmentTime", Unit::Duration, of.alignment, {}},
                         {"checkpointStartDelayNanos", Unit::Duration, of.start_delay, {}},
                         {"busyTimeMsPerSecond", Unit::Count, times.busy_per_second(), {}},
                         {"backPressuredTimeMsPerSecond", Unit::Count, times.back_pressured_per_second(), {}},
                         {"idleTimeMsPerSecond", Unit::Count, times.idle_per_second(), {}},
                         {"debloatedBufferSize", Unit::Bytes, times.segment_size(), {}}}});
  }
  return subtasks;
}

}  // namespace

std::vector<JobMetrics> job_metrics(const RunView& run) {
  const Jobs jobs = jobs_of(run);
  const std::vector<CheckpointRow> history = checkpoint_history(run.trace);
  const std::vector<Facts> facts = facts_of(run.trace, jobs);
  std::vector<Rows> rows(jobs.size());
  for (const CheckpointRow& row : history) rows[jobs.of(row.trigger_event)].push_back(&row);
  std::vector<JobMetrics> metrics;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    metrics.push_back(
        {metrics_of_job(run.trace, rows[job], facts[job], sim::directory_of_stage(static_cast<std::uint32_t>(job))),
         metrics_of_subtasks(rows[job], facts[job])});
  }
  return metrics;
}

}  // namespace weir::reports
