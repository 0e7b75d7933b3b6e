#pragma once

// The fault-free outcome of a (job, workload) pair, and the means to compute any prefix of it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reference/expected_records.h"
#include "reference/read_only_world.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/sequential.h"
#include "weir/properties/property.h"

namespace weir::properties {

class Fold;

// One source of the job, in the order of origins' source ordinals.
struct SourceInfo {
  engine::VertexId vertex;
  std::string label;                 // as in the names of its subtasks
  std::vector<std::uint64_t> start;  // position of each split
  std::vector<std::uint64_t> end;
};

class Reference {
 public:
  Reference(std::shared_ptr<const engine::JobGraph> job, std::shared_ptr<const sim::Workload> workload);

  const engine::JobGraph& job() const { return *job_; }
  const std::vector<SourceInfo>& sources() const { return sources_; }
  const ExpectedRecords& expected() const { return expected_; }
  // `kafka-source split 2 offset 417`.
  std::string describe(engine::Origin origin) const;
  // A record as a person reads it: in the form of the topic's type where the job knows it, else quoted.
  std::string shown(std::string_view topic, engine::BytesView value) const;
  // A fresh sequential run at the start of the input, of which only the state is of interest; the reference must
  // outlive it.
  std::unique_ptr<Fold> fold() const;

 private:
  ExpectedRecords run();

  std::shared_ptr<const engine::JobGraph> job_;
  std::shared_ptr<const sim::Workload> workload_;
  std::vector<SourceInfo> sources_;
  ExpectedRecords expected_;
};

// A sequential run that can be moved on. Belongs to one thread.
class Fold {
 public:
  Fold(std::shared_ptr<const engine::JobGraph> job, const sim::Workload& workload, engine::SequentialJob::Sinks sinks)
      : log_(workload), files_(workload), run_(std::move(job), log_, files_, sinks) {}
  engine::SequentialJob& run() { return run_; }

 private:
  ReadOnlyLog log_;
  ReadOnlyFiles files_;
  engine::SequentialJob run_;
};

// A value as a person reads it: in quotes, what does not print as \xNN, shortened when long.
std::string quoted(engine::BytesView value);

}  // namespace weir::properties
