#pragma once

// Time downwards. Order is kept and what is later is never higher, but long silence is folded: a step grows with the
// decade of the time that passed. Marks of one lane never touch.

#include <cstdint>
#include <string>
#include <vector>

namespace weir::reports {

struct Tick {
  int y = 0;
  std::string text;  // "350.012ms"
};
struct Fold {  // a silence long enough to be named
  int y = 0;
  std::string text;  // "1.5s of silence"
};

class TimeAxis {
 public:
  TimeAxis(int top, std::size_t lanes);
  // Goes on to `time`; where the next mark of all of `lanes` may stand, each `half` high to both sides.
  int place(std::int64_t time, const std::vector<std::size_t>& lanes, int half);
  int here() const { return y_; }
  int top() const { return top_; }
  const std::vector<Tick>& ticks() const { return ticks_; }
  const std::vector<Fold>& folds() const { return folds_; }
  // Rows kept free of marks, a screen apart, where the lanes' names are repeated: their base lines.
  const std::vector<int>& name_rows() const { return name_rows_; }

 private:
  void advance(std::int64_t time);
  void tick(std::int64_t time);
  void leave_name_row();

  int top_;
  int y_;
  std::int64_t time_ = -1;
  std::vector<int> free_from_;  // by lane: the lowest used y
  std::vector<Tick> ticks_;
  std::vector<Fold> folds_;
  std::vector<int> name_rows_;
};

}  // namespace weir::reports
