#include <string>

#include "weir/engine/operator.h"

// Ownership and snapshot of splits (SO-1, SO-3): positions in state are concrete, and a restored reader owns exactly
// the splits of its restored list (SO-8).

namespace weir::engine {
namespace {

constexpr char kSplitsState[] = "splits";

Bytes encode(const SourceOperator::Split& split) {
  ByteBuffer out;
  ByteWriter w(out);
  w.varint(split.id);
  w.varint(split.position);
  w.fixed<std::uint8_t>(split.finished ? 1 : 0);
  return w.bytes();
}

SourceOperator::Split decode(BytesView bytes) {
  ByteReader r(bytes);
  SourceOperator::Split split;
  split.id = static_cast<std::uint32_t>(r.varint());
  split.position = r.varint();
  split.finished = r.fixed<std::uint8_t>() != 0;
  if (r.failed() || !r.at_end())
    throw OperatorFailure{FailureCause::RestoreFailed, "the state of a split does not decode"};
  return split;
}

}  // namespace

void SourceOperator::open(OperatorContext& context) {
  context_ = &context;
  context.chain.source = this;
  open_reader();
  context.in_restored ? restore_splits() : assign_splits();  // a source that is new to the job starts anew
  for (const Split& split : splits_) report_split(EventKind::SplitRestored, split, context.restored);
}

void SourceOperator::assign_splits() {
  const std::uint32_t count = split_count();
  for (std::uint32_t id = context_->index; id < count; id += context_->parallelism) {
    splits_.push_back({id, start_position(id), false});
  }
}

void SourceOperator::restore_splits() {
  const DefectSet& defects = context_->environment.defects;
  for (const Bytes& element : context_->operator_state.list(kSplitsState)) {
    if (defects.has(Defect::LoseSplitsOnScaleIn) && !splits_.empty()) return;
    Split split = decode(element);
    if (defects.has(Defect::RestartSplitOfOtherOwner) && split.id % context_->parallelism != context_->index) {
      split = {split.id, start_position(split.id), false};
    }
    splits_.push_back(split);
  }
}

void SourceOperator::snapshot_state(CheckpointId checkpoint) {
  OperatorStateStore::List& list = context_->operator_state.list(kSplitsState);
  list.clear();
  for (const Split& split : splits_) {
    list.push_back(encode(split));
    report_split(EventKind::SplitSnapshot, split, checkpoint);
  }
}

void SourceOperator::report_split(EventKind kind, const Split& split, CheckpointId checkpoint) {
  context_->environment.events.emit({kind, actor_of(context_->subtask), split.id, checkpoint.value, split.position});
}

std::uint32_t SourceOperator::poll(std::uint32_t max) {
  std::uint32_t emitted = 0;
  for (std::size_t idle = 0; emitted < max && idle < splits_.size();) {
    Split& split = splits_[next_];
    next_ = next_ + 1 < splits_.size() ? next_ + 1 : 0;
    const std::uint32_t n = split.finished ? 0 : read(split, max - emitted);
    emitted += n;
    idle = n == 0 ? idle + 1 : 0;
  }
  return emitted;
}

bool SourceOperator::at_end() const {
  for (const Split& split : splits_) {
    if (!split.finished) return false;
  }
  return true;
}

}  // namespace weir::engine
