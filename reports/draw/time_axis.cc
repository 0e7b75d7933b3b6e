#include "draw/time_axis.h"

#include <algorithm>
#include <array>

#include "text/numbers.h"

namespace weir::reports {
namespace {

constexpr int kNamesEvery = 900;
constexpr int kNameRow = 34;
constexpr int kTickDistance = 22;
constexpr std::int64_t kNamedSilence = 50'000'000;

struct Step {
  std::int64_t below;
  int pixels;
};
constexpr std::array<Step, 6> kSteps{
    {{1'000, 2}, {10'000, 4}, {100'000, 7}, {1'000'000, 11}, {10'000'000, 16}, {kNamedSilence, 22}}};
constexpr int kLongStep = 40;

int step(std::int64_t silence) {
  for (const Step& s : kSteps) {
    if (silence < s.below) return s.pixels;
  }
  return kLongStep;
}

}  // namespace

TimeAxis::TimeAxis(int top, std::size_t lanes) : top_(top), y_(top), free_from_(lanes, top) {}

void TimeAxis::advance(std::int64_t time) {
  if (time_ < 0) {
    y_ += 14;
  } else if (time > time_) {
    const std::int64_t silence = time - time_;
    if (silence >= kNamedSilence) folds_.push_back({y_ + kLongStep / 2, short_duration(silence) + " of silence"});
    y_ += step(silence);
  }
  time_ = std::max(time_, time);
}

void TimeAxis::tick(std::int64_t time) {
  if (!ticks_.empty() && y_ - ticks_.back().y < kTickDistance) return;
  ticks_.push_back({y_, axis_time(time)});
}

void TimeAxis::leave_name_row() {
  if (y_ - (name_rows_.empty() ? top_ : name_rows_.back()) < kNamesEvery) return;
  name_rows_.push_back(y_ + kNameRow / 2);
  y_ += kNameRow + 8;
}

int TimeAxis::place(std::int64_t time, const std::vector<std::size_t>& lanes, int half) {
  advance(time);
  for (const std::size_t lane : lanes) y_ = std::max(y_, free_from_[lane] + half);
  leave_name_row();
  for (const std::size_t lane : lanes) free_from_[lane] = y_ + half + 1;
  tick(time);
  return y_;
}

}  // namespace weir::reports
