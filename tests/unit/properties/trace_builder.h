#pragma once

// Histories made by hand: a clean one to start from, and the means to tamper with it. An event's place in the story is
// its index in the trace.

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "reference/reference.h"
#include "state/prefix_fold.h"
#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"
#include "weir/properties/property.h"

namespace weir::properties {

using engine::AttemptState;
using engine::EventKind;
using sim::WorldEventKind;

class CountWords final : public engine::KeyedProcessFunction<std::string, std::string, std::string> {
 public:
  void open(engine::RuntimeContext& context) override { count_ = context.get_state<std::int32_t>({"count"}); }
  void process_element(const std::string& word, Context&, engine::Collector<std::string>& out) override {
    const std::int32_t count = count_.value_or(0) + 1;
    count_.update(count);
    out.collect(word + ": " + std::to_string(count));
  }

 private:
  engine::ValueState<std::int32_t> count_;
};

// kafka-source (2) -> totals (2) -> sink (2), nothing chained; two partitions of words.
struct WordJob {
  explicit WordJob(bool commutative = true, std::uint32_t parallelism = 2) {
    engine::StreamEnvironment env("word-count");
    env.set_parallelism(parallelism).disable_operator_chaining();
    if (!commutative) env.order_sensitive();
    env.from_source(engine::LogSource<std::string>("words"), "kafka-source")
        .uid("kafka-source")
        .key_by([](const std::string& word) -> const std::string& { return word; })
        .process<CountWords>("count")
        .uid("totals")
        .sink_to(engine::TransactionalLogSink<std::string>("counts"), "sink")
        .uid("sink");
    job = engine::JobGraph::build(env.graph()).value();
    graph = std::make_shared<engine::ExecutionGraph>(job);
    workload = std::make_shared<sim::Workload>(sim::Workload{
        {{"words", {{"the", "quick", "fox", "the", "fox", "lazy"}, {"dog", "fox", "the", "jumps"}}}}, {}, {"counts"}});
    reference = make_reference(job, workload);
  }
  engine::SubtaskId subtask(std::string_view name) const { return *graph->subtask_named(name); }
  std::uint32_t channel(std::string_view name) const { return graph->channel_named(name)->value; }

  std::shared_ptr<const engine::JobGraph> job;
  std::shared_ptr<const engine::ExecutionGraph> graph;
  std::shared_ptr<const sim::Workload> workload;
  std::shared_ptr<const Reference> reference;
};

// Built once: it is immutable.
inline const WordJob& word_job() {
  static const WordJob job;
  return job;
}

struct Visible {
  std::string topic;
  std::string value;
  engine::Origin origin;
};

class Story {
 public:
  using Match = std::function<bool(const sim::TraceEvent&)>;

  explicit Story(const WordJob& job = word_job()) : job_(&job) {}

  // --- telling --------------------------------------------------------------------------------------------------
  Story& pause(std::int64_t ns = 1000) { return now_ += ns, *this; }
  std::uint32_t add(sim::TraceKind kind, engine::ActorId actor, std::uint32_t detail = 0, std::uint64_t a = 0,
                    std::uint64_t b = 0) {
    steps_.push_back({event(kind, actor, detail, a, b), {}});
    return static_cast<std::uint32_t>(steps_.size() - 1);
  }
  std::uint32_t at(std::string_view subtask, EventKind kind, std::uint32_t detail, std::uint64_t a = 0,
                   std::uint64_t b = 0) {
    return add(kind, actor(subtask), detail, a, b);
  }
  std::uint32_t coordinator(EventKind kind, std::uint32_t detail, std::uint64_t a = 0, std::uint64_t b = 0) {
    return add(kind, actor_of(engine::kJobManager), detail, a, b);
  }
  std::uint32_t visible(std::uint64_t transaction, std::vector<Visible> records) {
    const std::uint32_t index = add(WorldEventKind::LogVisible, engine::kLogBrokerActor,
                                    static_cast<std::uint32_t>(records.size()), transaction, 0);
    steps_[index].visible = std::move(records);
    return index;
  }
  std::uint32_t phase(sim::Phase phase) {
    return pause().add(WorldEventKind::PhaseChanged, engine::kWorldActor, static_cast<std::uint32_t>(phase));
  }
  std::uint32_t job_state(engine::JobState state) {
    return coordinator(EventKind::JobStateChanged, static_cast<std::uint32_t>(state));
  }
  std::uint32_t ack(std::string_view subtask, std::uint64_t checkpoint, std::uint32_t attempt,
                    engine::AckClass ack_class = engine::AckClass::Success) {
    return coordinator(EventKind::AckReceived, attempt, checkpoint,
                       job_->subtask(subtask).value | static_cast<std::uint64_t>(ack_class) << 32);
  }
  std::uint32_t attempt_state(std::string_view subtask, std::uint32_t attempt, AttemptState state) {
    return at(subtask, EventKind::AttemptStateChanged, attempt, static_cast<std::uint64_t>(state));
  }

  // --- whole chapters of a clean run ----------------------------------------------------------------------------
  // Everybody restores `checkpoint`, at the positions it was given in `checkpoint(...)`, and runs.
  void deploy(std::uint32_t attempt, std::uint64_t checkpoint, std::vector<std::uint64_t> positions);
  // Triggered, taken by everybody, completed, notified, committed. Results [from, to) of the reference become visible.
  void checkpoint(std::uint64_t id, std::uint32_t attempt, std::vector<std::uint64_t> positions, std::size_t from,
                  std::size_t to);
  void trigger(std::uint64_t id, std::uint64_t subtasks = 6) {
    pause();
    coordinator(EventKind::CheckpointTriggered, 0, id, subtasks);
  }
  void take_snapshots(std::uint64_t id, std::uint32_t attempt, const std::vector<std::uint64_t>& positions);
  void acknowledge(std::uint64_t id, std::uint32_t attempt);
  void complete(std::uint64_t id, std::uint32_t attempt);
  void commit(std::uint64_t id, std::uint32_t attempt, std::size_t from, std::size_t to);
  void abort(std::uint64_t id) {
    pause();
    coordinator(EventKind::CheckpointAborted, static_cast<std::uint32_t>(engine::AbortReason::JobFailoverRegion), id);
  }
  void fail_over(std::uint64_t restore_from) {
    pause();
    job_state(engine::JobState::Restarting);
    coordinator(EventKind::RestartScheduled, 0, 1, 1000);
    pause();
    coordinator(EventKind::RestoreChosen, 0, restore_from);
  }
  void finish(std::uint32_t attempt) {
    pause();
    for (const auto& s : job_->graph->subtasks()) attempt_state(s.name, attempt, AttemptState::Finished);
    job_state(engine::JobState::Finished);
  }

  // --- tampering --------------------------------------------------------------------------------------------------
  // The first event that matches; the test fails when there is none.
  std::uint32_t find(EventKind kind, std::string_view subtask, std::uint64_t checkpoint) const {
    return find([&](const sim::TraceEvent& e) {
      return e.kind == sim::TraceKind(kind) && e.a == checkpoint && (subtask.empty() || e.actor == actor(subtask));
    });
  }
  std::uint32_t find_on(EventKind kind, std::string_view channel, std::uint64_t checkpoint) const {
    return find([&](const sim::TraceEvent& e) {
      return e.kind == sim::TraceKind(kind) && e.a == checkpoint && e.detail == job_->channel(channel);
    });
  }
  std::uint32_t find_ack(std::string_view subtask, std::uint64_t checkpoint) const {
    return find([&](const sim::TraceEvent& e) {
      return e.kind == sim::TraceKind(EventKind::AckReceived) && e.a == checkpoint &&
             static_cast<std::uint32_t>(e.b) == job_->subtask(subtask).value;
    });
  }
  std::uint32_t find(const Match& match) const {
    const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) { return match(s.event); });
    REQUIRE(found != steps_.end());
    return static_cast<std::uint32_t>(found - steps_.begin());
  }
  std::uint32_t find_visible(std::size_t nth = 0) const {
    for (std::uint32_t i = 0; i < steps_.size(); ++i) {
      if (!steps_[i].visible.empty() && nth-- == 0) return i;
    }
    FAIL("nothing became visible");
    return 0;
  }
  void drop(std::uint32_t index) { steps_.erase(steps_.begin() + index); }
  void drop(const Match& match) {
    std::erase_if(steps_, [&](const Step& s) { return match(s.event); });
  }
  // Moves one event behind another; both keep their times' order.
  void move_behind(std::uint32_t index, std::uint32_t target) {
    Step moved = steps_[index];
    moved.event.time = steps_[target].event.time;
    steps_.insert(steps_.begin() + target + 1, moved);
    steps_.erase(steps_.begin() + index + (index > target ? 1 : 0));
  }
  sim::TraceEvent& event_at(std::uint32_t index) { return steps_[index].event; }
  std::vector<Visible>& visible_at(std::uint32_t index) { return steps_[index].visible; }
  std::size_t size() const { return steps_.size(); }

  void play(sim::Observer& observer, sim::Trace& trace) const {
    for (const Step& step : steps_) {
      observer.on_event(step.event, trace.append(step.event));
      for (const Visible& v : step.visible) observer.on_visible({v.topic, 0, {step.event.a}, v.value, v.origin});
    }
  }
  const WordJob& job() const { return *job_; }

  static std::uint64_t cut(std::uint64_t records, std::uint64_t first = 0) {
    engine::ChannelCut made;
    for (std::uint64_t i = 0; i < records; ++i) made.add(engine::Origin::of(0, 0, first + i));
    return made.packed();
  }
  // By the sequential run over the records before the positions.
  std::uint64_t digest(std::string_view subtask, const std::vector<std::uint64_t>& positions) const {
    PrefixFold fold;
    fold.begin(*job_->reference);
    fold.move_to(positions);
    const engine::SubtaskInfo& info = job_->graph->subtask(job_->subtask(subtask));
    return fold.digest(job_->graph->vertex(info.vertex), info.index);
  }

 private:
  struct Step {
    sim::TraceEvent event;
    std::vector<Visible> visible;
  };
  sim::TraceEvent event(sim::TraceKind kind, engine::ActorId actor, std::uint32_t detail, std::uint64_t a,
                        std::uint64_t b) const {
    sim::TraceEvent made;
    made.time = now_;
    made.kind = kind;
    made.actor = actor;
    made.detail = detail;
    made.a = a;
    made.b = b;
    return made;
  }
  engine::ActorId actor(std::string_view subtask) const { return actor_of(job_->subtask(subtask)); }

  const WordJob* job_;
  std::int64_t now_ = 0;
  std::vector<Step> steps_;
};

inline const std::vector<std::string>& names_of(const char* vertex) {
  static const std::vector<std::string> sources{"kafka-source/0", "kafka-source/1"};
  static const std::vector<std::string> totals{"totals/0", "totals/1"};
  static const std::vector<std::string> sinks{"sink/0", "sink/1"};
  const std::string_view name = vertex;
  return name == "kafka-source" ? sources : name == "totals" ? totals : sinks;
}

inline void Story::deploy(std::uint32_t attempt, std::uint64_t checkpoint, std::vector<std::uint64_t> positions) {
  pause();
  for (const auto& s : job_->graph->subtasks()) coordinator(EventKind::AttemptDeployed, attempt, s.id.value, 1);
  job_state(engine::JobState::Running);
  pause();
  for (std::uint32_t i = 0; i < 2; ++i) {
    at(names_of("kafka-source")[i], EventKind::SplitRestored, i, checkpoint, positions[i]);
  }
  for (const auto& s : job_->graph->subtasks()) {
    const bool keyed = s.name.starts_with("totals");
    at(s.name, EventKind::StateRestored, attempt, checkpoint, keyed ? digest(s.name, positions) : 0);
    attempt_state(s.name, attempt, AttemptState::Running);
  }
}

inline void Story::take_snapshots(std::uint64_t id, std::uint32_t attempt,
                                  const std::vector<std::uint64_t>& positions) {
  pause();
  for (std::uint32_t i = 0; i < 2; ++i) {
    const std::string& source = names_of("kafka-source")[i];
    for (const auto& total : names_of("totals")) {
      at(source, EventKind::BarrierSent, job_->channel(source + "->" + total), id, cut(positions[i] + id));
    }
    at(source, EventKind::SplitSnapshot, i, id, positions[i]);
    at(source, EventKind::SnapshotTaken, attempt, id, 0);
  }
  for (std::uint32_t i = 0; i < 2; ++i) {
    const std::string& total = names_of("totals")[i];
    const std::uint32_t first = job_->channel("kafka-source/0->" + total);
    const std::uint32_t second = job_->channel("kafka-source/1->" + total);
    pause();
    at(total, EventKind::AlignmentStarted, first, id, attempt);
    at(total, EventKind::ChannelBlocked, first, id, attempt);
    pause();
    at(total, EventKind::ChannelBlocked, second, id, attempt);
    at(total, EventKind::AlignmentEnded, attempt, id, 1000);
    const std::string& sink = names_of("sink")[i];
    at(total, EventKind::BarrierSent, job_->channel(total + "->" + sink), id, cut(3));
    at(total, EventKind::ChannelCutIn, first, id, cut(positions[0] + id));
    at(total, EventKind::ChannelCutIn, second, id, cut(positions[1] + id));
    at(total, EventKind::SnapshotTaken, attempt, id, digest(total, positions));
    at(total, EventKind::ChannelResumed, first, id, attempt);
    at(total, EventKind::ChannelResumed, second, id, attempt);
    pause();
    at(sink, EventKind::ChannelCutIn, job_->channel(total + "->" + sink), id, cut(3));
    at(sink, EventKind::TransactionPreCommitted, attempt, id, id * 10 + i);
    at(sink, EventKind::SnapshotTaken, attempt, id, 0);
  }
}

inline void Story::acknowledge(std::uint64_t id, std::uint32_t attempt) {
  pause();
  for (const auto& s : job_->graph->subtasks()) {
    at(s.name, EventKind::SnapshotDurable, attempt, id, 100);
    at(s.name, EventKind::AckSent, attempt, id);
  }
  pause();
  for (const auto& s : job_->graph->subtasks()) ack(s.name, id, attempt);
}

inline void Story::complete(std::uint64_t id, std::uint32_t attempt) {
  pause();
  coordinator(EventKind::CheckpointCompleted, 0, id, 600);
  pause();
  for (const auto& s : job_->graph->subtasks()) at(s.name, EventKind::NotifyCompleteReceived, attempt, id);
}

inline void Story::commit(std::uint64_t id, std::uint32_t attempt, std::size_t from, std::size_t to) {
  std::vector<Visible> results;
  Fold whole(job_->job, *job_->workload, engine::SequentialJob::Sinks::Capture);
  whole.run().run_to_end();
  for (const auto& out : whole.run().outputs()) results.push_back({out.topic, out.value, out.origin});
  to = std::min(to, results.size());
  at("sink/0", EventKind::TransactionCommitSent, attempt, id, id * 10);
  if (from < to) {
    visible(id * 10,
            {results.begin() + static_cast<std::ptrdiff_t>(from), results.begin() + static_cast<std::ptrdiff_t>(to)});
  }
}

inline void Story::checkpoint(std::uint64_t id, std::uint32_t attempt, std::vector<std::uint64_t> positions,
                              std::size_t from, std::size_t to) {
  trigger(id);
  take_snapshots(id, attempt, positions);
  acknowledge(id, attempt);
  complete(id, attempt);
  commit(id, attempt, from, to);
}

// One completed checkpoint, one that a crash aborts, a recovery, two more checkpoints, the end.
inline Story clean_story(const WordJob& job = word_job()) {
  Story story(job);
  story.phase(sim::Phase::Storm);
  story.deploy(1, 0, {0, 0});
  story.checkpoint(1, 1, {2, 1}, 0, 3);
  story.trigger(2);
  story.take_snapshots(2, 1, {4, 2});
  story.abort(2);
  story.fail_over(1);
  story.deploy(2, 1, {2, 1});
  story.phase(sim::Phase::Calm);
  story.checkpoint(3, 2, {4, 3}, 3, 6);
  story.checkpoint(4, 2, {6, 4}, 6, 1000);
  story.finish(2);
  return story;
}

// The verdicts of a story, by the properties' names.
class Judged {
 public:
  explicit Judged(const Story& story, sim::RunEnd end = sim::RunEnd::JobFinished, engine::JobOptions options = {}) {
    PropertySuite suite;
    judge(suite, story, end, options);
  }
  Judged(PropertySuite& suite, const Story& story) { judge(suite, story, sim::RunEnd::JobFinished, {}); }

  bool has(std::string_view property) const { return find(property) != nullptr; }
  const Verdict& operator[](std::string_view property) const {
    const Verdict* found = find(property);
    REQUIRE(found != nullptr);
    return *found;
  }
  const std::vector<Verdict>& all() const { return verdicts_; }
  // Everything else holds: the tampering was seen by the property that is about it, and by no other.
  void only(std::string_view property) const {
    for (const Verdict& v : verdicts_) {
      INFO(v.property << ": " << v.reason);
      CHECK((v.answer == Answer::Violated) == (v.property == property));
    }
  }

 private:
  void judge(PropertySuite& suite, const Story& story, sim::RunEnd end, engine::JobOptions options) {
    sim::Trace trace;
    trace.clear(1);
    suite.begin({story.job().graph, options}, {}, story.job().reference);
    story.play(suite, trace);
    sim::RunOutcome outcome;
    outcome.end = end;
    verdicts_ = suite.judge(outcome, trace);
  }
  const Verdict* find(std::string_view property) const {
    for (const Verdict& v : verdicts_) {
      if (v.property == property) return &v;
    }
    return nullptr;
  }
  std::vector<Verdict> verdicts_;
};

inline bool mentions(const Verdict& verdict, std::string_view words) {
  return std::any_of(verdict.details.begin(), verdict.details.end(),
                     [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

using Indices = std::vector<std::uint32_t>;

}  // namespace weir::properties
