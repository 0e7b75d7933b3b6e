#include "world/named_streams.h"

#include "weir/engine/assert.h"
#include "weir/engine/hash.h"

namespace weir::sim {

void NamedStreams::reset(std::uint64_t seed) {
  seed_ = seed;
  streams_.clear();
}

std::uint64_t NamedStreams::draw(std::string_view stream, std::uint64_t bound) {
  WEIR_ASSERT(bound > 0, "a draw from an empty range");
  auto found = streams_.find(stream);
  if (found == streams_.end()) {
    RandomStream fresh(seed_, "engine", engine::hash_bytes(stream));
    found = streams_.emplace(std::string(stream), fresh).first;
  }
  return found->second.below(bound);
}

}  // namespace weir::sim
