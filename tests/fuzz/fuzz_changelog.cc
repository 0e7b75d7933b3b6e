// A segment of the changelog (log_segment.h) and its replay: what comes out is a snapshot that a backend takes.

#include "fuzz_support.h"
#include "state/changelog/log_segment.h"
#include "state/changelog/replay.h"
#include "state/heap_backend.h"
#include "weir/engine/hash.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

// The segment, so many times in a row.
Result<ReplayedLog> replayed(const Bytes& segment, std::size_t times) {
  ChangelogManifest manifest{kAll, false, times + 1, 1, {}};
  manifest.pieces.assign(times, {"log", segment.size(), hash_bytes(segment)});
  const Bytes joint = encode_manifest(manifest);
  const KeyedStateHandle handle{kAll, {{}, joint, joint.size()}, {{"log", "shared/log", segment.size()}}};
  return replay_changelog(handle, [&](const std::string&) { return Result<Bytes>(segment); });
}

bool appends(const LogSegment& segment) {
  for (const LogChange& change : segment.changes) {
    if (change.kind == ChangeKind::Append) return true;
  }
  return false;
}

void replay(const Bytes& segment, bool idempotent) {
  const auto once = replayed(segment, 1);
  if (!once.ok()) return;
  const auto backend = make_heap_backend(kAll);
  must(backend->restore(once.value().snapshot).ok(), "what replays can be restored");
  const auto twice = replayed(segment, 2);
  must(!idempotent || twice.value().snapshot == once.value().snapshot, "a change that is repeated changes nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  const Bytes bytes = resealed(view(data, size));
  LogSegment segment;
  must(bytes == view(data, size) || !parse_log_segment(view(data, size), kAll, segment).ok(),
       "a broken seal is refused");
  segment = {};
  if (!parse_log_segment(bytes, kAll, segment).ok()) return 0;
  survives([&] { replay(bytes, !appends(segment)); });
  static_cast<void>(decode_manifest(bytes));
  return 0;
}
