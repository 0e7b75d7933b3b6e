#pragma once

// A part of a source's input: a replayable sequence of records with positions.

#include <cstdint>

namespace weir::engine {

struct SourceSplit {
  std::uint32_t id = 0;
  std::uint64_t position = 0;  // where the next record starts; opaque but ascending
  bool finished = false;
  friend bool operator==(const SourceSplit&, const SourceSplit&) = default;
};

}  // namespace weir::engine
