#pragma once

// Which attempt lives on which lane, from where to where: lifelines, alignments, and the work that a restore throws
// away.

#include <cstdint>
#include <optional>
#include <vector>

#include "draw/lanes.h"

namespace weir::reports {

struct Span {  // a part of one lane
  std::size_t lane = 0;
  int from = 0;
  int to = 0;
};

class Lives {
 public:
  Lives(const Lanes& lanes, std::size_t subtasks, int top);

  void begin(std::size_t lane, std::uint16_t process, int y);
  void end(std::size_t lane, int y);
  // Ended before the picture starts: nothing of it is drawn.
  void forget(std::size_t lane) { of_[lane].from.reset(); }
  bool alive(std::size_t lane) const { return of_[lane].from.has_value(); }
  // Lanes whose attempts live in a process, ascending.
  std::vector<std::size_t> on(std::uint16_t process) const;

  void begin_alignment(std::size_t lane, int y);
  void end_alignment(std::size_t lane, int y);

  // What the lane did after its part of the checkpoint was taken (nothing: above the picture), or since its attempt
  // began when that was later.
  void abandon(std::size_t lane, std::optional<int> taken, int decided);

  void finish(int bottom);
  const std::vector<Span>& lives() const { return lives_; }
  const std::vector<Span>& alignments() const { return alignments_; }
  const std::vector<Span>& abandoned() const { return abandoned_; }

 private:
  struct Life {
    std::optional<int> from;  // of the attempt that lives now
    int last_from;            // of the attempt before, or of this one
    int last_to;
    std::uint16_t process = 0;
    std::optional<int> aligning;
  };
  int top_;
  std::vector<Life> of_;  // by lane
  std::vector<Span> lives_, alignments_, abandoned_;
};

}  // namespace weir::reports
