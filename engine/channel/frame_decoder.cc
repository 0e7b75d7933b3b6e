#include "channel/frame_decoder.h"

#include <algorithm>

#include "weir/engine/assert.h"
#include "weir/engine/frame.h"

namespace weir::engine {

Frame parse_long_frame(const char* at, std::size_t available) {
  Frame frame;
  for (std::size_t i = 0; i < available; ++i) {
    const auto byte = static_cast<unsigned char>(at[i]);
    frame.payload |= static_cast<std::size_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) {
      if (available - i <= Frame::kOriginSize) return frame;
      frame.header = i + 1 + Frame::kOriginSize;
      frame.origin = Origin{load_little<std::uint64_t>(at + i + 1)};
      return frame;
    }
    WEIR_ASSERT(i + 1 < Frame::kMaxVarint, "the size of a frame is malformed");
  }
  return frame;
}

ChannelCut records_in(BytesView bytes) {
  ChannelCut cut;
  while (!bytes.empty()) {
    const Frame frame = parse_frame(bytes.data(), bytes.size());
    if (!frame.complete_in(bytes.size())) break;
    if (is_record(frame.origin)) cut.add(frame.origin);
    bytes.remove_prefix(frame.header + frame.payload);
  }
  return cut;
}

void FrameDecoder::decode(BytesView bytes, EdgeReader& reader, FrameProgress& progress) {
  if (mid_frame()) {
    bytes = complete_partial(bytes);
    if (!parse_frame(partial_.data(), partial_.size()).complete_in(partial_.size())) return;
    reader.read_frames(partial_, progress);
    partial_.clear();
  }
  const BytesView rest = reader.read_frames(bytes, progress);
  if (!rest.empty()) partial_.assign(rest);
}

// Appends to the partial frame what it still lacks, first its header, byte by byte; returns what is left of `bytes`.
BytesView FrameDecoder::complete_partial(BytesView bytes) {
  Frame frame = parse_frame(partial_.data(), partial_.size());
  while (frame.header == 0 && !bytes.empty()) {
    partial_.push_back(bytes.front());
    bytes.remove_prefix(1);
    frame = parse_frame(partial_.data(), partial_.size());
  }
  if (frame.header == 0) return bytes;
  const std::size_t lacking = frame.header + frame.payload - partial_.size();
  const std::size_t n = std::min(lacking, bytes.size());
  partial_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  return bytes;
}

}  // namespace weir::engine
