#pragma once

// Named, counter-based random streams: the n-th draw of a stream depends only on (seed, stream name, n). Adding a draw
// somewhere shifts nothing elsewhere. Integers only; knows nothing of the engine.

#include <cstdint>
#include <string_view>

namespace weir::sim {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);
  RandomStream(std::uint64_t seed, std::string_view name, std::uint64_t instance);

  std::uint64_t next() { return scramble(key_ + ++n_ * kGolden); }  // 64 uniform bits
  std::uint64_t below(std::uint64_t bound);                         // uniform in [0, bound), bound > 0; unbiased
  std::uint64_t between(std::uint64_t low, std::uint64_t high);     // uniform in [low, high]
  bool chance(std::uint64_t numerator, std::uint64_t denominator);  // true in numerator of denominator cases
  std::uint64_t draws() const { return n_; }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;
  static constexpr std::uint64_t scramble(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9ull;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBull;
    return x ^ (x >> 31);
  }

  std::uint64_t key_;
  std::uint64_t n_ = 0;
};

}  // namespace weir::sim
