#include "channel/frame_decoder.h"

#include <algorithm>

#include "weir/engine/assert.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr std::size_t kOriginSize = 8;
constexpr std::size_t kMaxVarint = 5;

}  // namespace

// A whole frame with a payload below 128 bytes is the rule.
inline FrameDecoder::Frame FrameDecoder::parse(const char* at, std::size_t available) {
  if (available > kOriginSize && static_cast<unsigned char>(*at) < 0x80) [[likely]] {
    return {1 + kOriginSize, static_cast<unsigned char>(*at), Origin{load_little<std::uint64_t>(at + 1)}};
  }
  return parse_long(at, available);
}

FrameDecoder::Frame FrameDecoder::parse_long(const char* at, std::size_t available) {
  Frame frame;
  for (std::size_t i = 0; i < available; ++i) {
    const auto byte = static_cast<unsigned char>(at[i]);
    frame.payload |= static_cast<std::size_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) {
      if (available - i <= kOriginSize) return frame;
      frame.header = i + 1 + kOriginSize;
      frame.origin = Origin{load_little<std::uint64_t>(at + i + 1)};
      return frame;
    }
    WEIR_ASSERT(i + 1 < kMaxVarint, "the size of a frame is malformed");
  }
  return frame;
}

std::uint32_t FrameDecoder::decode(BytesView bytes, EdgeReader& reader, ChainContext& chain, ChannelCut& cut) {
  std::uint32_t records = 0;
  const auto hand_over = [&](const Frame& frame, const char* at) {
    chain.origin = frame.origin;
    cut.add(frame.origin);
    reader.read({at + frame.header, frame.payload});
    ++records;
  };
  if (mid_frame()) {
    bytes = complete_partial(bytes);
    const Frame frame = parse(partial_.data(), partial_.size());
    if (!frame.complete_in(partial_.size())) return 0;
    hand_over(frame, partial_.data());
    partial_.clear();
  }
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    const auto available = static_cast<std::size_t>(end - at);
    const Frame frame = parse(at, available);
    if (!frame.complete_in(available)) {
      partial_.assign(at, available);
      break;
    }
    hand_over(frame, at);
    at += frame.header + frame.payload;
  }
  return records;
}

// Appends to the partial frame what it still lacks, first its header, byte by byte; returns what is left of `bytes`.
BytesView FrameDecoder::complete_partial(BytesView bytes) {
  Frame frame = parse(partial_.data(), partial_.size());
  while (frame.header == 0 && !bytes.empty()) {
    partial_.push_back(bytes.front());
    bytes.remove_prefix(1);
    frame = parse(partial_.data(), partial_.size());
  }
  if (frame.header == 0) return bytes;
  const std::size_t lacking = frame.header + frame.payload - partial_.size();
  const std::size_t n = std::min(lacking, bytes.size());
  partial_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  return bytes;
}

}  // namespace weir::engine
