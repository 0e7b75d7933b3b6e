#include "text/event_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "text/escape.h"
#include "text/event_forms.h"
#include "text/numbers.h"
#include "weir/engine/messages.h"
#include "weir/sim/simulation.h"

namespace weir::reports {
namespace {

std::string subtask_name(const engine::ExecutionGraph& graph, std::uint64_t subtask) {
  return subtask < graph.subtasks().size() ? graph.subtasks()[subtask].name : "subtask " + std::to_string(subtask);
}

std::string vertex_name(const engine::ExecutionGraph& graph, std::uint64_t vertex) {
  const auto& vertices = graph.job().vertices;
  return vertex < vertices.size() ? vertices[vertex].label : "vertex " + std::to_string(vertex);
}

std::string unassigned(const engine::ExecutionGraph& graph, engine::UnassignedSplit split) {
  return "of " + vertex_name(graph, split.source.value) + ", position " + grouped(split.position);
}

std::string last_event(std::uint64_t number) {
  return number == 0 ? "none before it" : "up to " + std::to_string(number);
}

std::string channel_name(const engine::ExecutionGraph& graph, std::uint64_t channel) {
  return channel < graph.channels().size() ? graph.channels()[channel].name : "channel " + std::to_string(channel);
}

std::string process_name(std::uint64_t process) {
  if (process == engine::kStandbyJobManager.value) return "jobmanager-2";
  return process == 0 ? "jobmanager" : "tm-" + std::to_string(process);
}

std::string message_words(std::uint64_t packed, const char* direction) {
  const std::uint64_t kind = packed & 0xFF;
  const std::string what =
      kind < engine::kMessageKinds ? std::string(name(static_cast<engine::MessageKind>(kind))) : "?";
  return what + direction + process_name(packed >> 8);
}

// An enumerator of the trace in its own words.
template <class Enum>
std::string spelled(std::uint64_t value) {
  return std::string(name(static_cast<Enum>(value)));
}

std::string subtask_and(const engine::ExecutionGraph& graph, std::uint64_t packed, const std::string& what) {
  return subtask_name(graph, packed & 0xFFFF'FFFF) + ", " + what;
}

std::string words_of(Form form, std::uint64_t v, const engine::ExecutionGraph& graph) {
  switch (form) {
    case Form::None:
      return "";
    case Form::JobState:
      return spelled<engine::JobState>(v);
    case Form::Attempt:
      return "attempt " + std::to_string(v);
    case Form::Subtask:
      return "of " + subtask_name(graph, v);
    case Form::OnProcess:
      return "on " + process_name(v);
    case Form::AttemptState:
      return spelled<engine::AttemptState>(v);
    case Form::FailureCause:
      return spelled<engine::FailureCause>(v);
    case Form::Restarts:
      return counted(v, "restart", "restarts") + " so far";
    case Form::BusyNs:
      return "busy for " + short_duration(static_cast<std::int64_t>(v));
    case Form::BackPressuredNs:
      return "back-pressured for " + short_duration(static_cast<std::int64_t>(v));
    case Form::DelayNs:
      return "in " + short_duration(static_cast<std::int64_t>(v));
    case Form::CheckpointKind:
      return spelled<engine::CheckpointKind>(v);
    case Form::WaitFor:
      return "waits for " + counted(v, "subtask", "subtasks");
    case Form::Bytes:
      return counted(v, "byte", "bytes");
    case Form::AbortReason:
      return spelled<engine::AbortReason>(v);
    case Form::AckClass:
      return spelled<engine::AckClass>(v);
    case Form::SubtaskAndAck:
      return subtask_and(graph, v, spelled<engine::AckClass>(v >> 32));
    case Form::SubtaskAndReason:
      return subtask_and(graph, v, spelled<engine::AbortReason>(v >> 32));
    case Form::Channel:
      return "on " + channel_name(graph, v);
    case Form::FirstChannel:
      return "first barrier on " + channel_name(graph, v);
    case Form::Obsolete:
      return v == 0 ? "" : "obsolete";
    case Form::TookNs:
      return "after " + short_duration(static_cast<std::int64_t>(v));
    case Form::SyncNs:
      return "sync part " + short_duration(static_cast<std::int64_t>(v));
    case Form::CutProcessed:
      return counted(engine::ChannelCut::count(v), "record", "records") + " processed before it";
    case Form::CutSent:
      return counted(engine::ChannelCut::count(v), "record", "records") + " sent before it";
    case Form::CutInFlight:
      return counted(engine::ChannelCut::count(v), "record", "records") + " in flight";
    case Form::Digest:
      return "state digest " + hex(v);
    case Form::LatestCompleted:
      return v == 0 ? "none completed" : "latest completed " + std::to_string(v);
    case Form::Split:
      return "split " + std::to_string(v);
    case Form::Position:
      return "position " + grouped(v);
    case Form::PositionInVertex:
      return unassigned(graph, engine::UnassignedSplit::of(v));
    case Form::ToSubtask:
      return "to " + subtask_name(graph, v);
    case Form::SubtaskAndEvent:
      return "events to " + subtask_name(graph, v >> 32) + ": " + last_event(v & 0xFFFF'FFFF);
    case Form::LastEvent:
      return last_event(v);
    case Form::EventNumber:
      return "event " + std::to_string(v);
    case Form::Records:
      return counted(v, "record", "records");
    case Form::Transaction:
      return "transaction " + std::to_string(v);
    case Form::Phase:
      return spelled<sim::Phase>(v);
    case Form::Incarnation:
      return "incarnation " + std::to_string(v);
    case Form::NamedProcess:
      return process_name(v);
    case Form::Unreachable:
      return v == 0 ? "silent" : "unreachable";
    case Form::ForNs:
      return "for " + short_duration(static_cast<std::int64_t>(v));
    case Form::Waited:
      return counted(v, "event", "events") + " waited";
    case Form::MessageTo:
      return message_words(v, " to ");
    case Form::MessageFrom:
      return message_words(v, " from ");
    case Form::OfCheckpoint:
      return v == 0 ? "" : "checkpoint " + std::to_string(v);
    case Form::OfSubtask:
      return v == engine::kNoSubtask.value ? "" : subtask_name(graph, v);
    case Form::Generation:
      return "generation " + std::to_string(v);
    case Form::ExtraNs:
      return short_duration(static_cast<std::int64_t>(v)) + " late";
    case Form::FaultNumber:
      return "fault " + std::to_string(v + 1);
    case Form::WriteId:
      return "write " + std::to_string(v);
    case Form::PathHash:
      return "path hash " + hex(v);
    case Form::Offset:
      return "from offset " + grouped(v);
    case Form::JobRequest:
      return spelled<engine::JobRequestKind>(v);
    case Form::RequestNumber:
      return "request " + std::to_string(v);
    case Form::Fulfilled:
      return v == 1 ? "fulfilled" : "not fulfilled";
    case Form::Stage:
      return "job " + std::to_string(v + 1);
    case Form::Claimed:
      return v == 1 ? "claimed" : "";
    case Form::ActionNumber:
      return "action " + std::to_string(v + 1);
    case Form::RestoredFiles:
      return std::to_string(v & 0xFFFF'FFFF) + " from the local disk, " + std::to_string(v >> 32) + " from storage";
    case Form::Session:
      return "session " + std::to_string(v);
  }
  return "";
}

void join(std::string& sentence, const std::string& words) {
  if (words.empty()) return;
  if (!sentence.empty()) sentence += ", ";
  sentence += words;
}

std::string checkpoint_words(const sim::TraceEvent& event) {
  if (!info(event.kind).has_checkpoint || (event.a == 0 && event.actor == engine::kHaStoreActor)) return "";
  return event.a == 0 ? "no checkpoint, from the start" : "checkpoint " + std::to_string(event.a);
}

std::string left(std::string text, std::size_t width) {
  const std::size_t has = columns(text);
  return has < width ? text + std::string(width - has, ' ') : text;
}

constexpr std::size_t kTimeWidth = 16;
constexpr std::size_t kNameWidth = 25;  // "transaction-pre-committed"

}  // namespace

std::string event_name(const sim::TraceEvent& event) { return std::string(info(event.kind).name); }

std::string event_words(const sim::TraceEvent& event, const engine::ExecutionGraph& graph) {
  const Forms forms = forms_of(event.kind);
  std::string out;
  join(out, checkpoint_words(event));
  join(out, words_of(forms.detail, event.detail, graph));
  if (!info(event.kind).has_checkpoint) join(out, words_of(forms.a, event.a, graph));
  join(out, words_of(forms.b, event.b, graph));
  return out;
}

EventLines::EventLines(Jobs jobs) : jobs_(std::move(jobs)), actor_width_(10) {
  for (std::size_t job = 0; job < jobs_.size(); ++job) {
    for (const engine::SubtaskInfo& subtask : jobs_[job].subtasks())
      actor_width_ = std::max(actor_width_, columns(subtask.name));
  }
}

std::string EventLines::line(const sim::TraceEvent& event, std::size_t index) const {
  const engine::ExecutionGraph& graph = jobs_.at(index);
  const std::string time = clock_time(event.time);
  std::string out(time.size() < kTimeWidth ? kTimeWidth - time.size() : 0, ' ');
  out += time + "  " + left(sim::actor_name(graph, event.actor), actor_width_) + "  ";
  out += left(event_name(event), kNameWidth) + "  " + event_words(event, graph);
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

std::string EventLines::sentence(const sim::TraceEvent& event, std::size_t index) const {
  const engine::ExecutionGraph& graph = jobs_.at(index);
  const std::string words = event_words(event, graph);
  std::string out = clock_time(event.time) + " " + sim::actor_name(graph, event.actor) + " " + event_name(event);
  return words.empty() ? out : out + ": " + words;
}

}  // namespace weir::reports
