#pragma once

// Values that grow by the same factor, computed with integers, so that a sweep is the same everywhere.

#include <cstdint>
#include <vector>

namespace weir::scenarios {

// From `from` to `to`, at least 1 both, in `steps` >= 2 values; those between are rounded to three significant digits.
// Values that come out equal are one.
std::vector<std::uint64_t> geometric(std::uint64_t from, std::uint64_t to, std::uint32_t steps);

}  // namespace weir::scenarios
