#include "model/geometric.h"

#include <algorithm>
#include <bit>

#include "weir/engine/assert.h"

namespace weir::scenarios {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kFraction = 32;  // bits of a logarithm after the point

// To the base of two; squaring a mantissa in [1, 2) gives one bit after the other.
std::int64_t logarithm(std::uint64_t value) {
  WEIR_ASSERT(value != 0, "zero has no logarithm");
  const int whole = static_cast<int>(std::bit_width(value)) - 1;
  std::uint64_t mantissa = value << (63 - whole);  // 1.0 is 2^63
  std::int64_t log = whole;
  for (int bit = 0; bit < kFraction; ++bit) {
    const Wide square = static_cast<Wide>(mantissa) * mantissa;
    const bool two = (square >> 127) != 0;
    mantissa = static_cast<std::uint64_t>(square >> (two ? 64 : 63));
    log = log * 2 + (two ? 1 : 0);
  }
  return log;
}

// The smallest value between them with at least that logarithm.
std::uint64_t power(std::int64_t log, std::uint64_t low, std::uint64_t high) {
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (logarithm(middle) < log) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint64_t three_digits(std::uint64_t value) {
  std::uint64_t grain = 1;
  while (value / grain >= 1000) grain *= 10;
  return (value + grain / 2) / grain * grain;
}

}  // namespace

std::vector<std::uint64_t> geometric(std::uint64_t from, std::uint64_t to, std::uint32_t steps) {
  const std::int64_t first = logarithm(from);
  const std::int64_t range = logarithm(to) - first;
  std::vector<std::uint64_t> values{from};
  for (std::uint32_t step = 1; step + 1 < steps; ++step) {
    const std::int64_t log = first + range * step / (steps - 1);
    values.push_back(three_digits(power(log, std::min(from, to), std::max(from, to))));
  }
  values.push_back(to);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace weir::scenarios
