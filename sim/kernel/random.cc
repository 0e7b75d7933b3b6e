#include "weir/sim/random.h"

namespace weir::sim {
namespace {

__extension__ using Wide = unsigned __int128;
// FNV-1a; short names, once per stream.
constexpr std::uint64_t name_hash(std::string_view name) {
  std::uint64_t h = 0xCBF29CE484222325ull;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return h;
}

}  // namespace

// Seeds that lie close together must not give streams that do: every input goes through a full scramble.
RandomStream::RandomStream(std::uint64_t seed, std::string_view name) : RandomStream(seed, name, 0) {}
RandomStream::RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t instance)
    : key_(scramble(scramble(scramble(seed + kGolden) ^ name_hash(name)) + instance * kGolden)) {}

// Multiply-shift; the low part tells the few draws that would favour some values, and those are drawn again.
std::uint64_t RandomStream::below(std::uint64_t bound) {
  Wide product = static_cast<Wide>(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t unfair_below = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < unfair_below) product = static_cast<Wide>(next()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t RandomStream::between(std::uint64_t low, std::uint64_t high) {
  const std::uint64_t span = high - low;
  return span == ~std::uint64_t{0} ? next() : low + below(span + 1);
}

bool RandomStream::chance(std::uint64_t numerator, std::uint64_t denominator) { return below(denominator) < numerator; }

}  // namespace weir::sim
