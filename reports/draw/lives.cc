#include "draw/lives.h"

#include <algorithm>

namespace weir::reports {

Lives::Lives(const Lanes& lanes, std::size_t subtasks, int top)
    : top_(top), of_(std::max(lanes.all().size(), subtasks), Life{{}, top, top, 0, {}}) {}

void Lives::begin(std::size_t lane, std::uint16_t process, int y) {
  Life& life = of_[lane];
  life.process = process;
  if (!life.from) life.from = y;
}

void Lives::end(std::size_t lane, int y) {
  Life& life = of_[lane];
  if (!life.from) return;
  end_alignment(lane, y);
  lives_.push_back({lane, *life.from, y});
  life.last_from = *life.from;
  life.last_to = y;
  life.from.reset();
}

std::vector<std::size_t> Lives::on(std::uint16_t process) const {
  std::vector<std::size_t> found;
  for (std::size_t lane = 0; lane < of_.size(); ++lane) {
    if (of_[lane].from && of_[lane].process == process) found.push_back(lane);
  }
  return found;
}

void Lives::begin_alignment(std::size_t lane, int y) {
  if (!of_[lane].aligning) of_[lane].aligning = y;
}

void Lives::end_alignment(std::size_t lane, int y) {
  if (of_[lane].aligning) alignments_.push_back({lane, *of_[lane].aligning, y});
  of_[lane].aligning.reset();
}

void Lives::abandon(std::size_t lane, std::optional<int> taken, int decided) {
  const Life& life = of_[lane];
  const int from = std::max(taken.value_or(top_), life.from.value_or(life.last_from));
  const int to = life.from ? decided : life.last_to;
  if (to > from) abandoned_.push_back({lane, from, to});
}

void Lives::finish(int bottom) {
  for (std::size_t lane = 0; lane < of_.size(); ++lane) {
    end_alignment(lane, bottom);
    if (of_[lane].from) lives_.push_back({lane, *of_[lane].from, bottom});
  }
}

}  // namespace weir::reports
