#include "draw/space_time_layout.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "draw/drawn_window.h"
#include "text/numbers.h"
#include "weir/engine/messages.h"
#include "weir/sim/simulation.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using sim::TraceEvent;
using sim::WorldEventKind;

constexpr int kShapeHalf = 7;
constexpr int kPointHalf = 4;

struct Place {
  std::size_t lane = 0;
  int y = 0;
};

class Layouter {
 public:
  Layouter(const RunView& run, int top, std::vector<std::uint32_t> witnesses)
      : run_(run),
        lanes_(jobs_of(run)),
        axis_(top, lanes_.all().size()),
        witnesses_(std::move(witnesses)),
        lives_(lanes_, lanes_.subtask_lanes(), top) {}

  // Events before the picture only tell who is alive where.
  void before(const TraceEvent& event) {
    if (is(event, WorldEventKind::StageBegan)) lanes_.enter(event.detail);
    if (is(event, EventKind::AttemptDeployed) && known_subtask(event.a)) {
      lives_.begin(lane_of(event.a), static_cast<std::uint16_t>(event.b), axis_.top());
    } else if (ends_attempt(event)) {
      lives_.forget(lanes_.of(event.actor));
    } else if (is(event, WorldEventKind::ProcessCrashed)) {
      for (const std::size_t lane : lives_.on(event.actor.value)) lives_.forget(lane);
    }
  }

  void draw(const TraceEvent& event, std::uint32_t index) {
    index_ = index;
    if (is(event, EventKind::AlignmentStarted)) return lives_.begin_alignment(lanes_.of(event.actor), edge(event));
    if (is(event, EventKind::AlignmentEnded)) return lives_.end_alignment(lanes_.of(event.actor), edge(event));
    const bool witness = std::binary_search(witnesses_.begin(), witnesses_.end(), index);
    if (!drawn(event)) {
      if (witness) mark(event, lanes_.of(event.actor), Shape::Note, event_label(event));
      return;
    }
    if (event.kind.value < sim::kFirstWorldEvent) {
      of_engine(event);
    } else {
      of_world(event);
    }
  }

  SpaceTime finish() {
    lives_.finish(axis_.here() + 16);
    out_.lives = lives_.lives();
    for (const std::size_t lane : {std::size_t{Lanes::kWorld}, std::size_t{Lanes::kCoordinator}, lanes_.log()}) {
      out_.lives.push_back({lane, axis_.top(), axis_.here() + 16});
    }
    out_.alignments = lives_.alignments();
    out_.abandoned = lives_.abandoned();
    out_.lanes = lanes_.all();
    out_.ticks = axis_.ticks();
    out_.folds = axis_.folds();
    out_.name_rows = axis_.name_rows();
    out_.width = lanes_.right_edge();
    out_.top = axis_.top();
    out_.bottom = axis_.here() + 28;
    return std::move(out_);
  }

 private:
  static bool is(const TraceEvent& event, sim::TraceKind kind) { return event.kind == kind; }
  bool known_subtask(std::uint64_t subtask) const { return subtask < lanes_.job().subtasks().size(); }
  std::size_t lane_of(std::uint64_t subtask) const {
    return lanes_.of(engine::SubtaskId{static_cast<std::uint16_t>(subtask)});
  }

  static bool ends_attempt(const TraceEvent& event) {
    if (is(event, EventKind::AttemptFailed)) return true;
    if (!is(event, EventKind::AttemptStateChanged)) return false;
    const auto state = static_cast<engine::AttemptState>(event.a);
    return state == engine::AttemptState::Finished || state == engine::AttemptState::Canceled ||
           state == engine::AttemptState::Failed;
  }

  // --- marks
  int mark(const TraceEvent& event, std::size_t lane, Shape shape, std::string label = {}) {
    const int y = axis_.place(event.time, {lane}, shape == Shape::Point ? kPointHalf : kShapeHalf);
    put(lane, y, shape, std::move(label));
    return y;
  }
  void put(std::size_t lane, int y, Shape shape, std::string label) {
    const bool witness = std::binary_search(witnesses_.begin(), witnesses_.end(), index_);
    out_.marks.push_back({index_, lane, y, shape, std::move(label), witness});
  }
  int here(const TraceEvent& event, Shape shape, std::string label = {}) {
    return mark(event, lanes_.of(event.actor), shape, std::move(label));
  }
  static std::string event_label(const TraceEvent& event) { return std::string(info(event.kind).name); }
  static std::string numbered(const char* what, std::uint64_t checkpoint) {
    return std::string(what) + " " + std::to_string(checkpoint);
  }

  void arrow(Line line, const std::optional<Place>& from, std::size_t to_lane, int to_y) {
    if (from) out_.arrows.push_back({line, from->lane, from->y, to_lane, to_y});
  }
  template <class Map, class Key>
  static std::optional<Place> found(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? std::nullopt : std::optional<Place>(at->second);
  }

  // --- lives
  void begin_life(const TraceEvent& event) {
    if (!known_subtask(event.a)) return;
    const std::size_t lane = lane_of(event.a);
    const int y = mark(event, lane, Shape::Deploy, numbered("attempt", event.detail));
    lives_.begin(lane, static_cast<std::uint16_t>(event.b), y);
  }
  void crash(const TraceEvent& event) {
    const std::vector<std::size_t> lanes = lives_.on(event.actor.value);
    const int y = axis_.place(event.time, lanes.empty() ? std::vector<std::size_t>{Lanes::kWorld} : lanes, kShapeHalf);
    if (lanes.empty()) put(Lanes::kWorld, y, Shape::Crash, sim::actor_name(run_.graph, event.actor) + " crashes");
    for (const std::size_t lane : lanes) {
      put(lane, y, Shape::Crash, "crash " + sim::actor_name(run_.graph, event.actor));
      lives_.end(lane, y);
    }
  }
  void attempt_ends(const TraceEvent& event) {
    const std::size_t lane = lanes_.of(event.actor);
    if (!lives_.alive(lane)) return;
    const bool failed = is(event, EventKind::AttemptFailed);
    const std::string label = failed ? std::string(name(static_cast<engine::FailureCause>(event.a)))
                                     : std::string(name(static_cast<engine::AttemptState>(event.a)));
    lives_.end(lane, mark(event, lane, failed ? Shape::Failed : Shape::End, label));
  }

  // Where a bar on a lifeline begins or ends; takes no room.
  int edge(const TraceEvent& event) { return axis_.place(event.time, {lanes_.of(event.actor)}, 0); }

  // --- barriers
  void barrier_sent(const TraceEvent& event) {
    const std::size_t lane = lanes_.of(event.actor);
    const bool same =
        last_sent_ && last_sent_->lane == lane && last_sent_time_ == event.time && last_sent_id_ == event.a;
    if (!same) last_sent_ = Place{lane, mark(event, lane, Shape::BarrierSent)};
    last_sent_time_ = event.time;
    last_sent_id_ = event.a;
    sent_[{event.detail, event.a}] = *last_sent_;
  }
  void barrier_received(const TraceEvent& event) {
    const int y = here(event, Shape::BarrierReceived, event.b == 0 ? "" : "obsolete");
    arrow(Line::Barrier, found(sent_, std::pair(event.detail, event.a)), lanes_.of(event.actor), y);
  }

  // --- coordinator
  void answer_received(const TraceEvent& event, Line line, Shape shape, std::string label) {
    const int y = here(event, shape, std::move(label));
    arrow(line, found(answered_, std::pair(event.b & 0xFFFF'FFFF, event.a)), Lanes::kCoordinator, y);
  }
  void control_received(const TraceEvent& event, const std::map<std::uint64_t, Place>& sent) {
    const int y = here(event, Shape::Point);
    arrow(Line::Control, found(sent, event.a), lanes_.of(event.actor), y);
  }
  void ack_received(const TraceEvent& event) {
    const auto ack = static_cast<engine::AckClass>(event.b >> 32);
    const bool counts = ack == engine::AckClass::Success;
    answer_received(event, Line::Ack, counts ? Shape::Point : Shape::Note,
                    counts ? "" : std::string(name(ack)) + " ack");
  }
  void restore_chosen(const TraceEvent& event) {
    const std::string label = event.a == 0 ? "restore from start" : numbered("restore from", event.a);
    const int y = here(event, Shape::Restore, label);
    const auto completed = found(completed_, event.a);
    out_.rewinds.push_back({y, completed ? completed->y : axis_.top(), !completed, event.a});
    for (std::size_t lane = 0; lane < lanes_.all().size(); ++lane) {
      const auto taken = found(taken_, std::pair(lane, event.a));
      if (lanes_.is_subtask_lane(lane)) lives_.abandon(lane, taken ? std::optional(taken->y) : std::nullopt, y);
    }
  }

  // --- the outside
  void log_answer(const TraceEvent& event, Line line, Shape shape, const char* what) {
    const int y = here(event, shape, what + (" " + counted(event.detail, "record", "records")));
    arrow(line, found(transactions_, event.a), lanes_.log(), y);
  }
  void message_lost(const TraceEvent& event) {
    const bool from_coordinator = engine::is_job_manager(event.actor);
    const auto kind = static_cast<engine::MessageKind>(event.detail & 0xFF);
    const std::size_t subtask_lane = known_subtask(event.b) ? lane_of(event.b) : std::size_t{Lanes::kWorld};
    const std::size_t from = from_coordinator ? Lanes::kCoordinator : subtask_lane;
    const std::size_t to = from_coordinator ? subtask_lane : Lanes::kCoordinator;
    const int y = mark(event, from, Shape::Note, "lost " + std::string(name(kind)));
    if (from != to) out_.arrows.push_back({Line::Lost, from, y, to, y + 16});
  }
  void phase(const TraceEvent& event) {
    const int y = axis_.place(event.time, {Lanes::kWorld}, kShapeHalf);
    out_.phases.push_back({y, std::string(name(static_cast<sim::Phase>(event.detail))) + " begins"});
  }
  // Nobody of the job before lives any more, and numbers mean subtasks of this one.
  void stage_began(const TraceEvent& event) {
    const std::string from = event.a == 0 ? " starts fresh" : " starts from " + std::to_string(event.a);
    const int y = mark(event, Lanes::kWorld, Shape::Restore, "job " + std::to_string(event.detail + 1) + from);
    for (std::size_t lane = 0; lane < lanes_.all().size(); ++lane) {
      if (lanes_.is_subtask_lane(lane) && lives_.alive(lane)) lives_.end(lane, y);
    }
    lanes_.enter(event.detail);
    sent_.clear();
    answered_.clear();
  }
  void action_taken(const TraceEvent& event) {
    const auto& actions = run_.result.spec.actions;
    std::string label = "action " + std::to_string(event.detail + 1);
    if (event.detail < actions.size()) label += ": " + std::string(name(actions[event.detail].kind));
    mark(event, Lanes::kWorld, Shape::Note, label);
  }
  void fault_fired(const TraceEvent& event) {
    const sim::FaultPlan& plan = run_.result.spec.world.faults;
    std::string label = "fault " + std::to_string(event.detail + 1);
    if (event.detail < plan.size()) label += ": " + std::string(name(plan[event.detail].kind));
    mark(event, Lanes::kWorld, Shape::Fault, label);
  }

  void of_engine(const TraceEvent& event) {
    const std::pair lane_and_id{lanes_.of(event.actor), event.a};
    switch (static_cast<EventKind>(event.kind.value)) {
      case EventKind::AttemptDeployed:
        return begin_life(event);
      case EventKind::AttemptFailed:
        return attempt_ends(event);
      case EventKind::AttemptStateChanged:
        if (ends_attempt(event)) attempt_ends(event);
        return;
      case EventKind::CheckpointTriggered:
        triggered_[event.a] = {Lanes::kCoordinator, here(event, Shape::Trigger, numbered("trigger", event.a))};
        return;
      case EventKind::TriggerReceived:
        return control_received(event, triggered_);
      case EventKind::BarrierSent:
        return barrier_sent(event);
      case EventKind::BarrierReceived:
        return barrier_received(event);
      case EventKind::SnapshotTaken:
        taken_[lane_and_id] = {lane_and_id.first, here(event, Shape::Snapshot, numbered("snapshot", event.a))};
        return;
      case EventKind::SnapshotDurable:
        here(event, Shape::Durable);
        return;
      case EventKind::SnapshotFailed:
        here(event, Shape::SnapshotFailed, numbered("failed", event.a));
        return;
      case EventKind::AckSent:
      case EventKind::DeclineSent:
        answered_[{engine::subtask_of(event.actor).value, event.a}] = {lane_and_id.first, here(event, Shape::Point)};
        return;
      case EventKind::AckReceived:
        return ack_received(event);
      case EventKind::DeclineReceived:
        return answer_received(event, Line::Decline, Shape::Note, numbered("declined", event.a));
      case EventKind::CheckpointCompleted:
        completed_[event.a] = {Lanes::kCoordinator, here(event, Shape::Complete, numbered("completed", event.a))};
        return;
      case EventKind::CheckpointAborted:
        here(event, Shape::Abort, numbered("aborted", event.a));
        return;
      case EventKind::NotifyCompleteReceived:
        return control_received(event, completed_);
      case EventKind::RestoreChosen:
        return restore_chosen(event);
      case EventKind::StateRestored:
        here(event, Shape::Restore, event.a == 0 ? "starts fresh" : numbered("restored", event.a));
        return;
      case EventKind::TransactionPreCommitted:
        here(event, Shape::PreCommit, numbered("pre-commit", event.a));
        return;
      case EventKind::TransactionCommitSent:
        transactions_[event.b] = {lane_and_id.first, here(event, Shape::Point)};
        return;
      case EventKind::TransactionAbortSent:
        transactions_[event.a] = {lane_and_id.first, here(event, Shape::Point)};
        return;
      case EventKind::JobStateChanged:
        here(event, Shape::Note, "job " + std::string(name(static_cast<engine::JobState>(event.detail))));
        return;
      case EventKind::RestartScheduled:
        here(event, Shape::Note, "restart in " + short_duration(static_cast<std::int64_t>(event.b)));
        return;
      default:
        here(event, Shape::Note, event_label(event));
        return;
    }
  }

  void of_world(const TraceEvent& event) {
    switch (static_cast<WorldEventKind>(event.kind.value)) {
      case WorldEventKind::PhaseChanged:
        return phase(event);
      case WorldEventKind::ProcessCrashed:
        return crash(event);
      case WorldEventKind::ProcessStarted:
        mark(event, Lanes::kWorld, Shape::Note, sim::actor_name(run_.graph, event.actor) + " starts");
        return;
      case WorldEventKind::ProcessPaused:
        here(event, Shape::Note, sim::actor_name(run_.graph, event.actor) + " stands still");
        return;
      case WorldEventKind::ProcessResumed:
        here(event, Shape::Note, sim::actor_name(run_.graph, event.actor) + " goes on");
        return;
      case WorldEventKind::ProcessLostReported:
        here(event, Shape::Note, "tm-" + std::to_string(event.detail) + " is lost");
        return;
      case WorldEventKind::MessageLost:
        return message_lost(event);
      case WorldEventKind::BarrierDelayed:
        mark(event, Lanes::kWorld, Shape::Delay, numbered("slow barrier", event.a));
        return;
      case WorldEventKind::FaultFired:
        return fault_fired(event);
      case WorldEventKind::StageBegan:
        return stage_began(event);
      case WorldEventKind::ActionTaken:
        return action_taken(event);
      case WorldEventKind::LogCommitted:
        return log_answer(event, Line::Commit, Shape::Commit, "commit");
      case WorldEventKind::LogAborted:
        return log_answer(event, Line::Decline, Shape::Abort, "abort");
      default:
        here(event, Shape::Note, event_label(event));
        return;
    }
  }

  const RunView& run_;
  Lanes lanes_;
  TimeAxis axis_;
  std::vector<std::uint32_t> witnesses_;
  Lives lives_;
  SpaceTime out_;
  std::uint32_t index_ = 0;

  std::optional<Place> last_sent_;
  std::int64_t last_sent_time_ = 0;
  std::uint64_t last_sent_id_ = 0;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Place> sent_;      // channel, checkpoint
  std::map<std::pair<std::uint64_t, std::uint64_t>, Place> answered_;  // subtask, checkpoint
  std::map<std::pair<std::size_t, std::uint64_t>, Place> taken_;       // lane, checkpoint
  std::map<std::uint64_t, Place> triggered_, completed_, transactions_;
};

}  // namespace

SpaceTime lay_out(const RunView& run, const Interest& interest, int top, std::size_t most_marks) {
  const std::vector<TraceEvent>& events = run.trace.events();
  Layouter layouter(run, top, witnesses_of(run.result, events.size()));
  const DrawnWindow window = drawn_window(events, interest, most_marks);
  for (std::uint32_t i = 0; i < window.first; ++i) layouter.before(events[i]);
  for (std::uint32_t i = window.first; i < window.end; ++i) layouter.draw(events[i], i);
  SpaceTime picture = layouter.finish();
  picture.first = window.first;
  picture.last = window.end == 0 ? 0 : window.end - 1;
  picture.cut = window.cut;
  return picture;
}

}  // namespace weir::reports
