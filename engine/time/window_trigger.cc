#include "weir/engine/window_trigger.h"

#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

class TimeTrigger final : public WindowTrigger {
 public:
  TriggerResult on_element(const TimeWindow& window, TriggerContext& context) const override {
    if (window.max_timestamp() <= context.current_time()) return TriggerResult::Fire;
    context.register_timer(window.max_timestamp());
    return TriggerResult::Continue;
  }
  TriggerResult on_time(std::int64_t time, const TimeWindow& window, TriggerContext&) const override {
    return time == window.max_timestamp() ? TriggerResult::Fire : TriggerResult::Continue;
  }
  // A time that is over already has fired, and must not do so again.
  void on_merge(const TimeWindow& window, TriggerContext& context) const override {
    if (window.max_timestamp() > context.current_time()) context.register_timer(window.max_timestamp());
  }
  void clear(const TimeWindow& window, TriggerContext& context) const override {
    context.delete_timer(window.max_timestamp());
  }
};

class CountTrigger final : public WindowTrigger {
 public:
  explicit CountTrigger(std::int64_t elements) : elements_(elements) {
    WEIR_ASSERT(elements > 0, "a count trigger needs a count");
  }
  TriggerResult on_element(const TimeWindow&, TriggerContext& context) const override {
    if (context.add_to_count(1) < elements_) return TriggerResult::Continue;
    context.clear_count();
    return TriggerResult::Fire;
  }
  TriggerResult on_time(std::int64_t, const TimeWindow&, TriggerContext&) const override {
    return TriggerResult::Continue;
  }
  void on_merge(const TimeWindow&, TriggerContext& context) const override { context.merge_counts(); }
  void clear(const TimeWindow&, TriggerContext& context) const override { context.clear_count(); }

 private:
  std::int64_t elements_;
};

class PurgingTrigger final : public WindowTrigger {
 public:
  explicit PurgingTrigger(WindowTriggers inner) : inner_(std::move(inner)) {}
  TriggerResult on_element(const TimeWindow& window, TriggerContext& context) const override {
    return and_purge(inner_->on_element(window, context));
  }
  TriggerResult on_time(std::int64_t time, const TimeWindow& window, TriggerContext& context) const override {
    return and_purge(inner_->on_time(time, window, context));
  }
  void on_merge(const TimeWindow& window, TriggerContext& context) const override { inner_->on_merge(window, context); }
  void clear(const TimeWindow& window, TriggerContext& context) const override { inner_->clear(window, context); }

 private:
  static TriggerResult and_purge(TriggerResult result) { return fires(result) ? TriggerResult::FireAndPurge : result; }

  WindowTriggers inner_;
};

}  // namespace

WindowTriggers time_trigger() { return std::make_shared<TimeTrigger>(); }
WindowTriggers count_trigger(std::int64_t elements) { return std::make_shared<CountTrigger>(elements); }
WindowTriggers purging(WindowTriggers trigger) { return std::make_shared<PurgingTrigger>(std::move(trigger)); }

}  // namespace weir::engine
