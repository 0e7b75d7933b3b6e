#include "state/in_flight_bytes.h"

#include "state/sealed_bytes.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x57464c54, 1, "in-flight data"};

}  // namespace

EncodedInFlight encode_in_flight(const std::vector<CapturedChannel>& channels) {
  EncodedInFlight encoded;
  ByteBuffer buffer;
  ByteWriter writer(buffer);
  open_seal(kFormat, writer);
  std::uint64_t offset = 0;
  for (const CapturedChannel& channel : channels) {
    if (channel.bytes.empty()) continue;
    InFlightPart& part = encoded.parts.emplace_back(channel.part);
    part.offset = offset;
    part.size = channel.bytes.size();
    offset += part.size;
    writer.raw(channel.bytes);
  }
  if (encoded.parts.empty()) return encoded;
  close_seal(writer);
  encoded.bytes = writer.bytes();
  return encoded;
}

Result<BytesView> read_in_flight(BytesView file, std::uint64_t offset, std::uint64_t size) {
  const Result<BytesView> body = break_seal(kFormat, file);
  if (!body.ok()) return body.status();
  if (offset > body.value().size() || size > body.value().size() - offset) {
    return corrupt(kFormat, "a channel's part lies behind the end");
  }
  return body.value().substr(offset, size);
}

}  // namespace weir::engine
