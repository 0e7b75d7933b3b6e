#pragma once

// Which of the requested checkpoints may start now (CO-9..CO-14). A plain machine: no clock, no effects.

#include <optional>
#include <set>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct CheckpointRequest {
  CheckpointType type{};
  Time timestamp{};
  std::uint32_t job_request = 0;  // JobRequest::number of a savepoint
  std::uint64_t number = 0;       // order of arrival; tells equal requests apart
};

class CheckpointRequestDecider {
 public:
  static constexpr std::size_t kCapacity = 1000;  // CO-9

  CheckpointRequestDecider(std::uint32_t max_concurrent, Duration min_pause, bool unaligned = false)
      : max_concurrent_(max_concurrent), min_pause_(min_pause), unaligned_(unaligned) {}

  // What fell out because the queue was full (TOO_MANY_CHECKPOINT_REQUESTS): the last in rank if that is periodic,
  // which may be the new one; else the new one (CO-9).
  std::optional<CheckpointRequest> add(CheckpointType type, Time timestamp, std::uint32_t job_request = 0);
  std::vector<CheckpointRequest> clear();  // what was queued, by rank
  std::size_t queued() const { return queue_.size(); }

  struct Situation {
    bool triggering = false;  // a trigger pipeline runs (CO-15)
    std::size_t pending = 0;
    std::size_t being_discarded = 0;  // aborted ones whose files are not all gone yet
    std::optional<Time> last_completion;
  };
  struct Decision {
    std::optional<CheckpointRequest> head;  // left the queue, to be started unless it comes too early
    // MINIMUM_TIME_BETWEEN_CHECKPOINTS: the next periodic request is due after this long.
    std::optional<Duration> too_early;
  };
  Decision next(Time now, const Situation& situation);

 private:
  struct Order {
    bool operator()(const CheckpointRequest& a, const CheckpointRequest& b) const;
  };
  CheckpointRequest take_head();
  bool forced(const CheckpointRequest& request) const;

  std::uint32_t max_concurrent_;
  Duration min_pause_;
  bool unaligned_;
  std::uint64_t arrivals_ = 0;
  std::set<CheckpointRequest, Order> queue_;
};

}  // namespace weir::engine
