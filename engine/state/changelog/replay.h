#pragma once

// What a changelog checkpoint holds: its materialised part with the log replayed on top (SN-23), as one snapshot in the
// canonical form. So any backend restores it, with a changelog or without.

#include <functional>
#include <string>
#include <vector>

#include "state/changelog/manifest.h"
#include "weir/engine/state_descriptor.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

struct ReplayedLog {
  ChangelogManifest manifest;
  Bytes snapshot;                 // canonical, of the handle's range
  std::vector<StateMeta> states;  // all that the pieces know, with cells or without
};

using ReadFile = std::function<Result<Bytes>(const std::string& path)>;
// Cells outside of the handle's range are left out (RS-4). The status names the file that is missing or is not what was
// written.
Result<ReplayedLog> replay_changelog(const KeyedStateHandle& handle, const ReadFile& read);

}  // namespace weir::engine
