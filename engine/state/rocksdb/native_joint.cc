#include "state/rocksdb/native_joint.h"

#include "state/keyed_snapshot_format.h"
#include "state/sealed_bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x4E4B5257u, 1, "RocksDB snapshot"};

}  // namespace

Bytes encode_joint(const NativeJoint& joint) {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  open_seal(kFormat, writer);
  writer.sized(joint.backend);
  writer.fixed(joint.range.first.value);
  writer.fixed(joint.range.last.value);
  writer.varint(joint.max_parallelism);
  writer.sized(joint.key_schema);
  writer.varint(joint.states.size());
  for (const StateMeta& state : joint.states) write_meta(state, writer);
  write_sealed_files(joint.files, writer);
  close_seal(writer);
  return writer.bytes();
}

Result<NativeJoint> decode_joint(BytesView bytes) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  NativeJoint joint;
  joint.backend = reader.sized();
  joint.range.first = KeyGroup{reader.fixed<std::uint16_t>()};
  joint.range.last = KeyGroup{reader.fixed<std::uint16_t>()};
  joint.max_parallelism = static_cast<std::uint32_t>(reader.varint());
  joint.key_schema = reader.sized();
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) joint.states.push_back(read_meta(reader));
  read_sealed_files(joint.files, reader);
  if (reader.failed() || !reader.at_end()) return corrupt(kFormat, "malformed in what its states and files are");
  return joint;
}

Status check_max_parallelism(const NativeJoint& joint, std::uint32_t read_with) {
  if (joint.max_parallelism == read_with) return {};
  return corrupt(kFormat, "written with max parallelism " + std::to_string(joint.max_parallelism) + " and read with " +
                              std::to_string(read_with));
}

}  // namespace weir::engine
