#pragma once

// Where something lies in checkpoint storage: in a file of its own, or in a part of one that holds many (SH-15).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weir/engine/bytes.h"
#include "weir/engine/status.h"

namespace weir::engine {

// A location is a file's path, or this: `file@offset+size`, in bytes. It stands wherever a path of a handle stands and
// is the physical identity of what lies there (SH-1).
struct FileSegment {
  std::string file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const FileSegment&, const FileSegment&) = default;
};
std::string location_of(const FileSegment& segment);
// Nothing: the location is a whole file.
std::optional<FileSegment> as_segment(std::string_view location);
// The file that has it.
std::string file_of(const std::string& location);
// What lies there, when `file` is the content of its file; NotFound when that is too short.
Result<BytesView> part_of(BytesView file, const FileSegment& segment);
// Identity of a location in events. That of a segment can be told from its file's and its offset.
std::uint64_t hash_of_location(std::string_view location);
std::uint64_t hash_of_segment(std::uint64_t file_hash, std::uint64_t offset);

}  // namespace weir::engine
