#include "reference/reference.h"

#include <utility>

#include "weir/engine/assert.h"

namespace weir::properties {
namespace {

constexpr std::size_t kMaxQuoted = 60;
constexpr std::size_t kMaxDescribed = 120;

engine::VertexId vertex_with(const engine::JobGraph& job, std::uint32_t node) {
  for (const engine::JobVertex& vertex : job.vertices) {
    if (vertex.chain.front().node == node) return vertex.id;
  }
  engine::fail_invariant("vertex_with", "a source of the sequential run heads no vertex", __FILE__, __LINE__);
}

std::vector<std::uint64_t> positions(const engine::SequentialJob& run, std::size_t source) {
  std::vector<std::uint64_t> all;
  for (std::uint32_t split = 0; split < run.sources()[source].splits; ++split)
    all.push_back(run.position(source, split));
  return all;
}

}  // namespace

Reference::Reference(std::shared_ptr<const engine::JobGraph> job, std::shared_ptr<const sim::Workload> workload)
    : job_(std::move(job)), workload_(std::move(workload)), expected_(run()) {}

ExpectedRecords Reference::run() {
  Fold whole(job_, *workload_, engine::SequentialJob::Sinks::Capture);
  engine::SequentialJob& sequential = whole.run();
  for (std::size_t i = 0; i < sequential.sources().size(); ++i) {
    const engine::VertexId vertex = vertex_with(*job_, sequential.sources()[i].node);
    sources_.push_back({vertex, job_->vertices[vertex.value].label, positions(sequential, i), {}});
  }
  sequential.run_to_end();
  for (std::size_t i = 0; i < sources_.size(); ++i) sources_[i].end = positions(sequential, i);
  return ExpectedRecords(sequential.outputs());
}

std::unique_ptr<Fold> Reference::fold() const {
  return std::make_unique<Fold>(job_, *workload_, engine::SequentialJob::Sinks::LeaveOut);
}

std::string Reference::describe(engine::Origin origin) const {
  const std::uint32_t source = origin.source();
  const std::string label = source < sources_.size() ? sources_[source].label : "source " + std::to_string(source);
  return label + " split " + std::to_string(origin.partition()) + " offset " + std::to_string(origin.offset());
}

std::uint64_t expected_results(const Reference& reference) { return reference.expected().total(); }

std::shared_ptr<const Reference> make_reference(std::shared_ptr<const engine::JobGraph> job,
                                                std::shared_ptr<const sim::Workload> workload) {
  return std::make_shared<const Reference>(std::move(job), std::move(workload));
}

std::string Reference::shown(std::string_view topic, engine::BytesView value) const {
  for (const engine::StreamNode& node : job_->source.nodes) {
    if (!node.writes || node.writes->topic != topic) continue;
    auto described = node.writes->describe(value);
    if (!described) continue;
    if (described->size() > kMaxDescribed) described->replace(kMaxDescribed, std::string::npos, "...");
    return std::move(*described);
  }
  return quoted(value);
}

std::string quoted(engine::BytesView value) {
  std::string out;
  engine::append_quoted(value.substr(0, kMaxQuoted), out);
  if (value.size() > kMaxQuoted) out.insert(out.size() - 1, "...");
  return out;
}

}  // namespace weir::properties
