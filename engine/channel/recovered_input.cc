#include "channel/recovered_input.h"

#include <utility>

#include "state/in_flight_bytes.h"
#include "weir/engine/assert.h"
#include "weir/engine/frame.h"

namespace weir::engine {
namespace {

Status append(const InFlightData::Slice& slice, const RestoreFiles& files, Bytes& out) {
  const StateHandle& state = slice.state;
  const Result<BytesView> file = state.in_file() ? files.read(state.path) : Result<BytesView>(state.inlined);
  if (!file.ok()) return file.status();
  const Result<BytesView> bytes = read_in_flight(file.value(), slice.offset, slice.size);
  if (!bytes.ok()) return Status(bytes.status().code(), state.path + ": " + bytes.status().message());
  out.append(bytes.value());
  return {};
}

}  // namespace

Status RecoveredInput::read(std::vector<InFlightData> channels, const RestoreFiles& files) {
  for (InFlightData& channel : channels) {
    Stream& stream = streams_.emplace_back(Stream{std::move(channel), {}, 0});
    for (const InFlightData::Slice& slice : stream.channel.slices) {
      if (Status s = append(slice, files, stream.bytes); !s.ok()) return s;
    }
  }
  return {};
}

RecoveredInput::Piece RecoveredInput::next(std::uint32_t max_records) {
  Stream& stream = streams_[current_];
  const BytesView rest = BytesView(stream.bytes).substr(stream.position);
  std::size_t end = 0;
  std::uint32_t records = 0;
  while (end < rest.size() && records < max_records) {
    const Frame frame = parse_frame(rest.data() + end, rest.size() - end);
    WEIR_ASSERT(frame.complete_in(rest.size() - end), "the data in flight on a channel ends within a record");
    end += frame.header + frame.payload;
    if (is_record(frame.origin)) ++records;
  }
  stream.position += end;
  if (stream.position == stream.bytes.size()) ++current_;
  return {&stream.channel, rest.substr(0, end), records};
}

}  // namespace weir::engine
