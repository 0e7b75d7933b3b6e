#include "state/sealed_file.h"

#include <utility>

#include "weir/engine/hash.h"

namespace weir::engine {

SealedFile seal(std::string name, BytesView content) { return {std::move(name), content.size(), hash_bytes(content)}; }

Status check_seal(const SealedFile& written, const std::string& place, BytesView content) {
  if (content.size() != written.size) {
    return Status(StatusCode::Corrupt, place + " is damaged: it has " + std::to_string(content.size()) +
                                           " bytes instead of " + std::to_string(written.size));
  }
  if (hash_bytes(content) == written.hash) return {};
  return Status(StatusCode::Corrupt, place + " is damaged: its content is not what was written");
}

void write_sealed_files(const std::vector<SealedFile>& files, ByteWriter& writer) {
  writer.varint(files.size());
  for (const SealedFile& file : files) {
    writer.sized(file.name);
    writer.varint(file.size);
    writer.fixed(file.hash);
  }
}

void read_sealed_files(std::vector<SealedFile>& files, ByteReader& reader) {
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) {
    SealedFile& file = files.emplace_back();
    file.name = reader.sized();
    file.size = reader.varint();
    file.hash = reader.fixed<std::uint64_t>();
  }
}

}  // namespace weir::engine
