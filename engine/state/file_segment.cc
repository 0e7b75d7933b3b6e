#include "weir/engine/file_segment.h"

#include <charconv>

#include "weir/engine/hash.h"
#include "weir/engine/restore_files.h"

namespace weir::engine {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<BytesView> read_location(CheckpointStorage& storage, const std::string& location) {
  const auto segment = as_segment(location);
  if (!segment) return storage.read(location);
  const Result<BytesView> file = storage.read(segment->file);
  return file.ok() ? part_of(file.value(), *segment) : file;
}

Result<BytesView> part_of(BytesView file, const FileSegment& segment) {
  if (segment.size <= file.size() && segment.offset <= file.size() - segment.size) {
    return file.substr(segment.offset, segment.size);
  }
  return Status(StatusCode::NotFound, "ends at " + std::to_string(file.size()) + ", before " + location_of(segment));
}

std::string location_of(const FileSegment& segment) {
  return segment.file + "@" + std::to_string(segment.offset) + "+" + std::to_string(segment.size);
}

// Only the last part of a path counts: subtasks are called as the user calls them.
std::optional<FileSegment> as_segment(std::string_view location) {
  const std::size_t at = location.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = location.substr(at + 1);
  const std::size_t plus = part.find('+');
  if (plus == std::string_view::npos) return std::nullopt;
  const auto offset = number(part.substr(0, plus));
  const auto size = number(part.substr(plus + 1));
  if (!offset || !size) return std::nullopt;
  return FileSegment{std::string(location.substr(0, at)), *offset, *size};
}

std::string file_of(const std::string& location) {
  const auto segment = as_segment(location);
  return segment ? segment->file : location;
}

std::uint64_t hash_of_segment(std::uint64_t file_hash, std::uint64_t offset) { return combine(file_hash, offset); }

std::uint64_t hash_of_location(std::string_view location) {
  const auto segment = as_segment(location);
  return segment ? hash_of_segment(hash_bytes(segment->file), segment->offset) : hash_bytes(location);
}

}  // namespace weir::engine
