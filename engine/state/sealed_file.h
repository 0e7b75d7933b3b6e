#pragma once

// A file that belongs to a snapshot of several, and what its bytes must be: the seal lies with what joins the files.

#include <cstdint>
#include <string>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct SealedFile {
  std::string name;  // of the backend's: "000012.sst", "log-3"
  std::uint64_t size = 0;
  std::uint64_t hash = 0;  // of its bytes
  friend bool operator==(const SealedFile&, const SealedFile&) = default;
};

SealedFile seal(std::string name, BytesView content);
// Corrupt when the content is not what was written; the message begins with `place`.
Status check_seal(const SealedFile& written, const std::string& place, BytesView content);
// The same of what was read, which may also be missing.
template <class Content>
Status check_seal(const SealedFile& written, const std::string& place, const Result<Content>& read) {
  if (!read.ok()) return Status(read.status().code(), place + " is missing");
  return check_seal(written, place, BytesView(read.value()));
}

void write_sealed_files(const std::vector<SealedFile>& files, ByteWriter& writer);
void read_sealed_files(std::vector<SealedFile>& files, ByteReader& reader);  // appends; fails the reader

}  // namespace weir::engine
