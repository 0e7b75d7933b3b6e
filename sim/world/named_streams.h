#pragma once

#include <functional>
#include <map>
#include <string>

#include "weir/engine/environment.h"
#include "weir/sim/random.h"

namespace weir::sim {

// The engine's random streams, one per name, apart from all those of the world.
class NamedStreams final : public engine::Randomness {
 public:
  void reset(std::uint64_t seed);
  std::uint64_t draw(std::string_view stream, std::uint64_t bound) override;

 private:
  std::uint64_t seed_ = 0;
  std::map<std::string, RandomStream, std::less<>> streams_;
};

}  // namespace weir::sim
