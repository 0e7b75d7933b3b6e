#pragma once

// Puts together what one subtask has in flight for an unaligned checkpoint: what its inputs save until the last barrier
// has come (BA-11), and what its barrier overtook on the outputs, which may be decided later (BA-19 step 3).

#include <optional>
#include <vector>

#include "channel/input_gate.h"
#include "state/in_flight_bytes.h"
#include "task/task_outputs.h"
#include "task/task_site.h"

namespace weir::engine {

class InFlightCollector {
 public:
  InFlightCollector(const TaskSite& site, InputGate& gate, TaskOutputs& outputs)
      : site_(site), gate_(gate), outputs_(outputs) {}

  // REQUIRES: none is under way. Without `inputs` nothing was overtaken there.
  void begin(CheckpointId checkpoint, bool inputs);
  CheckpointId under_way() const { return checkpoint_; }  // kNoCheckpoint: none
  void inputs_ended(CheckpointId checkpoint);
  void abort(CheckpointId checkpoint);
  // What there was, once nothing more can come; asked whenever that may have become so.
  struct Collected {
    CheckpointId checkpoint;
    EncodedInFlight in_flight;
  };
  std::optional<Collected> take_if_complete();

 private:
  void add_inputs(std::vector<CapturedChannel>& channels);
  void add_outputs(std::vector<CapturedChannel>& channels);
  InFlightPart part(ChannelId channel, bool sent) const;

  const TaskSite& site_;
  InputGate& gate_;
  TaskOutputs& outputs_;
  CheckpointId checkpoint_ = kNoCheckpoint;  // none is under way
  bool inputs_open_ = false;
  std::vector<Bytes> inputs_;  // by channel; empty: nothing was saved
};

}  // namespace weir::engine
