#include "checkpoint/metadata.h"

#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

constexpr std::size_t kDigestSize = 8;

Status corrupt(std::string what) { return {StatusCode::Corrupt, "checkpoint metadata: " + std::move(what)}; }

void write_subtask(ByteWriter& writer, const SubtaskMetadata& subtask) {
  writer.sized(subtask.name);
  writer.sized(subtask.uid);
  writer.fixed<std::uint8_t>(subtask.snapshot.finished ? 1 : 0);
  writer.sized(subtask.snapshot.state.path);
  writer.varint(subtask.snapshot.state.size);
}

SubtaskMetadata read_subtask(ByteReader& reader) {
  SubtaskMetadata subtask;
  subtask.name = reader.sized();
  subtask.uid = reader.sized();
  subtask.snapshot.finished = reader.fixed<std::uint8_t>() != 0;
  subtask.snapshot.state.path = reader.sized();
  subtask.snapshot.state.size = reader.varint();
  return subtask;
}

}  // namespace

CheckpointMetadata describe(const ExecutionGraph& graph, const CompletedCheckpoint& checkpoint) {
  CheckpointMetadata metadata{checkpoint.id, {}};
  metadata.subtasks.reserve(checkpoint.subtasks.size());
  for (const SubtaskInfo& subtask : graph.subtasks()) {
    metadata.subtasks.push_back(
        {subtask.name, graph.vertex(subtask.vertex).chain.front().uid, checkpoint.subtasks[subtask.id.value]});
  }
  return metadata;
}

Bytes encode(const CheckpointMetadata& metadata) {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  writer.fixed(kMetadataMagic);
  writer.fixed(kMetadataVersion);
  writer.fixed(metadata.checkpoint.value);
  writer.varint(metadata.subtasks.size());
  for (const SubtaskMetadata& subtask : metadata.subtasks) write_subtask(writer, subtask);
  writer.fixed(hash_bytes(writer.written()));
  return writer.bytes();
}

Result<CheckpointMetadata> decode_metadata(BytesView bytes) {
  if (bytes.size() < kDigestSize) return corrupt("too short");
  const BytesView body = bytes.substr(0, bytes.size() - kDigestSize);
  ByteReader reader(body);
  if (reader.fixed<std::uint32_t>() != kMetadataMagic) return corrupt("not a checkpoint's metadata");
  const auto version = reader.fixed<std::uint32_t>();
  if (version != kMetadataVersion) return corrupt("version " + std::to_string(version) + " is not known");
  if (ByteReader(bytes.substr(body.size())).fixed<std::uint64_t>() != hash_bytes(body))
    return corrupt("digest differs");
  CheckpointMetadata metadata{CheckpointId{reader.fixed<std::uint64_t>()}, {}};
  for (std::uint64_t left = reader.varint(); left > 0 && !reader.failed(); --left) {
    metadata.subtasks.push_back(read_subtask(reader));
  }
  if (reader.failed() || !reader.at_end()) return corrupt("does not end where it should");
  return metadata;
}

}  // namespace weir::engine
