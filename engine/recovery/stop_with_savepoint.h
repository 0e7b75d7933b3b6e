#pragma once

// How a job is stopped with a savepoint (SP-5): waits for the savepoint, then for all tasks to finish. Decides only.

#include <cstdint>
#include <optional>

#include "weir/engine/types.h"

namespace weir::engine {

class StopWithSavepoint {
 public:
  enum class State : std::uint8_t {
    None,
    WaitingForSavepoint,
    SavepointCreated,  // the savepoint is the job's outcome, whatever becomes of the tasks (SP-9)
  };
  State state() const { return state_; }
  CheckpointId savepoint() const { return savepoint_; }

  // False: the job is being stopped already (SP-10).
  bool begin(std::uint32_t request) {
    if (state_ != State::None) return false;
    state_ = State::WaitingForSavepoint;
    request_ = request;
    return true;
  }
  // The outcome of a savepoint, 0: it failed. True: it was the one waited for; when it failed, the job goes on (SP-8).
  bool savepoint_ended(std::uint32_t request, CheckpointId savepoint) {
    if (state_ != State::WaitingForSavepoint || request != request_) return false;
    state_ = savepoint == kNoCheckpoint ? State::None : State::SavepointCreated;
    savepoint_ = savepoint;
    return true;
  }
  // The request that the end of the job answers; none when nobody asked for it, or the savepoint is still to be given
  // up.
  std::optional<std::uint32_t> job_ended() const {
    if (state_ != State::SavepointCreated) return std::nullopt;
    return request_;
  }

 private:
  State state_ = State::None;
  std::uint32_t request_ = 0;
  CheckpointId savepoint_{};
};

}  // namespace weir::engine
