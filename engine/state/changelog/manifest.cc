#include "state/changelog/manifest.h"

#include "state/sealed_bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x4D4C5257u, 1, "changelog manifest"};

}  // namespace

Bytes encode_manifest(const ChangelogManifest& manifest) {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  open_seal(kFormat, writer);
  writer.fixed(manifest.range.first.value);
  writer.fixed(manifest.range.last.value);
  writer.fixed<std::uint8_t>(manifest.materialized ? 1 : 0);
  writer.varint(manifest.next_segment);
  writer.varint(manifest.next_materialization);
  write_sealed_files(manifest.pieces, writer);
  close_seal(writer);
  return writer.bytes();
}

Result<ChangelogManifest> decode_manifest(BytesView bytes) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  ChangelogManifest manifest;
  manifest.range.first = KeyGroup{reader.fixed<std::uint16_t>()};
  manifest.range.last = KeyGroup{reader.fixed<std::uint16_t>()};
  const auto materialized = reader.fixed<std::uint8_t>();
  manifest.materialized = materialized != 0;
  manifest.next_segment = reader.varint();
  manifest.next_materialization = reader.varint();
  read_sealed_files(manifest.pieces, reader);
  const bool sound = materialized <= 1 && manifest.range.first <= manifest.range.last &&
                     manifest.pieces.size() <= manifest.next_segment && !manifest.pieces.empty();
  if (reader.failed() || !reader.at_end() || !sound) return corrupt(kFormat, "malformed in what its pieces are");
  return manifest;
}

}  // namespace weir::engine
