#pragma once

// Where everything of a space-time diagram stands; no SVG in here.

#include <cstdint>
#include <string>
#include <vector>

#include "draw/lanes.h"
#include "draw/lives.h"
#include "draw/time_axis.h"
#include "history/interest.h"
#include "weir/reports/run_report.h"

namespace weir::reports {

enum class Shape : std::uint8_t {
  Point,
  Note,
  Trigger,
  BarrierSent,
  BarrierReceived,
  Snapshot,
  Durable,
  SnapshotFailed,
  Complete,
  Abort,
  PreCommit,
  Commit,
  Deploy,
  End,
  Crash,
  Failed,
  Restore,
  Fault,
  Delay,
};
enum class Line : std::uint8_t { Barrier, Control, Ack, Decline, Commit, Lost };

struct Mark {
  std::uint32_t event = 0;
  std::size_t lane = 0;
  int y = 0;
  Shape shape{};
  std::string label;
  bool witness = false;
};
struct Arrow {
  Line line{};
  std::size_t from_lane = 0;
  int from_y = 0;
  std::size_t to_lane = 0;
  int to_y = 0;
};
struct Rewind {  // from the decision to restore back to the checkpoint
  int from_y = 0;
  int to_y = 0;
  bool above = false;  // the checkpoint lies above the picture
  std::uint64_t checkpoint = 0;
};
struct PhaseLine {
  int y = 0;
  std::string text;
};

struct SpaceTime {
  std::vector<Lane> lanes;
  std::vector<Span> lives;      // while an attempt exists
  std::vector<Span> abandoned;  // work that a rewind threw away
  std::vector<Span> alignments;
  std::vector<Arrow> arrows;
  std::vector<Mark> marks;
  std::vector<Rewind> rewinds;
  std::vector<PhaseLine> phases;
  std::vector<Tick> ticks;
  std::vector<Fold> folds;
  std::vector<int> name_rows;
  int width = 0;
  int top = 0;
  int bottom = 0;
  std::uint32_t first = 0, last = 0;  // events that are in the picture
  bool cut = false;                   // the window held more marks than the limit
};

inline constexpr std::size_t kMostMarks = 1500;

SpaceTime lay_out(const RunView& run, const Interest& interest, int top, std::size_t most_marks = kMostMarks);

}  // namespace weir::reports
