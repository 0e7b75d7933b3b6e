#pragma once

// When a window's content is emitted, and when it is thrown away.

#include <cstdint>
#include <memory>

#include "weir/engine/keyed_state.h"
#include "weir/engine/time_window.h"

namespace weir::engine {

enum class TriggerResult : std::uint8_t { Continue = 0, Fire = 1, Purge = 2, FireAndPurge = 3 };
constexpr bool fires(TriggerResult result) { return (static_cast<unsigned>(result) & 1u) != 0; }
constexpr bool purges(TriggerResult result) { return (static_cast<unsigned>(result) & 2u) != 0; }

// What a trigger may do for the window in question: timers in the window's domain, and a count that is kept in state.
class TriggerContext {
 public:
  virtual ~TriggerContext() = default;
  virtual std::int64_t current_time() const = 0;  // watermark, or processing time; milliseconds
  virtual void register_timer(std::int64_t time) = 0;
  virtual void delete_timer(std::int64_t time) = 0;
  virtual std::int64_t add_to_count(std::int64_t n) = 0;  // returns the new count
  virtual void clear_count() = 0;
  virtual void merge_counts() = 0;  // in `on_merge`: the merged windows' counts go into this one's
};

// Immutable, shared by all runs; what it remembers of a window is in the context.
class WindowTrigger {
 public:
  virtual ~WindowTrigger() = default;
  virtual TriggerResult on_element(const TimeWindow& window, TriggerContext& context) const = 0;
  virtual TriggerResult on_time(std::int64_t time, const TimeWindow& window, TriggerContext& context) const = 0;
  // The window was made of others, whose timers go with them (WI-5).
  virtual void on_merge(const TimeWindow& window, TriggerContext& context) const = 0;
  virtual void clear(const TimeWindow& window, TriggerContext& context) const = 0;
};

using WindowTriggers = std::shared_ptr<const WindowTrigger>;

WindowTriggers time_trigger();                        // when the time of the window is over; late elements at once
WindowTriggers count_trigger(std::int64_t elements);  // each time so many elements have come
WindowTriggers purging(WindowTriggers trigger);       // what fires is thrown away as well

}  // namespace weir::engine
