#include "history/critical_path.h"

#include <algorithm>

#include "text/numbers.h"

namespace weir::reports {
namespace {

using Kind = PathStep::Kind;

// Walks back from the end.
class Walk {
 public:
  Walk(const CheckpointRow& row, const engine::ExecutionGraph& graph) : row_(row), graph_(graph) {}

  std::vector<PathStep> of_completed() {
    const engine::SubtaskId last = last_counted();
    const Moment counted = of(last).counted;
    if (!counted) return {};
    add(Kind::Metadata, last, *counted, row_.until);
    acknowledgement(last, *counted);
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
  // As far as it had come when the checkpoint ended.
  SubtaskMoments of(engine::SubtaskId id) const {
    const auto found = row_.moments.subtasks.find(id);
    if (found == row_.moments.subtasks.end()) return {};
    SubtaskMoments at = found->second;
    for (Moment* moment : {&at.trigger, &at.last_barrier, &at.taken, &at.durable, &at.acknowledged, &at.counted}) {
      if (*moment && **moment > row_.until) moment->reset();
    }
    return at;
  }
  ChannelMoments of(engine::ChannelId id) const {
    const auto found = row_.moments.channels.find(id);
    if (found == row_.moments.channels.end()) return {};
    ChannelMoments on = found->second;
    for (Moment* moment : {&on.sent, &on.received}) {
      if (*moment && **moment > row_.until) moment->reset();
    }
    return on;
  }
  void add(Kind kind, engine::SubtaskId subtask, std::int64_t begin, std::int64_t end, engine::ChannelId channel = {},
           std::uint64_t buffers = 0) {
    steps_.push_back({kind, subtask, channel, begin, end, buffers});
  }
  std::vector<PathStep> reversed() {
    std::reverse(steps_.begin(), steps_.end());
    return std::move(steps_);
  }

  engine::SubtaskId last_counted() const {
    engine::SubtaskId last{};
    Moment latest;
    for (const engine::SubtaskInfo& subtask : graph_.subtasks()) {
      const Moment counted = of(subtask.id).counted;
      if (counted && (!latest || *counted >= *latest)) {
        latest = counted;
        last = subtask.id;
      }
    }
    return last;
  }
  void acknowledgement(engine::SubtaskId id, std::int64_t end) {
    const SubtaskMoments at = of(id);
    if (!at.acknowledged) return;
    add(Kind::Acknowledgement, id, *at.acknowledged, end);
    snapshot(id, *at.acknowledged);
  }
  void snapshot(engine::SubtaskId id, std::int64_t end) {
    const SubtaskMoments at = of(id);
    if (!at.taken) return arrival(id);
    const std::int64_t sync = at.acknowledged ? at.sync.value_or(0) : 0;
    const std::int64_t written_from = std::min(*at.taken + sync, end);
    if (at.last_barrier && *at.last_barrier > written_from) {  // unaligned: its part waits for the last barrier (BA-11)
      const std::int64_t complete_from = std::min(*at.last_barrier, end);
      add(Kind::Async, id, complete_from, end);
      return barrier(id, at.channel, complete_from);
    }
    add(Kind::Async, id, written_from, end);
    if (sync > 0) add(Kind::Sync, id, *at.taken, written_from);
    arrival(id);
  }
  // What made the subtask take its snapshot: the last barrier, or the first one, perhaps after it had been aligned for
  // too long (BA-13).
  void arrival(engine::SubtaskId id) {
    const SubtaskMoments at = of(id);
    if (at.taken && at.last_barrier && *at.last_barrier > *at.taken) return barrier(id, at.first_channel, *at.taken);
    if (at.last_barrier) return barrier(id, at.channel, *at.last_barrier);
    if (at.trigger) add(Kind::Trigger, id, row_.triggered_at, *at.trigger);
  }
  void barrier(engine::SubtaskId id, engine::ChannelId channel, std::int64_t end) {
    const ChannelMoments on = of(channel);
    if (!on.sent) return;
    add(Kind::Barrier, id, *on.sent, end, channel, on.buffers);
    arrival(graph_.channel(channel).producer);
  }

  bool was_asked(const engine::SubtaskInfo& subtask) const {
    if (of(subtask.id).trigger || of(subtask.id).acknowledged || subtask.inputs.empty()) return true;
    return std::any_of(subtask.inputs.begin(), subtask.inputs.end(),
                       [&](engine::ChannelId c) { return of(c).sent.has_value(); });
  }
  void open_step(const engine::SubtaskInfo& subtask) {
    const SubtaskMoments at = of(subtask.id);
    if (at.acknowledged) return acknowledgement(subtask.id, row_.until);
    for (const engine::ChannelId channel : subtask.inputs) {
      const ChannelMoments on = of(channel);
      if (on.sent && !on.received) return barrier(subtask.id, channel, row_.until);
    }
    if (at.taken) return snapshot(subtask.id, row_.until);
    if (subtask.inputs.empty()) add(Kind::Trigger, subtask.id, row_.triggered_at, row_.until);
  }

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

CriticalPath critical_path(const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  Walk walk(row, graph);
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
