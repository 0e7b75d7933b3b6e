#pragma once

// Ready part: asks something outside about every element, with many requests under way at once: Flink's async I/O.
//
//   AsyncDataStream::ordered_wait<LookUpUser>(clicks, {.capacity = 20, .timeout = 50ms}, "users")
//
// Nothing here really waits. `async_invoke` says at once what the answer is and after which virtual time it comes; the
// operator's alarm brings it. Elements whose results are not out are in the snapshot, requests and answers are not:
// after a restore every one of them is asked again. With a capacity reached, the subtask takes no more input.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/engine/stream.h"

namespace weir::engine {

// What a request may ask of its operator.
class AsyncContext {
 public:
  explicit AsyncContext(OperatorContext& context)
      : context_(&context), stream_("async/" + context.uid + "/" + std::to_string(context.index)) {}
  // Uniform from `least` to `most`; from a random stream of this subtask's own.
  Duration latency(Duration least, Duration most) {
    const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Duration(static_cast<std::int64_t>(context_->environment.random.draw(stream_, span)));
  }

 private:
  OperatorContext* context_;
  std::string stream_;
};

template <class In, class Out>
class AsyncFunction {
 public:
  using Input = In;
  using Output = Out;
  struct Reply {
    Duration after{};  // since the request
    std::vector<Out> results;
  };
  virtual ~AsyncFunction() = default;
  virtual void open(RuntimeContext&) {}
  virtual Reply async_invoke(const In& value, AsyncContext& context) = 0;
  // No answer in time, in none of the attempts. Ends the attempt unless it is overridden.
  virtual std::vector<Out> timeout(const In&) {
    throw OperatorFailure{FailureCause::UserFunction, "an asynchronous request timed out"};
  }
  virtual void close() {}
};

struct AsyncOptions {
  std::size_t capacity = 100;  // requests under way at once, at least 1
  Duration timeout{};          // of one request; 0: waits for ever
  std::uint32_t attempts = 1;  // requests for one element before it counts as timed out; 0: any number
};

enum class AsyncOutput : std::uint8_t {
  Ordered,    // results in the order of the elements
  Unordered,  // results as they come, but never across a watermark
};

namespace detail {

// An element in the snapshot, with what belongs to its record.
template <class In>
struct AsyncElement {
  In value{};
  std::int64_t timestamp = 0;
  std::uint64_t origin = 0;
  static constexpr auto fields() {
    return std::tuple{&AsyncElement::value, &AsyncElement::timestamp, &AsyncElement::origin};
  }
};

template <class In, class Out>
class AsyncOperator final : public OneInputOperator<In, Out> {
 public:
  using Function = AsyncFunction<In, Out>;
  AsyncOperator(std::unique_ptr<Function> function, AsyncOptions options, AsyncOutput output)
      : function_(std::move(function)), options_(options), output_(output) {}

  // Elements that come back may be more than the capacity, after a rescale; the rest waits for its turn.
  void open(OperatorContext& context) override {
    OneInputOperator<In, Out>::open(context);
    WEIR_ASSERT(options_.capacity > 0, "an asynchronous operator needs room for a request");
    async_.emplace(context);
    state_ = {"async-elements", context.operator_state.list("async-elements")};
    RuntimeContext runtime(context);
    function_->open(runtime);
    for (AsyncElement<In>& element : state_.get()) add(std::move(element));
    set_alarm();
  }
  void snapshot_state(CheckpointId) override {
    state_.clear();
    const bool forgets = this->context().environment.defects.has(Defect::ForgetElementsUnderWay);
    for (const Entry& entry : queue_) {
      if (is_element(entry) && !(forgets && entry.kind == Kind::Asked)) state_.add(entry.element);
    }
  }
  void collect(const In& value) override {
    const ChainContext& chain = this->context().chain;
    add({value, chain.timestamp.value, chain.origin.value});
    set_alarm();
  }
  void watermark(EventTime watermark) override {
    if (queue_.empty()) return this->out().watermark(watermark);
    if (queue_.back().kind == Kind::Watermark) queue_.pop_back();
    queue_.push_back({Kind::Watermark, {{}, watermark.value, 0}});
  }
  // An idle stream holds back no watermark, so the elements under way come first.
  void status(WatermarkStatus status) override {
    if (queue_.empty()) return this->out().status(status);
    queue_.push_back({Kind::Status, {{}, static_cast<std::int64_t>(status), 0}});
  }
  void on_processing_time() override {
    const Time now = this->context().environment.clock.now();
    alarm_.reset();
    for (Entry& entry : queue_) {
      if (entry.kind == Kind::Asked && entry.due <= now) on_due(entry);
    }
    emit_ready();
    ask_waiting();
    set_alarm();
  }
  // Where there is no time to wait for answers, they come now.
  void finish() override {
    for (Entry& entry : queue_) {
      if (ready(entry)) continue;
      answer(entry, function_->async_invoke(entry.element.value, *async_).results);
    }
    emit_ready();
    ask_waiting();
  }
  void close() override { function_->close(); }

 private:
  enum class Kind : std::uint8_t { Waiting, Asked, Answered, Watermark, Status };
  struct Entry {
    Kind kind;
    AsyncElement<In> element;                   // a watermark or status is in the timestamp
    Time due{};                                 // Asked: of the answer or the timeout, whichever is first
    std::optional<std::vector<Out>> results{};  // Asked: none when the timeout is first
    std::uint32_t attempts = 0;
  };

  void add(AsyncElement<In> element) {
    ++this->context().chain.under_way;
    queue_.push_back({Kind::Waiting, std::move(element)});
    ++waiting_;
    if (asked_ < options_.capacity) ask(queue_.back());
    tell_room();
  }
  void ask(Entry& entry) {
    if (entry.kind == Kind::Waiting) --waiting_, ++asked_;
    typename Function::Reply reply = function_->async_invoke(entry.element.value, *async_);
    const bool in_time = options_.timeout == Duration{} || reply.after <= options_.timeout;
    entry.kind = Kind::Asked;
    entry.due = this->context().environment.clock.now() + (in_time ? reply.after : options_.timeout);
    entry.results = in_time ? std::optional(std::move(reply.results)) : std::nullopt;
    ++entry.attempts;
  }
  void on_due(Entry& entry) {
    if (entry.results) return answer(entry, std::move(*entry.results));
    if (options_.attempts == 0 || entry.attempts < options_.attempts) return ask(entry);
    answer(entry, function_->timeout(entry.element.value));
  }
  void answer(Entry& entry, std::vector<Out> results) {
    entry.kind == Kind::Asked ? --asked_ : --waiting_;
    entry.kind = Kind::Answered;
    entry.results = std::move(results);
  }
  void ask_waiting() {
    for (auto entry = queue_.begin(); waiting_ > 0 && asked_ < options_.capacity; ++entry) {
      if (entry->kind == Kind::Waiting) ask(*entry);
    }
    tell_room();
  }
  // While elements wait for a request, no more are taken.
  void tell_room() {
    if (full_ == (waiting_ > 0)) return;
    full_ = !full_;
    std::uint32_t& full = this->context().chain.full;
    full_ ? ++full : --full;
  }

  // In order, the first element without results holds back all behind it; else only watermarks do, and wait themselves
  // for all elements before them.
  void emit_ready() {
    std::deque<Entry> rest;
    bool blocked = false;
    for (Entry& entry : queue_) {
      const bool element = is_element(entry);
      if (!blocked && ready(entry) && (element || rest.empty())) {
        emit(entry);
        continue;
      }
      rest.push_back(std::move(entry));
      blocked = blocked || !element || output_ == AsyncOutput::Ordered;
    }
    queue_ = std::move(rest);
  }
  static bool is_element(const Entry& entry) { return entry.kind < Kind::Watermark; }
  static bool ready(const Entry& entry) { return entry.kind >= Kind::Answered; }
  void emit(const Entry& entry) {
    if (entry.kind == Kind::Watermark) return this->out().watermark({entry.element.timestamp});
    if (entry.kind == Kind::Status) return this->out().status(static_cast<WatermarkStatus>(entry.element.timestamp));
    ChainContext& chain = this->context().chain;
    chain.timestamp = {entry.element.timestamp};
    chain.origin = {entry.element.origin};
    for (const Out& result : *entry.results) this->out().collect(result);
    --chain.under_way;
  }
  void set_alarm() {
    std::optional<Time> next;
    for (const Entry& entry : queue_) {
      if (entry.kind == Kind::Asked && (!next || entry.due < *next)) next = entry.due;
    }
    if (!next || next == alarm_) return;
    alarm_ = next;
    this->context().alarm.set(*next);
  }

  std::unique_ptr<Function> function_;
  AsyncOptions options_;
  AsyncOutput output_;
  std::optional<AsyncContext> async_;
  OperatorListState<AsyncElement<In>> state_;
  std::deque<Entry> queue_;  // in the order of arrival
  std::size_t asked_ = 0;
  std::size_t waiting_ = 0;
  std::optional<Time> alarm_;  // set and still to come
  bool full_ = false;
};

}  // namespace detail

// Flink's AsyncDataStream. `Function` derives from AsyncFunction<T, Out>; a new one is made for every subtask attempt.
struct AsyncDataStream {
  template <class Function, class T, class... Args>
  static auto ordered_wait(const DataStream<T>& stream, AsyncOptions options, std::string name, Args... args) {
    return wait<Function>(stream, options, AsyncOutput::Ordered, std::move(name), std::move(args)...);
  }
  template <class Function, class T, class... Args>
  static auto unordered_wait(const DataStream<T>& stream, AsyncOptions options, std::string name, Args... args) {
    return wait<Function>(stream, options, AsyncOutput::Unordered, std::move(name), std::move(args)...);
  }
  template <class Function, class T, class... Args>
  static auto wait(const DataStream<T>& stream, AsyncOptions options, AsyncOutput output, std::string name,
                   Args... args) {
    using Out = typename Function::Output;
    return stream.template transform<Out>(std::move(name), [options, output, args...] {
      return std::make_unique<detail::AsyncOperator<T, Out>>(std::make_unique<Function>(args...), options, output);
    });
  }
};

}  // namespace weir::engine
