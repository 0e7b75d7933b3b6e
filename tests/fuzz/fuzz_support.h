#pragma once

// What the fuzzers share: a cheap judge that ends the process, seals that are right again after a mutation, and a bound
// on what one input may allocate.

#include <sanitizer/allocator_interface.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"
#include "weir/engine/operator.h"

namespace weir::fuzz {

using engine::Bytes;
using engine::BytesView;

[[noreturn]] inline void broken(const char* what) {
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}
inline void must(bool holds, const char* what) {
  if (!holds) broken(what);
}

// Bytes with the checksum that their owner would have written, so that a mutation gets past the seal.
inline Bytes resealed(BytesView bytes) {
  Bytes out(bytes.substr(0, bytes.size() < 8 ? 0 : bytes.size() - 8));
  const std::uint64_t checksum = engine::hash_bytes(out);
  char word[8];
  engine::store_little(word, checksum);
  return out.append(word, 8);
}

// Live bytes, as the allocator of the sanitizer tells them.
inline std::size_t live_bytes = 0;
inline std::size_t most_live_bytes = 0;
inline void on_malloc(const volatile void* at, std::size_t) {
  live_bytes += __sanitizer_get_allocated_size(const_cast<const void*>(at));
  if (live_bytes > most_live_bytes) most_live_bytes = live_bytes;
}
inline void on_free(const volatile void* at) {
  const std::size_t size = __sanitizer_get_allocated_size(const_cast<const void*>(at));
  live_bytes -= size < live_bytes ? size : live_bytes;
}

// From its making to its end no more may be live than `fixed` and `per_byte` times the input. Decoded values are larger
// than their bytes by a factor that depends on their types, never by what a count in the bytes says.
class AllocationLimit {
 public:
  explicit AllocationLimit(std::size_t input, std::size_t per_byte = 1024, std::size_t fixed = std::size_t{1} << 18)
      : limit_(fixed + per_byte * input) {
    [[maybe_unused]] static const int hooked = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    before_ = most_live_bytes = live_bytes;
  }
  ~AllocationLimit() {
    const std::size_t used = most_live_bytes > before_ ? most_live_bytes - before_ : 0;
    if (used <= limit_) return;
    std::fprintf(stderr, "%zu bytes were allocated, the limit is %zu\n", used, limit_);
    broken("no allocation beyond the size of the input");
  }
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;

 private:
  std::size_t limit_;
  std::size_t before_;
};

// Runs what may end an attempt: a failure is a fine answer to bytes that make no sense.
template <class Run>
bool survives(Run run) {
  try {
    run();
    return true;
  } catch (const engine::OperatorFailure&) {
    return false;
  } catch (const engine::InvariantViolation& violation) {
    std::fprintf(stderr, "%s (%s, %s:%d)\n", violation.message.c_str(), violation.expression.c_str(), violation.file,
                 violation.line);
    broken("an assertion failed on bytes from outside");
  }
}

inline BytesView view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace weir::fuzz
