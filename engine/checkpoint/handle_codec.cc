#include "checkpoint/handle_codec.h"

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr std::uint8_t kLastMode = static_cast<std::uint8_t>(OperatorStateMode::Broadcast);

template <class T, class Write>
void write_list(const std::vector<T>& list, ByteWriter& writer, Write write) {
  writer.varint(list.size());
  for (const T& item : list) write(item, writer);
}

// A failed reader ends every loop.
template <class T, class Read>
void read_list(std::vector<T>& list, ByteReader& reader, Read read) {
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) list.push_back(read(reader));
}

void write_handle(const StateHandle& handle, ByteWriter& writer) {
  writer.sized(handle.path);
  writer.sized(handle.inlined);
  writer.varint(handle.size);
}

StateHandle read_handle(ByteReader& reader) {
  StateHandle handle;
  handle.path = reader.sized();
  handle.inlined = reader.sized();
  handle.size = reader.varint();
  if (!handle.in_file() && handle.size != handle.inlined.size()) reader.fail();
  return handle;
}

void write_shared(const SharedFile& file, ByteWriter& writer) {
  WEIR_ASSERT(!file.placeholder, "a placeholder never reaches metadata (SH-3)");
  writer.sized(file.name);
  writer.sized(file.path);
  writer.varint(file.size);
}

SharedFile read_shared(ByteReader& reader) {
  SharedFile file;
  file.name = reader.sized();
  file.path = reader.sized();
  file.size = reader.varint();
  return file;
}

void write_private(const PrivateFile& file, ByteWriter& writer) {
  writer.sized(file.name);
  write_handle(file.state, writer);
}

PrivateFile read_private(ByteReader& reader) {
  PrivateFile file;
  file.name = reader.sized();
  file.state = read_handle(reader);
  return file;
}

void write_keyed(const KeyedStateHandle& handle, ByteWriter& writer) {
  writer.fixed(handle.range.first.value);
  writer.fixed(handle.range.last.value);
  write_handle(handle.state, writer);
  write_list(handle.shared, writer, write_shared);
  write_list(handle.private_files, writer, write_private);
}

KeyedStateHandle read_keyed(ByteReader& reader) {
  KeyedStateHandle handle;
  handle.range.first = KeyGroup{reader.fixed<std::uint16_t>()};
  handle.range.last = KeyGroup{reader.fixed<std::uint16_t>()};
  if (handle.range.last < handle.range.first) reader.fail();
  handle.state = read_handle(reader);
  read_list(handle.shared, reader, read_shared);
  read_list(handle.private_files, reader, read_private);
  return handle;
}

void write_part(const OperatorStatePart& part, ByteWriter& writer) {
  writer.sized(part.name);
  writer.fixed(static_cast<std::uint8_t>(part.mode));
  write_list(part.offsets, writer, [](std::uint64_t offset, ByteWriter& w) { w.varint(offset); });
}

OperatorStatePart read_part(ByteReader& reader) {
  OperatorStatePart part;
  part.name = reader.sized();
  const auto mode = reader.fixed<std::uint8_t>();
  if (mode > kLastMode) {
    reader.fail();
  } else {
    part.mode = static_cast<OperatorStateMode>(mode);
  }
  read_list(part.offsets, reader, [](ByteReader& r) { return r.varint(); });
  return part;
}

void write_operator(const OperatorStateHandle& handle, ByteWriter& writer) {
  write_list(handle.parts, writer, write_part);
  write_handle(handle.state, writer);
}

OperatorStateHandle read_operator(ByteReader& reader) {
  OperatorStateHandle handle;
  read_list(handle.parts, reader, read_part);
  handle.state = read_handle(reader);
  return handle;
}

void write_in_flight_part(const InFlightPart& part, ByteWriter& writer) {
  writer.fixed(part.producer.value);
  writer.fixed(part.consumer.value);
  writer.varint(part.input);
  writer.varint(part.producer_index);
  writer.varint(part.consumer_index);
  writer.fixed<std::uint8_t>(part.sent ? 1 : 0);
  writer.varint(part.offset);
  writer.varint(part.size);
}

std::uint32_t read_small(ByteReader& reader) {
  const std::uint64_t value = reader.varint();
  if (value > 0xFFFF'FFFF) reader.fail();
  return static_cast<std::uint32_t>(value);
}

InFlightPart read_in_flight_part(ByteReader& reader) {
  InFlightPart part;
  part.producer = OperatorId{reader.fixed<std::uint64_t>()};
  part.consumer = OperatorId{reader.fixed<std::uint64_t>()};
  part.input = read_small(reader);
  part.producer_index = read_small(reader);
  part.consumer_index = read_small(reader);
  const auto sent = reader.fixed<std::uint8_t>();
  if (sent > 1) reader.fail();
  part.sent = sent != 0;
  part.offset = reader.varint();
  part.size = reader.varint();
  return part;
}

void write_in_flight(const InFlightHandle& handle, ByteWriter& writer) {
  write_list(handle.parts, writer, write_in_flight_part);
  write_handle(handle.state, writer);
}

InFlightHandle read_in_flight(ByteReader& reader) {
  InFlightHandle handle;
  read_list(handle.parts, reader, read_in_flight_part);
  handle.state = read_handle(reader);
  return handle;
}

}  // namespace

void write_state(const OperatorSubtaskState& state, ByteWriter& writer) {
  write_list(state.managed_keyed, writer, write_keyed);
  write_list(state.raw_keyed, writer, write_keyed);
  write_list(state.managed_operator, writer, write_operator);
  write_list(state.raw_operator, writer, write_operator);
  write_list(state.in_flight, writer, write_in_flight);
}

OperatorSubtaskState read_state(ByteReader& reader) {
  OperatorSubtaskState state;
  read_list(state.managed_keyed, reader, read_keyed);
  read_list(state.raw_keyed, reader, read_keyed);
  read_list(state.managed_operator, reader, read_operator);
  read_list(state.raw_operator, reader, read_operator);
  read_list(state.in_flight, reader, read_in_flight);
  return state;
}

}  // namespace weir::engine
