#include "weir/engine/hash.h"

#include <bit>

#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr std::uint64_t kSeed = 0x51'7C'C1'B7'27'22'0A'95ull;
constexpr std::uint64_t kSpread = 0x9FB21C651E98DF25ull;
constexpr std::uint64_t kCarry = 0xC2B2AE3D27D4EB4Full;

template <class Word>
std::uint64_t load(const char* at) {
  return load_little<Word>(at);
}

// The last one to seven bytes as one word; different tails of one length give different words.
std::uint64_t load_tail(const char* at, std::size_t n) {
  if (n >= 4) return load<std::uint32_t>(at) | load<std::uint32_t>(at + n - 4) << 32;
  return load<std::uint8_t>(at) | load<std::uint8_t>(at + n / 2) << 8 | load<std::uint8_t>(at + n - 1) << 16;
}

// One-to-one in `word` and in `state`, so that strings that differ in one word never collide.
std::uint64_t absorb(std::uint64_t state, std::uint64_t word) { return std::rotl(state ^ word * kSpread, 29) * kCarry; }

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = kSeed ^ left * kCarry;
  for (; left >= 8; at += 8, left -= 8) state = absorb(state, load<std::uint64_t>(at));
  if (left > 0) state = absorb(state, load_tail(at, left));
  return mix64(state);
}

}  // namespace weir::engine
