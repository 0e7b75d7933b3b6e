#pragma once

// The data that one subtask saved of its channels for an unaligned checkpoint, as one string of bytes (BA-27 to BA-29).
//
//   seal | the bytes of one channel after the other | checksum
//   Offsets count from behind the seal.

#include <vector>

#include "weir/engine/state_handle.h"
#include "weir/engine/status.h"

namespace weir::engine {

struct CapturedChannel {
  InFlightPart part;  // without the place
  Bytes bytes;
};
struct EncodedInFlight {
  std::vector<InFlightPart> parts;
  Bytes bytes;  // empty when there are no parts
};
// Channels without bytes are left out.
EncodedInFlight encode_in_flight(const std::vector<CapturedChannel>& channels);

// Corrupt, with what is wrong in the message: nothing may be used then. The view is into `file`.
Result<BytesView> read_in_flight(BytesView file, std::uint64_t offset, std::uint64_t size);

}  // namespace weir::engine
