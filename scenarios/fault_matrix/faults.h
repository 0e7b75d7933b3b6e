#pragma once

// The columns: crashes, and the loss, delay and repetition of every kind of control message.

#include <vector>

#include "fault_matrix/places.h"
#include "weir/scenarios/fault_matrix.h"

namespace weir::scenarios {

std::vector<MatrixFault> matrix_faults();

// The plan of a cell. The fault of the column comes last; before it stands what makes such messages flow at all, where
// a run without failures has none.
sim::FaultPlan plan_of(const MatrixFault& fault, const MatrixPlace& place);

// Why the fault of a cell cannot take effect, and so must not; empty: it can.
std::string_view why_infeasible(const MatrixPhase& phase, const MatrixFault& fault);

}  // namespace weir::scenarios
