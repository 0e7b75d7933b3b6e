#pragma once

// The window operator: elements into the content of their windows, content out when the trigger says so, everything
// away when the window is over and late elements are no longer allowed (flink-semantics 7.3).

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/functions.h"
#include "weir/engine/time_window.h"
#include "weir/engine/window_trigger.h"

namespace weir::engine {

struct WindowOptions {
  WindowAssigners assigner;
  WindowTriggers trigger = time_trigger();
  std::chrono::milliseconds allowed_lateness{0};
};

// What is emitted for a window: `emit(key, window, result, out)`.
template <class K, class Result, class Out>
using WindowFunction = std::function<void(const K&, const TimeWindow&, const Result&, Collector<Out>&)>;

// What becomes of an element that is late for all its windows, at its own time. None: it is dropped and counted.
template <class In, class Out>
using LateFunction = std::function<void(const In&, Collector<Out>&)>;

namespace detail {

// Times of windows, in the milliseconds of their domain; timers of processing time count nanoseconds.
struct WindowClock {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  TimeDomain domain;
  std::int64_t lateness;

  std::int64_t now(const TimerService& timers) const {
    if (domain == TimeDomain::Event) return timers.current_watermark().value;
    return to_ns(timers.current_processing_time()) / 1'000'000;
  }
  std::int64_t to_timer(std::int64_t ms) const { return domain == TimeDomain::Event ? ms : ms * 1'000'000; }
  std::int64_t from_timer(std::int64_t time) const { return domain == TimeDomain::Event ? time : time / 1'000'000; }
  // WI-2; kNever: the window stays for ever.
  std::int64_t cleanup_time(const TimeWindow& window) const {
    const std::int64_t last = window.max_timestamp();
    if (domain == TimeDomain::Processing) return last;
    return last > kNever - lateness ? kNever : last + lateness;
  }
  bool late(const TimeWindow& window, const TimerService& timers) const {
    return domain == TimeDomain::Event && cleanup_time(window) <= now(timers);
  }
  bool late(EventTime element, const TimerService& timers) const {
    return domain == TimeDomain::Event && element.value + lateness <= now(timers);
  }
};

// `Content` is ReducingState, AggregatingState or ListState; `Result` what its `get` gives.
template <class K, class In, class Content, class Result, class Out, class Selector>
class WindowOperator final : public KeyedOperator<K, In, Out> {
 public:
  using MakeContent = std::function<Content(RuntimeContext&)>;
  WindowOperator(Selector select, WindowOptions options, MakeContent make_content, WindowFunction<K, Result, Out> emit,
                 LateFunction<In, Out> late = {})
      : select_(std::move(select)),
        options_(std::move(options)),
        clock_{options_.assigner->domain(), options_.allowed_lateness.count()},
        make_content_(std::move(make_content)),
        emit_(std::move(emit)),
        late_(std::move(late)) {}

  // WI-1: content and trigger state have the window as namespace, the merging set has none.
  void open(OperatorContext& context) override {
    KeyedOperator<K, In, Out>::open(context);
    RuntimeContext runtime(context);
    content_ = make_content_(runtime);
    count_ = runtime.get_reducing_state(ReducingStateDescriptor<std::int64_t>{
        "window-trigger-count", [](const std::int64_t& a, const std::int64_t& b) { return a + b; }});
    if (options_.assigner->merging()) {
      merging_ = runtime.get_list_state(ListStateDescriptor<MergingWindowSet::Entry>{"merging-window-set"});
    }
  }

  void collect(const In& value) override {
    const K& key = select_(value);
    this->use_key(key);
    const EventTime timestamp = this->context().chain.timestamp;
    options_.assigner->assign(clock_.domain == TimeDomain::Event ? timestamp.value : clock_.now(this->timers()),
                              assigned_);
    bool skipped = true;
    for (const TimeWindow& window : assigned_) {
      if (options_.assigner->merging() ? add_merging(key, window, value) : add(key, window, window, value)) {
        skipped = false;
      }
    }
    if (skipped && clock_.late(timestamp, this->timers())) on_late(value);
  }
  std::uint64_t late_dropped() const { return late_dropped_; }  // elements in no window, because they came too late

 private:
  void on_late(const In& value) {  // WI-2
    if (late_) return late_(value, this->out());
    ++late_dropped_;
  }
  // The trigger's view of one window of the current key.
  class Context final : public TriggerContext {
   public:
    Context(WindowOperator& op, const TimeWindow& window, const std::vector<TimeWindow>* merged = nullptr)
        : op_(op), window_(window), merged_(merged) {}
    std::int64_t current_time() const override { return op_.clock_.now(op_.timers()); }
    void register_timer(std::int64_t time) override { op_.register_timer(time, window_); }
    void delete_timer(std::int64_t time) override { op_.delete_timer(time, window_); }
    std::int64_t add_to_count(std::int64_t n) override {
      const NamespaceScope scope(op_.backend(), serialize(window_));
      op_.count_.add(n);
      return *op_.count_.get();
    }
    void clear_count() override {
      const NamespaceScope scope(op_.backend(), serialize(window_));
      op_.count_.clear();
    }
    void merge_counts() override {
      if (merged_ != nullptr) op_.count_.merge_namespaces(serialize(window_), serialized(*merged_));
    }

   private:
    WindowOperator& op_;
    const TimeWindow& window_;
    const std::vector<TimeWindow>* merged_;
  };

  KeyedStateBackend& backend() { return *this->context().keyed; }
  // Whose timers those of a window are.
  TimerOwner owner_in(BytesView name_space) const {
    TimerOwner owner = this->owner();
    owner.name_space = name_space;
    return owner;
  }
  static std::vector<Bytes> serialized(const std::vector<TimeWindow>& windows) {
    std::vector<Bytes> all;
    for (const TimeWindow& window : windows) all.push_back(serialize(window));
    return all;
  }

  // --- timers of a window ---
  void register_timer(std::int64_t time, const TimeWindow& window) {
    const Bytes name_space = serialize(window);
    this->timers().register_timer(clock_.domain, clock_.to_timer(time), owner_in(name_space));
  }
  void delete_timer(std::int64_t time, const TimeWindow& window) {
    const Bytes name_space = serialize(window);
    this->timers().delete_timer(clock_.domain, clock_.to_timer(time), owner_in(name_space));
  }
  void register_cleanup(const TimeWindow& window) {
    const std::int64_t time = clock_.cleanup_time(window);
    if (time != WindowClock::kNever) register_timer(time, window);
  }

  // --- elements ---
  // WI-3, in this order. False: the window is over, the element is not in it.
  bool add(const K& key, const TimeWindow& window, const TimeWindow& state, const In& value) {
    if (clock_.late(window, this->timers())) return false;
    {
      const NamespaceScope scope(backend(), serialize(state));
      content_.add(value);
    }
    Context context(*this, window);
    act(key, options_.trigger->on_element(window, context), window, state);
    register_cleanup(window);
    return true;
  }
  // WI-5, and WI-6: the set is written back each time.
  bool add_merging(const K& key, const TimeWindow& window, const In& value) {
    MergingWindowSet set(merging_.get());
    const MergingWindowSet::Added added = set.add(window);
    if (!added.merged.empty()) merge(added);
    const bool taken = add(key, added.window, added.state, value);
    if (!taken) set.retire(added.window);
    merging_.update(set.entries());
    return taken;
  }
  void merge(const MergingWindowSet::Added& added) {
    Context context(*this, added.window, &added.merged);
    options_.trigger->on_merge(added.window, context);
    for (const TimeWindow& gone : added.merged) {
      Context of_gone(*this, gone);
      options_.trigger->clear(gone, of_gone);
      delete_timer(clock_.cleanup_time(gone), gone);
    }
    content_.merge_namespaces(serialize(added.state), serialized(added.merged_states));
  }

  // --- timers ---
  // WI-4. A timer of a window that was merged away means nothing.
  void on_timer(const Timer& timer, TimeDomain domain) override {
    const K key = this->use_key_of(timer);
    TimeWindow window;
    if (!deserialize(BytesView(timer.name_space), window)) fail_timer_type("window");
    if (domain != clock_.domain) return;
    if (!options_.assigner->merging()) {
      on_time(key, clock_.from_timer(timer.time), window, window);
      return;
    }
    MergingWindowSet set(merging_.get());
    const TimeWindow* const state = set.state_of(window);
    if (state == nullptr) return;
    if (on_time(key, clock_.from_timer(timer.time), window, TimeWindow(*state))) set.retire(window);
    merging_.update(set.entries());
  }
  // True: the window is over and everything of it is gone.
  bool on_time(const K& key, std::int64_t time, const TimeWindow& window, const TimeWindow& state) {
    Context context(*this, window);
    act(key, options_.trigger->on_time(time, window, context), window, state);
    if (time != clock_.cleanup_time(window)) return false;
    clear_content(state);
    options_.trigger->clear(window, context);
    return true;
  }

  // --- content ---
  void act(const K& key, TriggerResult result, const TimeWindow& window, const TimeWindow& state) {
    if (fires(result)) fire(key, window, state);
    if (purges(result)) clear_content(state);
  }
  // What comes out has the time of the window's end.
  void fire(const K& key, const TimeWindow& window, const TimeWindow& state) {
    const NamespaceScope scope(backend(), serialize(state));
    const auto& result = content_.get();
    if (!holds_something(result)) return;
    this->context().chain.timestamp =
        clock_.domain == TimeDomain::Event ? EventTime{window.max_timestamp()} : kMinWatermark;
    emit_(key, window, value_of(result), this->out());
  }
  void clear_content(const TimeWindow& state) {
    const NamespaceScope scope(backend(), serialize(state));
    content_.clear();
  }
  template <class T>
  static bool holds_something(const T* value) {
    return value != nullptr;
  }
  template <class T>
  static bool holds_something(const std::optional<T>& value) {
    return value.has_value();
  }
  template <class T>
  static bool holds_something(const std::vector<T>& value) {
    return !value.empty();
  }
  template <class T>
  static const T& value_of(const T* value) {
    return *value;
  }
  template <class T>
  static const T& value_of(const std::optional<T>& value) {
    return *value;
  }
  template <class T>
  static const std::vector<T>& value_of(const std::vector<T>& value) {
    return value;
  }

  Selector select_;
  WindowOptions options_;
  WindowClock clock_;
  MakeContent make_content_;
  WindowFunction<K, Result, Out> emit_;
  LateFunction<In, Out> late_;
  Content content_;
  ReducingState<std::int64_t> count_;
  ListState<MergingWindowSet::Entry> merging_;
  std::vector<TimeWindow> assigned_;
  std::uint64_t late_dropped_ = 0;
};

}  // namespace detail
}  // namespace weir::engine
