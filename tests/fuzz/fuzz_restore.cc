// Everything that an operator restores from the handles it was given (state_reader.h): operator state, raw keyed and
// raw operator state, keyed state on the heap. Input: the handles as `_metadata` has them, their bytes inlined; each is
// sealed again.

#include "checkpoint/handle_codec.h"
#include "fuzz_support.h"
#include "state/heap_backend.h"
#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"
#include "task/state_reader.h"
#include "weir/engine/connectors.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

struct NoStorage final : CheckpointStorage {
  void write(ProcessId, WriteId, std::string, Bytes) override {}
  Result<BytesView> read(const std::string& path) override { return Status(StatusCode::NotFound, path); }
  void append(ProcessId, WriteId, std::string, Bytes) override {}
  void remove(const std::string&) override {}
  std::vector<std::string> list(const std::string&) override { return {}; }
};

template <class Handle>
void seal(std::vector<Handle>& handles) {
  for (Handle& handle : handles) handle.state.inlined = resealed(handle.state.inlined);
}

// Operator state survives being written and read again.
void again(const OperatorStateStore& store) {
  const EncodedOperatorState encoded = encode_operator_state(store);
  if (encoded.parts.empty()) return;
  OperatorStateStore other;
  must(read_operator_state(encoded.bytes, encoded.parts, other).ok(), "operator state that was written can be read");
  const EncodedOperatorState twice = encode_operator_state(other);
  must(twice.bytes == encoded.bytes && twice.parts == encoded.parts, "operator state is what it was");
}

void restore(const OperatorSubtaskState& state) {
  NoStorage storage;
  const auto keyed = make_heap_backend(kAll);
  OperatorStateStore lists;
  RawState raw;
  if (!read_operator(storage, state, {keyed.get(), lists, raw}).ok()) return;
  again(lists);
  keyed->snapshot(CheckpointId{1})->write();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  ByteReader reader(view(data, size));
  OperatorSubtaskState state = read_state(reader);
  if (reader.failed()) return 0;
  seal(state.managed_keyed);
  seal(state.raw_keyed);
  seal(state.managed_operator);
  seal(state.raw_operator);
  survives([&] { restore(state); });
  return 0;
}
