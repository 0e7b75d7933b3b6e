#pragma once

// From the byte segments of one channel back to records. A frame that is cut by a segment's end is put together in a
// buffer of the decoder (BA-28); all others are read where they lie.

#include <cstdint>

#include "weir/engine/edge.h"
#include "weir/engine/events.h"
#include "weir/engine/operator.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Of the whole frames that `bytes` begins with.
ChannelCut records_in(BytesView bytes);

class FrameDecoder {
 public:
  // Hands every frame that ends in `bytes` to `reader`. What that throws passes through; the decoder is of no use
  // afterwards.
  void decode(BytesView bytes, EdgeReader& reader, FrameProgress& progress);

  // A frame has begun that has not ended yet. Never true at a barrier or an end.
  bool mid_frame() const { return !partial_.empty(); }
  BytesView partial() const { return partial_; }  // what there is of it

 private:
  BytesView complete_partial(BytesView bytes);

  Bytes partial_;  // keeps its capacity
};

}  // namespace weir::engine
