#pragma once

// Windows over time, who assigns them, and the sets of windows that merge. Milliseconds of the assigner's domain.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "weir/engine/event_time.h"
#include "weir/engine/timer_service.h"

namespace weir::engine {

// From `start`, before `end`.
struct TimeWindow {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t max_timestamp() const { return end - 1; }
  // Touching counts: sessions that leave no gap are one.
  bool intersects(const TimeWindow& other) const { return start <= other.end && other.start <= end; }
  TimeWindow cover(const TimeWindow& other) const { return {std::min(start, other.start), std::max(end, other.end)}; }
  static constexpr auto fields() { return std::tuple{&TimeWindow::start, &TimeWindow::end}; }
  friend auto operator<=>(const TimeWindow&, const TimeWindow&) = default;
};

// Which windows an element belongs to. Immutable, shared by all runs.
class WindowAssigner {
 public:
  explicit WindowAssigner(TimeDomain domain) : domain_(domain) {}
  virtual ~WindowAssigner() = default;
  TimeDomain domain() const { return domain_; }
  virtual bool merging() const { return false; }  // windows that intersect become one
  // Replaces what is in `windows`.
  virtual void assign(std::int64_t time, std::vector<TimeWindow>& windows) const = 0;

 private:
  TimeDomain domain_;
};

using WindowAssigners = std::shared_ptr<const WindowAssigner>;

// Durations are positive; a slide need not divide the size. An offset moves where windows start.
WindowAssigners tumbling_windows(TimeDomain domain, std::chrono::milliseconds size,
                                 std::chrono::milliseconds offset = std::chrono::milliseconds(0));
WindowAssigners sliding_windows(TimeDomain domain, std::chrono::milliseconds size, std::chrono::milliseconds slide,
                                std::chrono::milliseconds offset = std::chrono::milliseconds(0));
WindowAssigners session_windows(TimeDomain domain, std::chrono::milliseconds gap);

// The windows of one key that merge, and where the content of each is kept: a merged window goes on with the state of
// one of those that it was made of (WI-1, WI-5). Decides only.
class MergingWindowSet {
 public:
  struct Entry {
    TimeWindow window;
    TimeWindow state;  // the namespace of its content
    static constexpr auto fields() { return std::tuple{&Entry::window, &Entry::state}; }
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  struct Added {
    TimeWindow window;  // what the new one is part of now
    TimeWindow state;
    std::vector<TimeWindow> merged;         // windows that are gone; empty: nothing merged
    std::vector<TimeWindow> merged_states;  // whose content goes into `state`
  };

  MergingWindowSet() = default;
  explicit MergingWindowSet(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  Added add(const TimeWindow& window);
  const TimeWindow* state_of(const TimeWindow& window) const;  // null: there is no such window (any more)
  void retire(const TimeWindow& window);
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  // in order of arrival
};

}  // namespace weir::engine
