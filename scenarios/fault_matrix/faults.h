#pragma once

// The columns: crashes, and the loss, delay and repetition of every kind of control message.

#include <span>
#include <vector>

#include "fault_matrix/places.h"
#include "weir/scenarios/fault_matrix.h"

namespace weir::scenarios {

std::vector<MatrixFault> matrix_faults();

// The plan of a cell. The fault of the column comes last; before it stands what makes such messages flow at all, where
// a run without failures has none.
sim::FaultPlan plan_of(const MatrixFault& fault, const MatrixPlace& place);

// A cell that comes out otherwise than the rest, with the reason. Every one of them must come out as it is listed here.
struct ListedCell {
  enum class As : std::uint8_t {
    Infeasible,  // the fault cannot take effect
    Limit,       // the protocol does not keep its promise: what `is_limit` allows is violated
  };
  std::string_view phase;
  sim::FaultKind kind{};
  std::string_view target;
  As as = As::Infeasible;
  std::string_view reason;
};
std::span<const ListedCell> listed_cells();
const ListedCell* listed(const MatrixPhase& phase, const MatrixFault& fault);  // null: it is not
// Whether nothing else is violated than a limit violates.
bool is_limit(const RunResult& run);

}  // namespace weir::scenarios
