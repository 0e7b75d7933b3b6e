// The keyed snapshot (keyed_snapshot.h), restored into the heap, with and without the states that it may hold
// registered: what was taken in comes out again.

#include "fuzz_support.h"
#include "state/heap_backend.h"
#include "state/keyed_snapshot.h"
#include "weir/engine/state.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

void register_states(KeyedStateBackend& backend) {
  ValueState<std::int64_t>(backend, ValueStateDescriptor<std::int64_t>{"total"});
  ListState<std::pair<std::int64_t, bool>>(backend, ListStateDescriptor<std::pair<std::int64_t, bool>>{"recent"});
  MapState<std::string, std::int32_t>(
      backend, MapStateDescriptor<std::string, std::int32_t>{"visits", StateTtlConfig{.ttl = Duration{50}}});
}

Bytes written(KeyedStateBackend& backend) { return backend.snapshot(CheckpointId{1})->write(); }

// Restored bytes survive a snapshot and another restore.
void round_trip(BytesView bytes) {
  const auto backend = make_heap_backend(kAll);
  if (!backend->restore(bytes).ok()) return;
  const Bytes once = written(*backend);
  const auto other = make_heap_backend(kAll);
  must(other->restore(once).ok(), "what a backend writes can be read");
  must(other->digest(kAll) == backend->digest(kAll), "the content is the same after a restore");
  must(written(*other) == once, "equal content, equal bytes");
}

void with_states(BytesView bytes) {
  const auto backend = make_heap_backend(kAll);
  register_states(*backend);
  if (!backend->restore(bytes).ok()) return;
  const Bytes once = written(*backend);
  const auto other = make_heap_backend(kAll);
  must(other->restore(once).ok(), "what a backend writes can be read");
  register_states(*other);
  must(other->digest(kAll) == backend->digest(kAll), "the content is the same after a restore");
}

// Registered late: what does not decode is the job's failure.
void late_states(BytesView bytes) {
  const auto backend = make_heap_backend(kAll);
  if (!backend->restore(bytes).ok()) return;
  survives([&] {
    backend->use_key_schema("string");
    register_states(*backend);
    written(*backend);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  const Bytes bytes = resealed(view(data, size));
  KeyedSnapshotContent content;
  must(bytes == view(data, size) || !parse_keyed_snapshot(view(data, size), kAll, content).ok(),
       "a broken seal is refused");
  survives([&] {
    round_trip(bytes);
    with_states(bytes);
    late_states(bytes);
  });
  return 0;
}
