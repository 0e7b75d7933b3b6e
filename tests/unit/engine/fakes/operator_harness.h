#pragma once

// All subtasks of one operator without a runtime: records go to the owner of their key, watermarks to everybody, and
// the state of all subtasks can be taken over by another number of them, on another backend.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/core_world.h"
#include "fakes/state_world.h"
#include "weir/engine/keyed_backend.h"
#include "weir/engine/serializer.h"

namespace weir::engine::fakes {

// The n-th draw is what the test put there, else 0.
struct ScriptedRandom final : Randomness {
  std::uint64_t draw(std::string_view, std::uint64_t bound) override {
    const std::uint64_t drawn = next < script.size() ? script[next++] : 0;
    return drawn % bound;
  }
  std::vector<std::uint64_t> script;
  std::size_t next = 0;
};

template <class Out>
class OperatorHarness {
 public:
  using Make = std::function<std::unique_ptr<Operator>()>;
  static constexpr std::uint32_t kMaxParallelism = 128;

  explicit OperatorHarness(Make make, std::uint32_t parallelism = 1, bool keyed = true,
                           StateBackendKind kind = StateBackendKind::Heap)
      : make_(std::move(make)), keyed_(keyed) {
    start(parallelism, kind, {});
  }
  ~OperatorHarness() { stop(); }
  OperatorHarness(const OperatorHarness&) = delete;
  OperatorHarness& operator=(const OperatorHarness&) = delete;

  std::uint32_t parallelism() const { return static_cast<std::uint32_t>(subtasks_.size()); }
  Operator& at(std::uint32_t subtask) { return *subtasks_[subtask]->op; }
  ChainContext& chain(std::uint32_t subtask) { return subtasks_[subtask]->attempt.chain; }

  // To the owner of `key`; without event time when `time` is left out.
  template <class T, class K>
  void send(const K& key, const T& value, std::int64_t time = kMinWatermark.value, std::uint32_t input = 0) {
    const KeyGroup group = key_group_of(KeyHash<K>::code(key), kMaxParallelism);
    send_to(subtask_of(group, kMaxParallelism, parallelism()), value, time, input);
  }
  template <class T>
  void send_to(std::uint32_t subtask, const T& value, std::int64_t time = kMinWatermark.value,
               std::uint32_t input = 0) {
    Subtask& s = *subtasks_[subtask];
    s.attempt.chain.timestamp = EventTime{time};
    s.op->entrance(input).template as<T>()->collect(value);
  }
  template <class T>
  void broadcast(const T& value, std::int64_t time = kMinWatermark.value, std::uint32_t input = 1) {
    for (std::uint32_t i = 0; i < parallelism(); ++i) send_to(i, value, time, input);
  }
  void watermark(std::int64_t at) {
    for (const auto& s : subtasks_) s->op->input().watermark(EventTime{at});
  }
  void end() { watermark(kMaxWatermark.value); }
  // Moves the clock on; an alarm that comes due by then sounds at its time.
  void run_for(Duration duration) {
    const Time until = clock.at + duration;
    while (Subtask* const next = next_alarm(until)) {
      clock.at = std::max(clock.at, *next->attempt.alarm.at);
      next->attempt.alarm.at.reset();
      next->op->on_processing_time();
    }
    clock.at = until;
  }

  // A checkpoint of all subtasks; what they do afterwards is lost; as many new ones as asked for go on from it.
  void restore(std::uint32_t parallelism, StateBackendKind kind = StateBackendKind::Heap) {
    const Snapshot taken = snapshot();
    stop();
    start(parallelism, kind, taken);
  }

  // Everything emitted so far, sorted by its bytes.
  std::vector<Out> results() const {
    std::vector<std::pair<Bytes, Out>> all;
    for (const Out& value : emitted_) all.emplace_back(serialize(value), value);
    for (const auto& s : subtasks_) {
      for (const Out& value : s->out.values) all.emplace_back(serialize(value), value);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Out> sorted;
    for (auto& [bytes, value] : all) sorted.push_back(std::move(value));
    return sorted;
  }
  const CoreCollector<Out>& out(std::uint32_t subtask) const { return subtasks_[subtask]->out; }

  // Neither a cell nor a timer. Cells with a time to live do not count.
  bool empty() {
    for (const auto& s : subtasks_) {
      if (s->backend.state && s->backend.state->digest(s->range) != 0) return false;
      s->output.clear();
      s->op->snapshot_state(CheckpointId{9});
      if (!s->output.groups.empty()) return false;
    }
    return true;
  }
  // Of one broadcast state, in every subtask (ST-10).
  std::vector<OperatorStateStore::Map> broadcast_states(const std::string& name) {
    std::vector<OperatorStateStore::Map> all;
    for (const auto& s : subtasks_) all.push_back(s->attempt.state.broadcast(name));
    return all;
  }

  testing::ManualClock& state_clock() { return state_.clock; }  // of what has a time to live

  testing::ManualClock clock;
  ScriptedRandom random;

 private:
  struct Subtask {
    Subtask(Environment& world, std::uint32_t index, std::uint32_t parallelism)
        : attempt(world, index, parallelism), range(key_group_range(kMaxParallelism, parallelism, index)) {}
    CoreAttempt attempt;
    KeyGroupRange range;
    RawState input, output;
    Backend backend;
    CoreCollector<Out> out{attempt.chain};
    std::unique_ptr<Operator> op;
  };
  struct Snapshot {
    std::vector<Bytes> keyed;
    std::vector<RawState::Group> timers;
    std::map<std::string, OperatorStateStore::List> lists;
    std::map<std::string, std::vector<OperatorStateStore::Map>> maps;
  };

  Snapshot snapshot() {
    Snapshot taken;
    for (const auto& s : subtasks_) {
      s->output.clear();
      s->op->snapshot_state(CheckpointId{1});
      if (s->backend.state) taken.keyed.push_back(s->backend.state->snapshot(CheckpointId{1})->write());
      taken.timers.insert(taken.timers.end(), s->output.groups.begin(), s->output.groups.end());
      for (const auto& entry : s->attempt.state.entries()) {
        if (entry->mode == OperatorStateMode::Broadcast) {
          taken.maps[entry->name].push_back(entry->map);
        } else {
          auto& list = taken.lists[entry->name];
          list.insert(list.end(), entry->elements.begin(), entry->elements.end());
        }
      }
    }
    return taken;
  }
  void start(std::uint32_t parallelism, StateBackendKind kind, const Snapshot& from) {
    ++attempt_;
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      subtasks_.push_back(std::make_unique<Subtask>(environment_, i, parallelism));
      Subtask& s = *subtasks_.back();
      if (keyed_) s.backend = state_.make(kind, s.range, AttemptId{attempt_ * 100 + i});
      for (const Bytes& bytes : from.keyed) {
        if (!s.backend.state->restore(bytes).ok()) throw std::runtime_error("a snapshot does not restore");
      }
      for (const RawState::Group& group : from.timers) {
        if (s.range.contains(group.group)) s.input.groups.push_back(group);
      }
      for (const auto& [name, list] : from.lists) {
        for (std::size_t e = i; e < list.size(); e += parallelism) s.attempt.state.list(name).push_back(list[e]);
      }
      for (const auto& [name, maps] : from.maps) s.attempt.state.broadcast(name) = maps[i % maps.size()];
      if (attempt_ > 1) s.attempt.context.restored = CheckpointId{1};
      open(s);
    }
  }
  void open(Subtask& s) {
    s.attempt.context.keyed = s.backend.state.get();
    s.attempt.context.raw_input = &s.input;
    s.attempt.context.raw_output = &s.output;
    s.op = make_();
    s.op->set_output(s.out.any());
    s.op->open(s.attempt.context);
  }
  void stop() {
    for (const auto& s : subtasks_) {
      s->op->close();
      emitted_.insert(emitted_.end(), s->out.values.begin(), s->out.values.end());
    }
    subtasks_.clear();
  }
  Subtask* next_alarm(Time until) {
    Subtask* next = nullptr;
    for (const auto& s : subtasks_) {
      const auto& at = s->attempt.alarm.at;
      if (at && *at <= until && (next == nullptr || *at < *next->attempt.alarm.at)) next = s.get();
    }
    return next;
  }

  Make make_;
  bool keyed_;
  CoreWorld core_;
  Environment environment_{clock,
                           core_.environment.timers,
                           core_.environment.control,
                           core_.environment.data,
                           core_.environment.storage,
                           core_.environment.disks,
                           random,
                           core_.environment.events,
                           core_.environment.log,
                           core_.environment.files,
                           core_.environment.segments,
                           core_.environment.defects};
  testing::StateWorld state_;
  std::uint32_t attempt_ = 0;
  std::vector<std::unique_ptr<Subtask>> subtasks_;
  std::vector<Out> emitted_;  // by subtasks that are gone
};

}  // namespace weir::engine::fakes
