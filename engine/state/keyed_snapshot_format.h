#pragma once

// What the writer and the reader of keyed snapshots share.

#include "state/keyed_snapshot.h"
#include "state/sealed_bytes.h"

namespace weir::engine {

inline constexpr SealedFormat kKeyedFormat{0x534B5257u, 2, "keyed snapshot", 2};
inline constexpr std::size_t kMaxStates = 0xFFFF;

inline void write_meta(const StateMeta& meta, ByteWriter& writer) {
  writer.sized(meta.name);
  writer.fixed(static_cast<std::uint8_t>(meta.kind));
  writer.fixed<std::uint8_t>(meta.stamped ? 1 : 0);
  if (meta.kind == StateKind::Map) writer.sized(meta.user_key);
  writer.sized(meta.value);
}

// Fails the reader when it is none.
inline StateMeta read_meta(ByteReader& reader) {
  StateMeta meta;
  meta.name = reader.sized();
  const auto kind = reader.fixed<std::uint8_t>();
  const auto flags = reader.fixed<std::uint8_t>();
  if (kind < 1 || kind > static_cast<std::uint8_t>(StateKind::Aggregating) || flags > 1) reader.fail();
  meta.kind = static_cast<StateKind>(kind);
  meta.stamped = flags == 1;
  if (meta.kind == StateKind::Map) meta.user_key = reader.sized();
  meta.value = reader.sized();
  return meta;
}

}  // namespace weir::engine
