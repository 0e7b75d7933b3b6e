#include "state/prefix_fold.h"

#include "weir/engine/hash.h"

namespace weir::properties {

void PrefixFold::begin(const Reference& reference) {
  reference_ = &reference;
  fold_.reset();
  at_.clear();
  for (const SourceInfo& source : reference.sources()) at_.insert(at_.end(), source.start.begin(), source.start.end());
}

bool PrefixFold::is_behind(const std::vector<std::uint64_t>& positions) const {
  for (std::size_t i = 0; i < at_.size(); ++i) {
    if (positions[i] < at_[i]) return false;
  }
  return true;
}

void PrefixFold::move_to(const std::vector<std::uint64_t>& positions) {
  if (!is_behind(positions)) begin(*reference_);
  if (positions == at_) return;
  if (fold_ == nullptr) fold_ = reference_->fold();
  engine::SequentialJob& run = fold_->run();
  std::size_t i = 0;
  for (std::size_t source = 0; source < reference_->sources().size(); ++source) {
    const auto splits = static_cast<std::uint32_t>(reference_->sources()[source].start.size());
    for (std::uint32_t split = 0; split < splits; ++split, ++i) {
      if (positions[i] == at_[i]) continue;
      run.advance(source, split, positions[i]);
      at_[i] = positions[i];
    }
  }
}

std::uint64_t PrefixFold::digest(const engine::JobVertex& vertex, std::uint32_t index) const {
  if (fold_ == nullptr) return 0;
  const auto range = engine::key_group_range(vertex.max_parallelism, vertex.parallelism, index);
  std::uint64_t sum = 0;
  for (const engine::JobOperator& op : vertex.chain) {
    if (op.keyed) sum += fold_->run().digest(op.id, range);
  }
  return sum;
}

}  // namespace weir::properties
