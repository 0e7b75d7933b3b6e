// `_metadata` (metadata.h), and what a restore makes of it: the handles it names, also those of incremental snapshots.

#include "checkpoint/metadata.h"

#include "fuzz_support.h"
#include "recovery/restore_check.h"
#include "recovery/state_assignment.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

// A job that finds its state in the checkpoint, at another parallelism.
void assign(const CompletedCheckpoint& checkpoint) {
  JobGraph job;
  JobVertex& vertex = job.vertices.emplace_back();
  vertex.label = vertex.name = "v";
  for (const OperatorPart& part : checkpoint.operators) {
    JobOperator& op = vertex.chain.emplace_back();
    op.id = part.id;
    op.uid = part.uid;
    vertex.max_parallelism = part.max_parallelism;
    if (vertex.chain.size() == 2) break;
  }
  if (vertex.chain.empty()) return;
  for (const std::uint32_t parallelism : {1u, 2u, 3u}) {
    vertex.parallelism = std::min(parallelism, vertex.max_parallelism);
    if (!problems_of_restore(job, checkpoint, true).empty()) return;
    const auto restored = assign_state(vertex, checkpoint);
    must(restored.size() == vertex.parallelism, "every subtask is assigned something");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  const Bytes bytes = resealed(view(data, size));
  must(bytes == view(data, size) || !decode_metadata(view(data, size)).ok(), "a broken seal is refused");
  const auto decoded = decode_metadata(bytes);
  if (!decoded.ok()) return 0;
  const auto again = decode_metadata(encode(decoded.value()));
  must(again.ok() && again.value() == decoded.value(), "metadata is what it encodes to");
  survives([&] { assign(decoded.value()); });
  return 0;
}
