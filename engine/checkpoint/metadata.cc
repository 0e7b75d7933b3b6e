#include "checkpoint/metadata.h"

#include "checkpoint/handle_codec.h"
#include "state/sealed_bytes.h"
#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{kMetadataMagic, kMetadataVersion, "checkpoint metadata"};

void write_subtask(const SubtaskPart& subtask, ByteWriter& writer) {
  writer.fixed<std::uint8_t>(subtask.finished ? 1 : 0);
  write_state(subtask.state, writer);
}

SubtaskPart read_subtask(ByteReader& reader) {
  SubtaskPart subtask;
  const auto finished = reader.fixed<std::uint8_t>();
  if (finished > 1) reader.fail();
  subtask.finished = finished != 0;
  subtask.state = read_state(reader);
  return subtask;
}

void write_operator(const OperatorPart& op, ByteWriter& writer) {
  writer.fixed(op.id.value);
  writer.sized(op.uid);
  writer.varint(op.parallelism);
  writer.varint(op.max_parallelism);
  for (const SubtaskPart& subtask : op.subtasks) write_subtask(subtask, writer);
  writer.sized(op.coordinator);
}

OperatorPart read_operator(ByteReader& reader) {
  OperatorPart op;
  op.id = OperatorId{reader.fixed<std::uint64_t>()};
  op.uid = reader.sized();
  const std::uint64_t parallelism = reader.varint();
  const std::uint64_t max_parallelism = reader.varint();
  if (parallelism < 1 || parallelism > max_parallelism || max_parallelism > kMaxMaxParallelism) reader.fail();  // RS-1
  op.parallelism = static_cast<std::uint32_t>(parallelism);
  op.max_parallelism = static_cast<std::uint32_t>(max_parallelism);
  for (std::uint64_t n = 0; n < parallelism && !reader.failed(); ++n) op.subtasks.push_back(read_subtask(reader));
  op.coordinator = reader.sized();
  return op;
}

CheckpointKind read_kind(ByteReader& reader) {
  const auto kind = reader.fixed<std::uint8_t>();
  if (kind > static_cast<std::uint8_t>(CheckpointKind::TerminateSavepoint)) reader.fail();
  return static_cast<CheckpointKind>(kind);
}

}  // namespace

Bytes encode(const CompletedCheckpoint& checkpoint) {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  open_seal(kFormat, writer);
  writer.fixed(checkpoint.id.value);
  writer.fixed(static_cast<std::uint8_t>(checkpoint.kind));
  writer.varint(checkpoint.operators.size());
  for (const OperatorPart& op : checkpoint.operators) write_operator(op, writer);
  close_seal(writer);
  return writer.bytes();
}

Result<CompletedCheckpoint> decode_metadata(BytesView bytes) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  CompletedCheckpoint checkpoint;
  checkpoint.id = CheckpointId{reader.fixed<std::uint64_t>()};
  checkpoint.kind = read_kind(reader);
  for (std::uint64_t left = reader.varint(); left > 0 && !reader.failed(); --left) {
    checkpoint.operators.push_back(read_operator(reader));
  }
  if (reader.failed()) {
    return corrupt(kFormat, "does not make sense in operator " + std::to_string(checkpoint.operators.size()));
  }
  if (!reader.at_end()) return corrupt(kFormat, "bytes are left over after the last operator");
  return checkpoint;
}

}  // namespace weir::engine
