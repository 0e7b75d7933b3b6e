#pragma once

// Each command parses nothing and decides little: it calls scenarios, hands the result to text or files, returns a
// code.

#include "cli/arguments.h"
#include "cli/console.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::reports {

ExitCode run_scenarios(const scenarios::JobCatalogue& catalogue, const RunArguments& arguments, const Console& console);
ExitCode matrix(const scenarios::JobCatalogue& catalogue, const MatrixArguments& arguments, const Console& console);
ExitCode replay(const scenarios::JobCatalogue& catalogue, const ReplayArguments& arguments, const Console& console);
ExitCode shrink_spec(const scenarios::JobCatalogue& catalogue, const ShrinkArguments& arguments,
                     const Console& console);
ExitCode check(const scenarios::JobCatalogue& catalogue, const CheckArguments& arguments, const Console& console);
ExitCode list(const scenarios::JobCatalogue& catalogue, const ListArguments& arguments, const Console& console);
ExitCode sweep(const scenarios::JobCatalogue& catalogue, const SweepArguments& arguments, const Console& console);
ExitCode state(const StateArguments& arguments, const Console& console);
ExitCode defects(const DefectsArguments& arguments, const Console& console);

}  // namespace weir::reports
