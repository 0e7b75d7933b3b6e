#include <algorithm>
#include <string>

#include "weir/engine/assert.h"
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

SourceOperator& SourceOperator::of(Operator& made) {
  auto* const source = dynamic_cast<SourceOperator*>(&made);
  WEIR_ASSERT(source != nullptr, "the factory of a source does not make a SourceOperator");
  return *source;
}

void SourceOperator::open(OperatorContext& context) {
  context_ = &context;
  context.chain.source = this;
  open_reader();
  no_more_ = context.coordinator == nullptr;
  if (context.in_restored) {
    restore_splits();
  } else {
    assign_splits();  // a source that is new to the job starts anew
  }
  for (const Split& split : splits_) report_split(EventKind::SplitRestored, split, context.restored);
  request_split();
}

// With a coordinator it takes none of them, but fails here if it cannot see them.
void SourceOperator::assign_splits() {
  for (const Split& split : discover(context_->environment)) {
    if (no_more_ && split.id % context_->parallelism == context_->index) splits_.push_back(split);
  }
}

// One at a time, so that who reads fast gets more of them.
void SourceOperator::request_split() {
  if (no_more_ || requested_ || any_left()) return;
  requested_ = true;
  context_->coordinator->request_split();
}

void SourceOperator::on_assignment(const std::vector<Split>& splits, bool no_more) {
  requested_ = false;
  no_more_ = no_more;
  splits_.insert(splits_.end(), splits.begin(), splits.end());
}

void SourceOperator::restore_splits() {
  const DefectSet& defects = context_->environment.defects;
  for (const Bytes& element : context_->operator_state.list(kSplitsState)) {
    if (defects.has(Defect::LoseSplitsOnScaleIn) && !splits_.empty()) return;
    Split split = decode(element);
    if (defects.has(Defect::RestartSplitOfOtherOwner) && split.id % context_->parallelism != context_->index) {
      split = discover(context_->environment)[split.id];
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
  if (!no_more_) [[unlikely]]
    request_split();
  return emitted;
}

bool SourceOperator::any_left() const {
  return std::any_of(splits_.begin(), splits_.end(), [](const Split& split) { return !split.finished; });
}

bool SourceOperator::at_end() const { return no_more_ && !any_left(); }

}  // namespace weir::engine
