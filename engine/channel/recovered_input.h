#pragma once

// What was in flight to one subtask at the checkpoint it restores, until it has processed it (BA-36). Each channel of
// the checkpoint is a stream of its own, so that no record is put together from pieces of two (BA-38).

#include <cstdint>
#include <vector>

#include "weir/engine/restore_files.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

class RecoveredInput {
 public:
  struct Piece {
    const InFlightData* channel;
    BytesView frames;  // whole ones
    std::uint32_t records;
  };

  // Reads all of it. Corrupt or NotFound names the file.
  Status read(std::vector<InFlightData> channels, const RestoreFiles& files);
  bool any() const { return current_ < streams_.size(); }
  // At most so many records of the stream whose turn it is, which is then the next one's. REQUIRES: any().
  Piece next(std::uint32_t max_records);

 private:
  struct Stream {
    InFlightData channel;
    Bytes bytes;
    std::size_t position = 0;
  };
  std::vector<Stream> streams_;
  std::size_t current_ = 0;
};

}  // namespace weir::engine
