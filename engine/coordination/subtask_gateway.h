#pragma once

// The events from an operator's coordinator to one of its subtasks (flink-semantics 11.2): in order, one at a time,
// none of them lost unnoticed (SO-18, SO-21), and each on the same side of every checkpoint at both ends (SO-15,
// SO-16). Decides only.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "weir/engine/messages.h"

namespace weir::engine {

class SubtaskGateway {
 public:
  // Another attempt takes the subtask's place: what was for the one before is void.
  void reset(AttemptId attempt);
  AttemptId attempt() const { return attempt_; }

  // Events from now on belong after the checkpoint: they wait until it is opened again. Ids ascend.
  void close(CheckpointId checkpoint) { closed_.try_emplace(checkpoint); }
  // The subtask has its part of that checkpoint, or none is needed any more. What waited for it goes behind what
  // belongs before: to the next older one that is still closed (SO-17).
  void reopen(CheckpointId checkpoint);

  void send(OperatorEvent event);  // its number is given here
  // What is to be sent now, if anything; it counts as under way then.
  std::optional<OperatorEvent> next(SubtaskId subtask);
  // False: another one is under way.
  bool on_seen(std::uint32_t number);
  bool under_way(std::uint32_t number) const { return under_way_ == number; }
  // Defect: nobody minds that it is lost.
  void forget() { under_way_.reset(); }

  // Of an event that came from the subtask: false: it came before.
  bool hears(std::uint32_t number);

  // Every event that belongs before the checkpoint has arrived.
  bool settled_before(CheckpointId checkpoint) const;
  std::uint32_t last() const { return last_; }  // event for this attempt, sent or not; 0: none

 private:
  using Events = std::deque<OperatorEvent>;
  AttemptId attempt_{};
  Events open_;
  std::map<CheckpointId, Events> closed_;
  std::optional<std::uint32_t> under_way_;
  std::uint32_t numbers_ = 0;  // of all attempts, so that a timer of an earlier one means nothing
  std::uint32_t last_ = 0;     // of this attempt
  std::uint32_t heard_ = 0;    // likewise
};

}  // namespace weir::engine
