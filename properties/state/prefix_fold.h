#pragma once

// The keyed state that the records before given positions make, computed by the sequential run.

#include <cstdint>
#include <memory>
#include <vector>

#include "reference/reference.h"
#include "weir/engine/job_graph.h"

namespace weir::properties {

class PrefixFold {
 public:
  PrefixFold() = default;
  // Forgets where it was.
  void begin(const Reference& reference);
  // Positions by source, then by split, all sources in one list. Goes on from where it is when no position goes back,
  // which is the rule within a run; starts over otherwise.
  void move_to(const std::vector<std::uint64_t>& positions);
  // Digest of a subtask's keyed state there: the sum over the keyed operators of its chain.
  std::uint64_t digest(const engine::JobVertex& vertex, std::uint32_t index) const;

 private:
  bool is_behind(const std::vector<std::uint64_t>& positions) const;

  const Reference* reference_ = nullptr;
  std::unique_ptr<Fold> fold_;  // null: at the start, where all state is empty
  std::vector<std::uint64_t> at_;
};

}  // namespace weir::properties
