#pragma once

// The whole command line as one call, so that a program with jobs of its own gets it with a three-line main:
//
//   int main(int argc, char** argv) {
//     auto catalogue = weir::scenarios::JobCatalogue::built_in();
//     catalogue.add(my_job());
//     return weir::reports::main(catalogue, argc, argv);
//   }

#include "weir/scenarios/job_catalogue.h"

namespace weir::reports {

// Returns the exit code: 0 holds, 1 violated, 2 bad usage or scenario, 3 inconclusive, 4 nothing selected,
// 5 nondeterminism, 70 internal error, 77 skipped. Throws nothing.
int main(const scenarios::JobCatalogue& catalogue, int argc, const char* const* argv);

}  // namespace weir::reports
