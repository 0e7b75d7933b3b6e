#pragma once

// A subtask's end of the coordinator of its source: what it says goes out one at a time and is answered in time, or the
// subtask fails (SO-18); what it hears twice it handles once.

#include <cstdint>
#include <deque>
#include <optional>

#include "task/task_site.h"
#include "weir/engine/operator.h"

namespace weir::engine {

class CoordinatorLink final : public SplitRequests {
 public:
  explicit CoordinatorLink(const TaskSite& site) : site_(site) {}

  void request_split() override { say({}); }
  void acknowledge(CheckpointId checkpoint) { say(checkpoint); }  // SN-6
  void on_seen(std::uint32_t number);
  bool lost(std::uint32_t number) const { return under_way_ == number; }  // when its time is over

  // Answers. False: it was here before.
  bool receive(OperatorEvent&& event);
  OperatorEvent next();                               // the oldest that was received and not handled yet
  std::uint32_t handled() const { return handled_; }  // number of the last one; 0: none

 private:
  void say(CheckpointId checkpoint);
  void send_next();

  const TaskSite& site_;
  std::deque<CheckpointId> to_say_;
  std::optional<std::uint32_t> under_way_;
  std::uint32_t numbers_ = 0;
  std::deque<OperatorEvent> received_;
  std::uint32_t newest_ = 0;  // received
  std::uint32_t handled_ = 0;
};

}  // namespace weir::engine
