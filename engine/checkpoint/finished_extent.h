#pragma once

// How far a vertex has finished, and what that asks of those before it (CO-53).

#include <cstdint>

#include "weir/engine/job_graph.h"

namespace weir::engine {

enum class FinishedExtent : std::uint8_t { None, Part, All };

constexpr FinishedExtent finished_extent(std::size_t finished, std::size_t subtasks) {
  if (finished == 0) return FinishedExtent::None;
  return finished == subtasks ? FinishedExtent::All : FinishedExtent::Part;
}

// A consumer that has finished further than its producer would lose what the producer still sends.
constexpr bool contradicts(FinishedExtent producer, FinishedExtent consumer, Partitioning partitioning) {
  if (consumer == FinishedExtent::All) return producer != FinishedExtent::All;
  if (consumer == FinishedExtent::None) return false;
  return partitioning == Partitioning::Forward ? producer == FinishedExtent::None : producer != FinishedExtent::All;
}

}  // namespace weir::engine
