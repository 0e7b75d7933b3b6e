// Keyed snapshots restored into RocksDB (rocks_cells.h), beside the heap: what it takes the heap takes, and what it
// writes can be read. Slow, for each input makes a database.

#include "fakes/state_world.h"
#include "fuzz_support.h"

using namespace weir::engine;
using namespace weir::fuzz;
using weir::engine::testing::StateWorld;

namespace {

void register_states(KeyedStateBackend& backend) {
  ValueState<std::int64_t>(backend, ValueStateDescriptor<std::int64_t>{"total"});
  MapState<std::string, std::int32_t>(backend, MapStateDescriptor<std::string, std::int32_t>{"visits"});
}

// Nothing when the bytes are refused.
std::optional<Bytes> through(StateBackendKind kind, BytesView bytes, bool with_states) {
  StateWorld world;
  const Backend backend = world.make(kind);
  std::optional<Bytes> written;
  survives([&] {
    if (with_states) register_states(*backend.state);
    if (backend.state->restore(bytes).ok()) written = backend.state->snapshot(CheckpointId{1})->write();
  });
  return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = resealed(view(data, size));
  const auto rocks = through(StateBackendKind::RocksDb, bytes, false);
  const auto heap = through(StateBackendKind::Heap, bytes, false);
  must(!rocks || heap, "what RocksDB takes, the heap takes");
  must(!rocks || through(StateBackendKind::Heap, *rocks, false), "what RocksDB writes can be read");
  const auto rocks_typed = through(StateBackendKind::RocksDb, bytes, true);
  must(!rocks_typed || rocks, "what is taken with states registered is taken without");
  return 0;
}
