#include "weir/engine/time_window.h"

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

using std::chrono::milliseconds;

// The start of the window of that size in which `time` lies, also for negative times.
std::int64_t window_start(std::int64_t time, std::int64_t offset, std::int64_t size) {
  const std::int64_t rest = (time - offset) % size;
  return time - (rest < 0 ? rest + size : rest);
}

// Tumbling windows are sliding ones that slide by their size.
class SlidingWindows final : public WindowAssigner {
 public:
  SlidingWindows(TimeDomain domain, milliseconds size, milliseconds slide, milliseconds offset)
      : WindowAssigner(domain), size_(size.count()), slide_(slide.count()), offset_(offset.count()) {
    WEIR_ASSERT(size_ > 0 && slide_ > 0, "windows need a size and a slide");
  }
  void assign(std::int64_t time, std::vector<TimeWindow>& windows) const override {
    windows.clear();
    for (std::int64_t start = window_start(time, offset_, slide_); start > time - size_; start -= slide_) {
      windows.push_back({start, start + size_});
    }
  }

 private:
  std::int64_t size_;
  std::int64_t slide_;
  std::int64_t offset_;
};

class SessionWindows final : public WindowAssigner {
 public:
  SessionWindows(TimeDomain domain, milliseconds gap) : WindowAssigner(domain), gap_(gap.count()) {
    WEIR_ASSERT(gap_ > 0, "sessions need a gap");
  }
  bool merging() const override { return true; }
  void assign(std::int64_t time, std::vector<TimeWindow>& windows) const override {
    windows.assign(1, {time, time + gap_});
  }

 private:
  std::int64_t gap_;
};

}  // namespace

WindowAssigners tumbling_windows(TimeDomain domain, milliseconds size, milliseconds offset) {
  return std::make_shared<SlidingWindows>(domain, size, size, offset);
}
WindowAssigners sliding_windows(TimeDomain domain, milliseconds size, milliseconds slide, milliseconds offset) {
  return std::make_shared<SlidingWindows>(domain, size, slide, offset);
}
WindowAssigners session_windows(TimeDomain domain, milliseconds gap) {
  return std::make_shared<SessionWindows>(domain, gap);
}

// Windows of the set never intersect each other, so all that intersect the new one become one with it. The state of the
// one that is oldest in the set is kept.
MergingWindowSet::Added MergingWindowSet::add(const TimeWindow& window) {
  Added added{window, window, {}, {}};
  std::vector<Entry> apart;
  std::vector<Entry> joined;
  for (const Entry& entry : entries_) (entry.window.intersects(window) ? joined : apart).push_back(entry);
  for (const Entry& entry : joined) added.window = added.window.cover(entry.window);
  if (!joined.empty()) added.state = joined.front().state;
  if (joined.size() == 1 && joined.front().window == added.window) return added;  // the new one lies within
  for (const Entry& entry : joined) {
    added.merged.push_back(entry.window);
    if (entry.state != added.state) added.merged_states.push_back(entry.state);
  }
  apart.push_back({added.window, added.state});
  entries_ = std::move(apart);
  return added;
}

const TimeWindow* MergingWindowSet::state_of(const TimeWindow& window) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.window == window; });
  return found == entries_.end() ? nullptr : &found->state;
}

void MergingWindowSet::retire(const TimeWindow& window) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.window == window; });
}

}  // namespace weir::engine
