#pragma once

// What every file of a snapshot has in common: it starts with a magic number and a version, and ends with a checksum.

#include <cstdint>
#include <string>

#include "weir/engine/bytes.h"
#include "weir/engine/status.h"

namespace weir::engine {

struct SealedFormat {
  std::uint32_t magic;
  std::uint32_t version;     // the newest this code writes and reads
  const char* name;          // "keyed snapshot", for messages
  std::uint32_t oldest = 1;  // that this code still reads
};

void open_seal(const SealedFormat& format, ByteWriter& out);
void close_seal(ByteWriter& out);  // `out` wrote exactly what open_seal and the owner appended

// The bytes between version and checksum, or Corrupt naming what is wrong.
Result<BytesView> break_seal(const SealedFormat& format, BytesView bytes);

inline Status corrupt(const SealedFormat& format, const std::string& what) {
  return Status(StatusCode::Corrupt, std::string(format.name) + ": " + what);
}

}  // namespace weir::engine
