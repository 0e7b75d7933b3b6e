#pragma once

// Integer mixing, byte hashing and Flink's key groups (flink-semantics 6.1). All 32/64-bit wrap-around arithmetic.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/engine/bytes.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Mixes one word so that sums and xors of mixed words make a usable content digest.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9ull;
  x ^= x >> 27;
  x *= 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

constexpr std::uint64_t combine(std::uint64_t a, std::uint64_t b) { return mix64(a * 0x9E3779B97F4A7C15ull + b + 1); }

namespace detail {

inline constexpr std::uint64_t kHashSeed = 0x51'7C'C1'B7'27'22'0A'95ull;
inline constexpr std::uint64_t kHashSpread = 0x9FB21C651E98DF25ull;
inline constexpr std::uint64_t kHashCarry = 0xC2B2AE3D27D4EB4Full;

// The last one to seven bytes as one word; different tails of one length give different words.
inline std::uint64_t load_tail(const char* at, std::size_t n) {
  const auto load = [at](auto word, std::size_t i) -> std::uint64_t { return load_little<decltype(word)>(at + i); };
  if (n >= 4) return load(std::uint32_t{}, 0) | load(std::uint32_t{}, n - 4) << 32;
  return load(std::uint8_t{}, 0) | load(std::uint8_t{}, n / 2) << 8 | load(std::uint8_t{}, n - 1) << 16;
}

// One-to-one in `word` and in `state`, so that strings that differ in one word never collide.
constexpr std::uint64_t absorb(std::uint64_t state, std::uint64_t word) {
  return std::rotl(state ^ word * kHashSpread, 29) * kHashCarry;
}

}  // namespace detail

// Stable 64-bit hash of bytes: the same on every compiler and machine of either endianness.
inline std::uint64_t hash_bytes(std::string_view bytes) {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = detail::kHashSeed ^ left * detail::kHashCarry;
  for (; left >= 8; at += 8, left -= 8) state = detail::absorb(state, load_little<std::uint64_t>(at));
  if (left > 0) state = detail::absorb(state, detail::load_tail(at, left));
  return mix64(state);
}

// Java's hashCode of the types that can be keys (RS-2: stable across processes).
constexpr std::int32_t java_hash(std::int32_t v) { return v; }
constexpr std::int32_t java_hash(std::int64_t v) {
  const auto u = static_cast<std::uint64_t>(v);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(u ^ (u >> 32)));
}
constexpr std::int32_t java_hash(std::uint64_t v) { return java_hash(static_cast<std::int64_t>(v)); }
constexpr std::int32_t java_hash(std::uint32_t v) { return static_cast<std::int32_t>(v); }
constexpr std::int32_t java_hash(std::string_view s) {
  std::uint32_t h = 0;
  for (const char c : s) h = h * 31u + static_cast<unsigned char>(c);
  return static_cast<std::int32_t>(h);
}

// Flink's murmur finaliser over a hash code; never negative.
constexpr std::uint32_t murmur_hash(std::int32_t code) {
  auto rotl = [](std::uint32_t v, int s) { return (v << s) | (v >> (32 - s)); };
  auto h = static_cast<std::uint32_t>(code);
  h *= 0xcc9e2d51u;
  h = rotl(h, 15);
  h *= 0x1b873593u;
  h = rotl(h, 13);
  h = h * 5u + 0xe6546b64u;
  h ^= 4u;
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  h ^= h >> 16;
  const auto signed_h = static_cast<std::int32_t>(h);
  if (signed_h >= 0) return h;
  return h == 0x80000000u ? 0u : 0u - h;
}

inline constexpr std::uint32_t kMaxMaxParallelism = 32768;  // RS-1

constexpr KeyGroup key_group_of(std::int32_t hash_code, std::uint32_t max_parallelism) {
  return KeyGroup{static_cast<std::uint16_t>(murmur_hash(hash_code) % max_parallelism)};
}

// RS-1: range and index formulas agree for every parallelism up to the maximum.
constexpr KeyGroupRange key_group_range(std::uint32_t max_parallelism, std::uint32_t parallelism, std::uint32_t index) {
  return {KeyGroup{static_cast<std::uint16_t>((index * max_parallelism + parallelism - 1) / parallelism)},
          KeyGroup{static_cast<std::uint16_t>(((index + 1) * max_parallelism - 1) / parallelism)}};
}

constexpr std::uint32_t subtask_of(KeyGroup g, std::uint32_t max_parallelism, std::uint32_t parallelism) {
  return g.value * parallelism / max_parallelism;
}

constexpr std::uint32_t default_max_parallelism(std::uint32_t parallelism) {
  const std::uint32_t wanted = parallelism + parallelism / 2;
  std::uint32_t power = 1;
  while (power < wanted) power *= 2;
  if (power < 128) return 128;
  return power > kMaxMaxParallelism ? kMaxMaxParallelism : power;
}

}  // namespace weir::engine
