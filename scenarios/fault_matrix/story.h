#pragma once

// What is known of a run while its events pass: enough to tell which step of a protocol an event is.

#include <cstdint>
#include <map>
#include <string>

#include "weir/engine/events.h"
#include "weir/sim/trace.h"

namespace weir::scenarios {

class Story {
 public:
  explicit Story(std::size_t subtasks) : subtasks_(subtasks) {}
  void add(const sim::TraceEvent& event);

  // --- of the checkpoint with this id, in the job that runs
  bool is_checkpoint(std::uint64_t id) const { return known(id) && !engine::is_savepoint(checkpoints_.at(id).kind); }
  bool is_savepoint(std::uint64_t id) const { return known(id) && engine::is_savepoint(checkpoints_.at(id).kind); }
  bool first_ack(std::uint64_t id) const { return known(id) && checkpoints_.at(id).acks == 1; }
  bool last_ack(std::uint64_t id) const { return known(id) && checkpoints_.at(id).acks == checkpoints_.at(id).waits; }
  // Whether the path with this hash is the metadata of a checkpoint, of a savepoint.
  bool is_checkpoint_metadata(std::uint64_t path) const { return is_checkpoint(metadata_of(path)); }
  bool is_savepoint_metadata(std::uint64_t path) const { return is_savepoint(metadata_of(path)); }

  // --- of the job
  bool recovering() const { return restored_ != 0; }  // it was restored after a failure
  bool stopping() const { return stopping_; }         // a stop was asked for, and the next job has not begun
  std::size_t deployed() const { return deployed_; }  // attempts since the restore
  std::size_t running() const { return running_; }    // of those
  std::size_t finished() const { return finished_; }  // attempts of the job
  bool all_finished() const { return finished_ == subtasks_; }
  bool followed() const { return !directory_.empty(); }  // it is the next job
  // No subtask runs: the job is over, or the next one is only beginning.
  bool idle() const { return all_finished() || (followed() && running_ == 0); }

 private:
  struct Checkpoint {
    engine::CheckpointKind kind{};
    std::uint64_t waits = 0;
    std::uint64_t acks = 0;
  };

  bool known(std::uint64_t id) const { return checkpoints_.count(id) != 0; }
  std::uint64_t metadata_of(std::uint64_t path) const;
  void trigger(const sim::TraceEvent& event);
  void change(engine::AttemptState state);
  void begin_stage(std::uint32_t stage);

  std::size_t subtasks_;
  std::map<std::uint64_t, Checkpoint> checkpoints_;
  std::map<std::uint64_t, std::uint64_t> metadata_;  // from the hash of the path to the checkpoint
  std::string directory_;                            // of the job in checkpoint storage
  std::uint64_t restored_ = 0;
  bool stopping_ = false;
  std::size_t deployed_ = 0;
  std::size_t running_ = 0;
  std::size_t finished_ = 0;
};

}  // namespace weir::scenarios
