#pragma once

// The columns: crashes, and the loss, delay and repetition of every kind of control message.

#include <span>
#include <vector>

#include "weir/scenarios/fault_matrix.h"

namespace weir::scenarios {

std::vector<MatrixFault> matrix_faults();

// The plan of a cell. The fault of the column comes last; before it, from the same moment on, stands what makes such
// messages flow at all, where a run without failures has none.
sim::FaultPlan plan_of(const MatrixFault& fault, const sim::Trigger& trigger);

// Why the fault cannot take effect after this step; empty: it can. One table, searched from above.
struct Infeasible {
  std::string_view phase;   // empty: any
  std::string_view target;  // empty: any
  std::string_view reason;
};
std::span<const Infeasible> infeasible_cells();
std::string_view why_infeasible(const MatrixPhase& phase, const MatrixFault& fault);

}  // namespace weir::scenarios
