#include "state/sealed_bytes.h"

#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

constexpr std::size_t kChecksumSize = 8;
constexpr std::size_t kMagicSize = 4;

}  // namespace

void open_seal(const SealedFormat& format, ByteWriter& out) {
  out.fixed(format.magic);
  out.varint(format.version);
}

void close_seal(ByteWriter& out) { out.fixed(hash_bytes(out.written())); }

Result<BytesView> break_seal(const SealedFormat& format, BytesView bytes) {
  if (bytes.size() < kMagicSize + 1 + kChecksumSize) {
    return corrupt(format, "truncated, only " + std::to_string(bytes.size()) + " bytes");
  }
  const BytesView covered = bytes.substr(0, bytes.size() - kChecksumSize);
  ByteReader reader(covered);
  if (reader.fixed<std::uint32_t>() != format.magic)
    return corrupt(format, "wrong magic number, this is another kind of file");
  const std::uint64_t version = reader.varint();
  if (reader.failed() || version == 0) return corrupt(format, "unreadable version");
  if (version > format.version) {
    return corrupt(format, "version " + std::to_string(version) + " is newer than the newest known, " +
                               std::to_string(format.version));
  }
  if (version < format.oldest) {
    return corrupt(format, "version " + std::to_string(version) + " is older than the oldest that is still read, " +
                               std::to_string(format.oldest) + "; read it with the program that wrote it");
  }
  if (ByteReader(bytes.substr(covered.size())).fixed<std::uint64_t>() != hash_bytes(covered)) {
    return corrupt(format,
                   "checksum does not match: truncated or altered (" + std::to_string(bytes.size()) + " bytes)");
  }
  return reader.rest();
}

}  // namespace weir::engine
