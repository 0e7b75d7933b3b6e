#pragma once

// What joins the files of a changelog checkpoint: the bytes of its handle. It names the pieces in the order in which a
// restore reads them, with what each file must be.

#include <string>
#include <vector>

#include "state/sealed_file.h"
#include "weir/engine/bytes.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct ChangelogManifest {
  KeyGroupRange range{};
  bool materialized = false;  // the first piece is a whole snapshot; all others are segments of the log (SN-20)
  std::uint64_t next_segment = 1;
  std::uint64_t next_materialization = 1;
  std::vector<SealedFile> pieces;
  friend bool operator==(const ChangelogManifest&, const ChangelogManifest&) = default;
};

Bytes encode_manifest(const ChangelogManifest& manifest);
// Corrupt, with what is wrong, when `bytes` are not one whole and intact manifest.
Result<ChangelogManifest> decode_manifest(BytesView bytes);

}  // namespace weir::engine
