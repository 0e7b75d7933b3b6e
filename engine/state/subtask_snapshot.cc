#include "state/subtask_snapshot.h"

#include "state/sealed_bytes.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x53535257u, 1, "subtask snapshot"};

void write_operator(const OperatorSnapshot& op, ByteWriter& writer) {
  writer.fixed(op.id.value);
  writer.sized(op.keyed);
  writer.varint(op.lists.size());
  for (const auto& [name, elements] : op.lists) {
    writer.sized(name);
    writer.varint(elements.size());
    for (const Bytes& element : elements) writer.sized(element);
  }
}

// Counts are not trusted: a failed reader ends every loop.
OperatorSnapshot read_operator(ByteReader& reader) {
  OperatorSnapshot op;
  op.id = OperatorId{reader.fixed<std::uint64_t>()};
  op.keyed = reader.sized();
  for (std::uint64_t lists = reader.varint(); lists > 0 && !reader.failed(); --lists) {
    auto& [name, elements] = op.lists.emplace_back();
    name = reader.sized();
    for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) elements.emplace_back(reader.sized());
  }
  return op;
}

std::size_t size_hint(const SubtaskSnapshot& snapshot) {
  std::size_t size = 64;
  for (const OperatorSnapshot& op : snapshot.operators) size += op.keyed.size() + 64 + 128 * op.lists.size();
  return size;
}

}  // namespace

Bytes encode(const SubtaskSnapshot& snapshot) {
  ByteBuffer out;
  out.reserve(size_hint(snapshot));
  ByteWriter writer(out);
  open_seal(kFormat, writer);
  writer.varint(snapshot.operators.size());
  for (const OperatorSnapshot& op : snapshot.operators) write_operator(op, writer);
  close_seal(writer);
  return writer.bytes();
}

Result<SubtaskSnapshot> decode_subtask_snapshot(BytesView bytes) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  SubtaskSnapshot snapshot;
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) {
    snapshot.operators.push_back(read_operator(reader));
  }
  if (reader.failed()) return corrupt(kFormat, "ends inside operator " + std::to_string(snapshot.operators.size()));
  if (!reader.at_end()) return corrupt(kFormat, "bytes are left over after the last operator");
  return snapshot;
}

}  // namespace weir::engine
