#include "history/checkpoints.h"

#include <algorithm>
#include <map>
#include <set>

namespace weir::reports {
namespace {

using engine::EventKind;

std::optional<std::int64_t> between(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  if (!from || !to) return std::nullopt;
  return std::max<std::int64_t>(0, *to - *from);
}

// The snapshot is taken in the sync part, which is told to have lasted `sync` once it is acknowledged (SN-5).
std::optional<std::int64_t> async_of(const SubtaskMoments& m) {
  if (!m.sync || !m.taken) return std::nullopt;
  return between(*m.taken + *m.sync, m.durable);
}

void keep_first(std::optional<std::int64_t>& slot, std::int64_t time) {
  if (!slot) slot = time;
}

class HistoryReader {
 public:
  void read(const sim::TraceEvent& event, std::uint32_t index) {
    last_time_ = event.time;
    if (event.kind == sim::WorldEventKind::StageBegan) first_of_job_ = rows_.size();
    if (event.kind == sim::TraceKind(EventKind::SegmentProcessed)) return pass_data(engine::ChannelId{event.detail});
    if (event.kind.value >= engine::kEngineEventKinds || !info(event.kind).has_checkpoint) return;
    const auto kind = static_cast<EventKind>(event.kind.value);
    if (kind == EventKind::CheckpointTriggered) return open(event, index);
    CheckpointRow* row = find(event.a);
    if (row == nullptr) return;
    if (engine::is_subtask(event.actor)) return at_subtask(kind, event, *row);
    at_coordinator(kind, event, index, *row);
  }

  std::vector<CheckpointRow> finish() {
    for (CheckpointRow& row : rows_) add_parts(row);
    return std::move(rows_);
  }

 private:
  CheckpointRow* find(std::uint64_t id) {
    const auto at = position_.find(id);
    return at == position_.end() ? nullptr : &rows_[at->second];
  }

  void open(const sim::TraceEvent& event, std::uint32_t index) {
    CheckpointRow row;
    row.id = event.a;
    row.kind = static_cast<engine::CheckpointKind>(event.detail);
    row.expected = event.b;
    row.triggered_at = event.time;
    row.trigger_event = index;
    position_[row.id] = rows_.size();
    in_progress_.insert(rows_.size());
    rows_.push_back(std::move(row));
  }

  void at_coordinator(EventKind kind, const sim::TraceEvent& event, std::uint32_t index, CheckpointRow& row) {
    switch (kind) {
      case EventKind::AckReceived:
        return acknowledge(event, row);
      case EventKind::CheckpointCompleted:
        return complete(event, index, row);
      case EventKind::CheckpointAborted:
        row.abort_reason = static_cast<engine::AbortReason>(event.detail);
        return end(CheckpointStatus::Failed, event, index, row);
      case EventKind::RestoreChosen:
        return row.restored_by.push_back(index);
      default:
        return;
    }
  }

  void end(CheckpointStatus status, const sim::TraceEvent& event, std::uint32_t index, CheckpointRow& row) {
    row.status = status;
    row.ended_at = event.time;
    row.end_event = index;
    in_progress_.erase(number(row));
  }

  std::size_t number(const CheckpointRow& row) const { return static_cast<std::size_t>(&row - rows_.data()); }

  // A newer completed checkpoint takes the place of the older ones of its job (CO-42); a savepoint is outside of that.
  void complete(const sim::TraceEvent& event, std::uint32_t index, CheckpointRow& row) {
    end(CheckpointStatus::Completed, event, index, row);
    row.full_bytes = event.b;
    if (is_savepoint(row.kind)) return;
    for (std::size_t i = first_of_job_; i < rows_.size(); ++i) {
      CheckpointRow& other = rows_[i];
      const bool older = other.status == CheckpointStatus::Completed && other.id < row.id && !is_savepoint(other.kind);
      if (older && other.subsumed_by == 0) other.subsumed_by = row.id;
    }
  }

  void acknowledge(const sim::TraceEvent& event, CheckpointRow& row) {
    if (static_cast<engine::AckClass>(event.b >> 32) != engine::AckClass::Success) return;
    const engine::SubtaskId subtask{static_cast<std::uint16_t>(event.b & 0xFFFF)};
    ++row.acknowledged;
    row.latest_ack = event.time;
    row.moments.subtasks[subtask].counted = event.time;
  }

  // Data that is read from a channel whose barrier is on its way was ahead of it.
  void pass_data(engine::ChannelId channel) {
    for (const std::size_t row : in_progress_) {
      const auto at = rows_[row].moments.channels.find(channel);
      if (at != rows_[row].moments.channels.end() && at->second.sent && !at->second.received) ++at->second.buffers;
    }
  }

  // Whoever restores from a checkpoint of the job before has no part in it.
  void at_subtask(EventKind kind, const sim::TraceEvent& event, CheckpointRow& row) {
    if (number(row) < first_of_job_) return;
    SubtaskMoments& m = row.moments.subtasks[engine::subtask_of(event.actor)];
    switch (kind) {
      case EventKind::TriggerReceived:
        keep_first(m.trigger, event.time);
        return keep_first(m.first_barrier, event.time);
      case EventKind::AlignmentStarted:
        return keep_first(m.first_barrier, event.time);
      case EventKind::BarrierReceived:
        if (event.b != 0) return;
        return receive(m, engine::ChannelId{event.detail}, event.time, row);
      case EventKind::BarrierSent:
        row.moments.channels[engine::ChannelId{event.detail}].sent = event.time;
        return;
      case EventKind::AlignmentEnded:
        m.alignment = static_cast<std::int64_t>(event.b);
        return;
      case EventKind::SnapshotTaken:
        return keep_first(m.taken, event.time);
      case EventKind::SnapshotDurable:
        keep_first(m.durable, event.time);
        m.bytes = event.b;
        return;
      case EventKind::AckSent:
        m.acknowledged = event.time;
        m.sync = static_cast<std::int64_t>(event.b);
        return;
      default:
        return;
    }
  }

  static void receive(SubtaskMoments& m, engine::ChannelId channel, std::int64_t time, CheckpointRow& row) {
    if (!m.first_barrier) m.first_channel = channel;
    keep_first(m.first_barrier, time);
    row.moments.channels[channel].received = time;
    if (row.ended_at) return;
    m.last_barrier = time;
    m.channel = channel;
  }

  void add_parts(CheckpointRow& row) const {
    row.until = row.ended_at.value_or(last_time_);
    for (const auto& [subtask, moments] : row.moments.subtasks) {
      row.parts.push_back(part_of(row, subtask, moments));
      if (row.parts.back().acknowledged) row.bytes += row.parts.back().bytes;
    }
  }

  // ME-1: end to end is from the trigger to the acknowledgement; the parts add up to it (ME-2).
  static SubtaskPart part_of(const CheckpointRow& row, engine::SubtaskId subtask, const SubtaskMoments& m) {
    SubtaskPart part;
    part.subtask = subtask;
    part.start_delay = between(row.triggered_at, m.first_barrier);
    part.alignment = m.alignment;
    part.sync = m.sync;
    part.async = async_of(m);
    part.end_to_end = between(row.triggered_at, m.counted);
    part.bytes = m.bytes;
    part.acknowledged = m.counted.has_value();
    return part;
  }

  std::vector<CheckpointRow> rows_;
  std::map<std::uint64_t, std::size_t> position_;
  std::set<std::size_t> in_progress_;  // rows
  std::size_t first_of_job_ = 0;       // row of the present job
  std::int64_t last_time_ = 0;
};

std::string restored_words(std::size_t times) {
  if (times <= 2) return times == 1 ? "restored from once" : "restored from twice";
  return "restored from " + std::to_string(times) + " times";
}

}  // namespace

const char* name(CheckpointStatus status) {
  switch (status) {
    case CheckpointStatus::InProgress:
      return "In Progress";
    case CheckpointStatus::Completed:
      return "Completed";
    case CheckpointStatus::Failed:
      break;
  }
  return "Failed";
}

std::vector<CheckpointRow> checkpoint_history(const sim::Trace& trace) {
  HistoryReader reader;
  for (std::uint32_t i = 0; i < trace.size(); ++i) reader.read(trace.events()[i], i);
  return reader.finish();
}

std::string fate(const CheckpointRow& row) {
  if (row.status == CheckpointStatus::InProgress) return "in progress when the run ended";
  if (row.status == CheckpointStatus::Failed) return "aborted: " + std::string(name(row.abort_reason));
  std::string words = "completed";
  if (!row.restored_by.empty()) words += ", " + restored_words(row.restored_by.size());
  if (is_savepoint(row.kind)) return words + ", the user's";
  return words +
         (row.subsumed_by == 0 ? ", the newest at the end" : ", subsumed by " + std::to_string(row.subsumed_by));
}

}  // namespace weir::reports
