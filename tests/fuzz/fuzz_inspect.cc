// What `weir state` reads (snapshot_reader.h): a whole checkpoint whose pieces are inlined in its metadata, each sealed
// again, and every entry as text. Of RocksDB's own files what joins them is sealed again, and they are not: RocksDB
// gets files that it wrote, told to be anything.

#include "checkpoint/metadata.h"
#include "fakes/state_disk.h"
#include "fuzz_support.h"
#include "weir/engine/snapshot_reader.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

struct NoFiles final : SnapshotFiles {
  Result<Bytes> read(const std::string&) override { return Status(StatusCode::NotFound, "is not there"); }
};

template <class Handle>
void seal(std::vector<Handle>& handles) {
  for (Handle& handle : handles) {
    if (handle.state.inlined.size() >= 8) handle.state.inlined = resealed(handle.state.inlined);
  }
}

// What opening a database may take.
constexpr std::size_t kDatabase = std::size_t{4} << 20;

std::size_t databases(const CompletedCheckpoint& checkpoint) {
  std::size_t count = 0;
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) {
      for (const KeyedStateHandle& handle : subtask.state.managed_keyed) count += handle.native() ? 1 : 0;
    }
  }
  return count;
}

Bytes sealed_within(CompletedCheckpoint checkpoint) {
  for (OperatorPart& op : checkpoint.operators) {
    for (SubtaskPart& subtask : op.subtasks) {
      seal(subtask.state.managed_keyed);
      seal(subtask.state.raw_keyed);
      seal(subtask.state.managed_operator);
      seal(subtask.state.raw_operator);
      seal(subtask.state.in_flight);
    }
  }
  return encode(checkpoint);
}

void show(const SnapshotState& state) {
  const EntryText text(state);
  for (const SnapshotEntry& entry : state.entries) {
    const std::string key = text.key(entry);
    const bool keyed = state.form == StateForm::Keyed || state.form == StateForm::Broadcast;
    if (keyed) {
      const auto asked = text.parse_key(key);
      must(asked.ok() && text.key({0, {}, {}, asked.value(), {}}) == key, "a key can be asked for as it is shown");
    }
    must(!text.value(entry).empty(), "every value shows as something");
    (void)text.name_space(entry);
    (void)text.elements(entry);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = [&] {
    const AllocationLimit limit(size, 4096);
    return decode_metadata(resealed(view(data, size)));
  }();
  if (!decoded.ok()) return 0;
  const AllocationLimit limit(size, 4096, (std::size_t{1} << 18) + kDatabase * databases(decoded.value()));
  survives([&] {
    NoFiles files;
    weir::engine::testing::MemoryDisk scratch;
    const auto content = read_checkpoint(sealed_within(decoded.value()), files, scratch);
    must(content.ok(), "metadata that decodes can be read");
    for (const SnapshotOperator& op : content.value().operators) {
      for (const SnapshotState& state : op.states) show(state);
    }
  });
  return 0;
}
