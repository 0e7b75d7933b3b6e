#pragma once

namespace weir::bench {

// Lets tasks die, overlap, fail and be snapshot alone in each layout, and prints what comes of it, a line for each
// layout. False when something is not as engine/README.md says.
bool show_faults();

}  // namespace weir::bench
