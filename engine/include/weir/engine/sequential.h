#pragma once

// The same job without a runtime: one instance of every operator, wired directly, fed one record at a time, no
// barriers, no failures. Defines what a run should have computed.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"

namespace weir::engine {

struct SequentialOutput {
  std::string topic;
  Bytes value;
  Origin origin;
};

class SequentialJob {
 public:
  enum class Sinks : std::uint8_t {
    Capture,   // what they are given is in `outputs()`
    LeaveOut,  // there are none: only state is of interest
  };
  // Reads input through `log` and `files`; writes nothing anywhere. A broadcast edge delivers once for every subtask
  // that the consumer would have, and once only to one that keeps it as broadcast state. Throws OperatorFailure when an
  // input cannot be opened.
  SequentialJob(std::shared_ptr<const JobGraph> job, LogBroker& log, InputFiles& files, Sinks sinks = Sinks::Capture);
  ~SequentialJob();
  SequentialJob(const SequentialJob&) = delete;
  SequentialJob& operator=(const SequentialJob&) = delete;

  struct Source {
    std::uint32_t node = 0;  // stream node
    OperatorId id;
    std::uint32_t splits = 0;
  };
  const std::vector<Source>& sources() const;
  // Feeds records of one split until its position reaches `position` (or the end of the split); positions only ascend.
  void advance(std::size_t source, std::uint32_t split, std::uint64_t position);
  void run_to_end();  // everything, split by split; then the operators finish
  std::uint64_t position(std::size_t source, std::uint32_t split) const;
  bool at_end(std::size_t source, std::uint32_t split) const;

  // Digest of one keyed operator's cells in `range`, as KeyedStateBackend::digest.
  std::uint64_t digest(OperatorId op, KeyGroupRange range) const;
  const std::vector<SequentialOutput>& outputs() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::engine
