#pragma once

// Linked into a program, replaces operator new and delete by counting ones. Counts are of the whole process.

#include <cstddef>
#include <cstdint>

namespace weir::bench {

std::uint64_t allocations();  // calls of operator new so far
std::uint64_t live_bytes();   // as the allocator rounds them up
std::uint64_t peak_bytes();   // the most that were live since the last reset
void reset_peak();

}  // namespace weir::bench
