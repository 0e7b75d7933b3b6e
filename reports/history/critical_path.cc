#include "history/critical_path.h"

#include <algorithm>
#include <optional>

#include "text/numbers.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using Kind = PathStep::Kind;
using Moment = std::optional<std::int64_t>;

struct AtSubtask {
  Moment trigger, last_barrier, taken, durable, acknowledged, counted;
  engine::ChannelId channel{};  // of the last barrier
  std::int64_t sync = 0;
};
struct OnChannel {
  Moment sent, received;
  std::uint64_t buffers = 0;
};

// What happened to one checkpoint, where.
class Facts {
 public:
  Facts(const sim::Trace& trace, const CheckpointRow& row, const engine::ExecutionGraph& graph)
      : subtasks(graph.subtasks().size()), channels(graph.channels().size()), row_(row) {
    const std::uint32_t last = row.end_event == sim::kNoCause ? trace.size() - 1 : row.end_event;
    for (std::uint32_t i = row.trigger_event; i <= last; ++i) read(trace.events()[i]);
    end = trace.events()[last].time;
  }

  std::vector<AtSubtask> subtasks;
  std::vector<OnChannel> channels;
  std::int64_t end = 0;

 private:
  void read(const sim::TraceEvent& event) {
    if (event.kind == sim::TraceKind(EventKind::SegmentProcessed)) return read_data(event);
    if (event.kind.value >= engine::kEngineEventKinds || !info(event.kind).has_checkpoint || event.a != row_.id) return;
    const auto kind = static_cast<EventKind>(event.kind.value);
    if (kind == EventKind::AckReceived) return count(event);
    if (engine::is_subtask(event.actor)) at_subtask(kind, event);
  }
  void read_data(const sim::TraceEvent& event) {
    if (event.detail >= channels.size()) return;
    OnChannel& channel = channels[event.detail];
    if (channel.sent && !channel.received) ++channel.buffers;
  }
  void count(const sim::TraceEvent& event) {
    const auto subtask = static_cast<std::size_t>(event.b & 0xFFFF);
    const bool success = static_cast<engine::AckClass>(event.b >> 32) == engine::AckClass::Success;
    if (success && subtask < subtasks.size()) subtasks[subtask].counted = event.time;
  }
  void at_subtask(EventKind kind, const sim::TraceEvent& event) {
    const engine::SubtaskId id = engine::subtask_of(event.actor);
    if (id.value >= subtasks.size()) return;
    AtSubtask& at = subtasks[id.value];
    switch (kind) {
      case EventKind::TriggerReceived:
        at.trigger = event.time;
        break;
      case EventKind::BarrierReceived:
        if (event.b == 0 && event.detail < channels.size()) receive(at, event);
        break;
      case EventKind::BarrierSent:
        if (event.detail < channels.size()) channels[event.detail].sent = event.time;
        break;
      case EventKind::SnapshotTaken:
        at.taken = event.time;
        break;
      case EventKind::SnapshotDurable:
        at.durable = event.time;
        break;
      case EventKind::AckSent:
        at.acknowledged = event.time;
        at.sync = static_cast<std::int64_t>(event.b);
        break;
      default:
        break;
    }
  }
  void receive(AtSubtask& at, const sim::TraceEvent& event) {
    channels[event.detail].received = event.time;
    at.last_barrier = event.time;
    at.channel = engine::ChannelId{event.detail};
  }

  const CheckpointRow& row_;
};

// Walks back from the end.
class Walk {
 public:
  Walk(const Facts& facts, const CheckpointRow& row, const engine::ExecutionGraph& graph)
      : facts_(facts), row_(row), graph_(graph) {}

  std::vector<PathStep> of_completed() {
    const engine::SubtaskId last = last_counted();
    const AtSubtask& at = of(last);
    if (!at.counted) return {};
    add(Kind::Metadata, last, *at.counted, facts_.end);
    acknowledgement(last, *at.counted);
    return reversed();
  }
  // Of the first subtask that had not done its part; subtasks come in the order of the stream.
  std::vector<PathStep> of_unfinished() {
    for (const engine::SubtaskInfo& subtask : graph_.subtasks()) {
      if (!of(subtask.id).counted && was_asked(subtask)) {
        open_step(subtask);
        return reversed();
      }
    }
    return of_completed();  // all parts are in; what is missing is the metadata
  }

 private:
  const AtSubtask& of(engine::SubtaskId id) const { return facts_.subtasks[id.value]; }
  void add(Kind kind, engine::SubtaskId subtask, std::int64_t begin, std::int64_t end, engine::ChannelId channel = {},
           std::uint64_t buffers = 0) {
    steps_.push_back({kind, subtask, channel, begin, end, buffers});
  }
  std::vector<PathStep> reversed() {
    std::reverse(steps_.begin(), steps_.end());
    return std::move(steps_);
  }

  engine::SubtaskId last_counted() const {
    std::size_t last = 0;
    for (std::size_t i = 0; i < facts_.subtasks.size(); ++i) {
      const Moment& mine = facts_.subtasks[i].counted;
      if (mine && (!facts_.subtasks[last].counted || *mine >= *facts_.subtasks[last].counted)) last = i;
    }
    return engine::SubtaskId{static_cast<std::uint16_t>(last)};
  }
  void acknowledgement(engine::SubtaskId id, std::int64_t end) {
    const AtSubtask& at = of(id);
    if (!at.acknowledged) return;
    add(Kind::Acknowledgement, id, *at.acknowledged, end);
    snapshot(id, *at.acknowledged);
  }
  void snapshot(engine::SubtaskId id, std::int64_t end) {
    const AtSubtask& at = of(id);
    if (!at.taken) return arrival(id);
    const std::int64_t written_from = std::min(*at.taken + at.sync, end);
    add(Kind::Async, id, written_from, end);
    if (at.sync > 0) add(Kind::Sync, id, *at.taken, written_from);
    arrival(id);
  }
  // What made the subtask take its snapshot.
  void arrival(engine::SubtaskId id) {
    const AtSubtask& at = of(id);
    if (at.last_barrier) return barrier(id, at.channel, *at.last_barrier);
    if (at.trigger) add(Kind::Trigger, id, row_.triggered_at, *at.trigger);
  }
  void barrier(engine::SubtaskId id, engine::ChannelId channel, std::int64_t end) {
    const OnChannel& on = facts_.channels[channel.value];
    if (!on.sent) return;
    add(Kind::Barrier, id, *on.sent, end, channel, on.buffers);
    arrival(graph_.channel(channel).producer);
  }

  bool was_asked(const engine::SubtaskInfo& subtask) const {
    if (of(subtask.id).trigger || of(subtask.id).acknowledged || subtask.inputs.empty()) return true;
    return std::any_of(subtask.inputs.begin(), subtask.inputs.end(),
                       [&](engine::ChannelId c) { return facts_.channels[c.value].sent.has_value(); });
  }
  void open_step(const engine::SubtaskInfo& subtask) {
    const AtSubtask& at = of(subtask.id);
    if (at.acknowledged) return acknowledgement(subtask.id, facts_.end);
    if (at.taken) return snapshot(subtask.id, facts_.end);
    for (const engine::ChannelId channel : subtask.inputs) {
      const OnChannel& on = facts_.channels[channel.value];
      if (on.sent && !on.received) return barrier(subtask.id, channel, facts_.end);
    }
    if (subtask.inputs.empty()) add(Kind::Trigger, subtask.id, row_.triggered_at, facts_.end);
  }

  const Facts& facts_;
  const CheckpointRow& row_;
  const engine::ExecutionGraph& graph_;
  std::vector<PathStep> steps_;
};

std::string waited(const PathStep& step, const engine::ExecutionGraph& graph) {
  const std::string took = short_duration(step.end - step.begin);
  const std::string& who = graph.subtask(step.subtask).name;
  switch (step.kind) {
    case Kind::Trigger:
      return who + " waited " + took + " for its trigger";
    case Kind::Barrier: {
      const std::string& from = graph.subtask(graph.channel(step.channel).producer).name;
      const std::string behind =
          step.buffers == 0 ? "" : ", held behind " + counted(step.buffers, "buffer", "buffers") + " on that channel";
      return who + " waited " + took + " for the barrier from " + from + behind;
    }
    case Kind::Sync:
      return who + " stood still for " + took + " in the synchronous part of its snapshot";
    case Kind::Async:
      return who + " took " + took + " to write its snapshot";
    case Kind::Acknowledgement:
      return "the acknowledgement of " + who + " took " + took;
    case Kind::Metadata:
      return "the metadata took " + took + " to write";
  }
  return {};
}

}  // namespace

const char* name(PathStep::Kind kind) {
  switch (kind) {
    case Kind::Trigger:
      return "trigger";
    case Kind::Barrier:
      return "barrier";
    case Kind::Sync:
      return "sync";
    case Kind::Async:
      return "async";
    case Kind::Acknowledgement:
      return "acknowledgement";
    case Kind::Metadata:
      break;
  }
  return "metadata";
}

std::string place(const PathStep& step, const engine::ExecutionGraph& graph) {
  if (step.kind == Kind::Metadata) return name(step.kind);
  const std::string& where =
      step.kind == Kind::Barrier ? graph.channel(step.channel).name : graph.subtask(step.subtask).name;
  return std::string(name(step.kind)) + " " + where;
}

const PathStep* CriticalPath::longest() const {
  const auto longest = std::max_element(steps.begin(), steps.end(), [](const PathStep& a, const PathStep& b) {
    return a.end - a.begin < b.end - b.begin;
  });
  return longest == steps.end() ? nullptr : &*longest;
}

CriticalPath critical_path(const sim::Trace& trace, const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  const Facts facts(trace, row, graph);
  Walk walk(facts, row, graph);
  const bool completed = row.status == CheckpointStatus::Completed;
  return {completed ? walk.of_completed() : walk.of_unfinished(), completed};
}

std::string told(const CriticalPath& path, const engine::ExecutionGraph& graph) {
  const PathStep* const longest = path.longest();
  if (longest == nullptr || longest->end == longest->begin) return {};
  const bool open = !path.completed && longest == &path.steps.back();
  return waited(*longest, graph) + (open ? ", in vain" : "");
}

}  // namespace weir::reports
