#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "weir/engine/connectors.h"

// The protocol of flink-semantics 10.1. Its state is one list element {producer, current, pending} per subtask; after a
// rescale a subtask may find several or none (TX-6). The name of a producer has the parallelism in it: so after a
// rescale no new subtask uses a name whose transactions are in the hands of another one, and whoever finds an element
// may fence and clean up the old name without touching what the new subtask of that index has begun.

namespace weir::engine::detail {
namespace {

constexpr char kTransactionsState[] = "transactions";
constexpr CheckpointId kNewest{~std::uint64_t{0}};
constexpr AttemptId kNewestAttempt{~std::uint32_t{0}};

// An abort that finds nothing to abort has reached its goal: the transaction is decided, or a newer producer sees to
// it.
Status settled(Status aborted) {
  const bool nothing_left = aborted.code() == StatusCode::NotFound || aborted.code() == StatusCode::Fenced;
  return nothing_left ? Status() : aborted;
}

// What follows the uid in a producer's name.
struct Place {
  std::uint32_t index = 0;
  std::uint32_t parallelism = 0;
};
std::string name_of(const std::string& uid, Place place) {
  return uid + "/" + std::to_string(place.index) + "-of-" + std::to_string(place.parallelism);
}
std::optional<Place> place_of(std::string_view name, std::string_view uid) {
  if (name.size() <= uid.size() || name.substr(0, uid.size()) != uid) return std::nullopt;
  const std::string_view text = name.substr(uid.size() + 1);
  Place place;
  const char* const end = text.data() + text.size();
  const auto [after_index, bad_index] = std::from_chars(text.data(), end, place.index);
  const std::string_view rest(after_index, static_cast<std::size_t>(end - after_index));
  if (bad_index != std::errc{} || rest.substr(0, 4) != "-of-") return std::nullopt;
  const auto [last, bad_parallelism] = std::from_chars(after_index + 4, end, place.parallelism);
  if (bad_parallelism != std::errc{} || last != end) return std::nullopt;
  return place;
}

}  // namespace

struct TwoPhaseCommitLog::Restored {
  std::string producer;
  std::optional<TransactionId> current;
  std::map<CheckpointId, TransactionId> pending;

  static Bytes encode(const std::string& producer, const std::optional<TransactionId>& current,
                      const std::map<CheckpointId, TransactionId>& pending) {
    ByteBuffer out;
    ByteWriter w(out);
    w.sized(producer);
    w.fixed<std::uint8_t>(current ? 1 : 0);
    if (current) w.varint(current->value);
    w.varint(pending.size());
    for (const auto& [checkpoint, transaction] : pending) {
      w.varint(checkpoint.value);
      w.varint(transaction.value);
    }
    return w.bytes();
  }
  static Restored decode(BytesView bytes) {
    ByteReader r(bytes);
    Restored restored;
    restored.producer = r.sized();
    if (r.fixed<std::uint8_t>() != 0) restored.current = TransactionId{r.varint()};
    for (std::uint64_t n = r.varint(); n > 0 && !r.failed(); --n) {
      const CheckpointId checkpoint{r.varint()};
      restored.pending[checkpoint] = TransactionId{r.varint()};
    }
    if (r.failed() || !r.at_end()) {
      throw OperatorFailure{FailureCause::RestoreFailed, "the state of a transactional sink does not decode"};
    }
    return restored;
  }
};

void TwoPhaseCommitLog::open(OperatorContext& context) {
  context_ = &context;
  producer_ = name_of(context.uid, {context.index, context.parallelism});
  const std::uint32_t partitions = log().partitions(topic_);
  if (partitions == 0) require({StatusCode::NotFound, "there is no topic '" + topic_ + "'"}, "opening the sink");
  partition_ = context.index % partitions;
  epoch_ = registered(producer_);
  recover();
}

// What the restored checkpoint pre-committed is committed (TX-1, G-5); everything later of its producer is replayed
// into new transactions and therefore aborted, also what the state does not know of (TX-3, TX-17). Registering the name
// of an old producer fences what may still run under it (TX-16).
void TwoPhaseCommitLog::recover() {
  for (const Restored& restored : restored_state()) {
    for (const auto& [checkpoint, transaction] : restored.pending) {
      require(commit(checkpoint, transaction), "committing after a restore");
      if (context_->environment.defects.has(Defect::RestoreOneCommittable)) break;
    }
    if (restored.current) require(settled(abort(*restored.current)), "aborting after a restore");
    if (restored.producer == producer_) continue;
    registered(restored.producer);
    abort_lingering(restored.producer);
  }
  abort_lingering(producer_);
  if (context_->index == 0) abort_forgotten();
  begin();
}

// No state names the producers of a job between the checkpoint and this one, of a third parallelism, nor those of any
// earlier job when there is no checkpoint: what they began is replayed now. What the checkpoint promises was begun by
// producers of its own parallelism, which the elements tell; the first subtask has one if anybody has.
void TwoPhaseCommitLog::abort_forgotten() {
  std::vector<std::uint32_t> known{context_->parallelism};
  for (const Restored& restored : restored_state()) {
    if (const auto place = place_of(restored.producer, context_->uid)) known.push_back(place->parallelism);
  }
  for (const std::string& name : log().open_producers(context_->uid + "/")) {
    const auto place = place_of(name, context_->uid);
    if (!place || std::find(known.begin(), known.end(), place->parallelism) != known.end()) continue;
    registered(name);
    abort_lingering(name);
  }
}

// An attempt that was replaced before it came here fails, and leaves alone what its successor has begun (RP-2).
std::uint32_t TwoPhaseCommitLog::registered(const std::string& producer) {
  const bool unnamed = context_->environment.defects.has(Defect::RegisterWithoutAttempt);
  const auto epoch = log().register_producer(producer, unnamed ? kNewestAttempt : context_->attempt);
  require(epoch.status(), "registering the producer");
  return epoch.value();
}

void TwoPhaseCommitLog::abort_lingering(const std::string& producer) {
  if (context_->environment.defects.has(Defect::KeepLingeringTransactions)) return;
  for (const TransactionId lingering : log().open_transactions(producer)) {
    require(settled(abort(lingering)), "aborting a lingering transaction");
  }
}

std::vector<TwoPhaseCommitLog::Restored> TwoPhaseCommitLog::restored_state() const {
  std::vector<Restored> restored;
  if (context_->restored == kNoCheckpoint) return restored;
  for (const Bytes& element : context_->operator_state.list(kTransactionsState)) {
    restored.push_back(Restored::decode(element));
  }
  return restored;
}

void TwoPhaseCommitLog::begin() {
  const Result<TransactionId> begun = log().begin(producer_, epoch_, topic_);
  require(begun.status(), "beginning a transaction");
  current_ = begun.value();
  report(EventKind::TransactionBegun, current_->value);
}

void TwoPhaseCommitLog::append(BytesView value, Origin origin) {
  if (!current_) require({StatusCode::NotFound, "a record arrived after the end of data"}, "writing");
  Status appended = log().append(*current_, partition_, value, origin);
  const bool fenced = appended.code() == StatusCode::Fenced;
  if (fenced && context_->environment.defects.has(Defect::RegisterAgainWhenFenced)) [[unlikely]] {
    epoch_ = log().register_producer(producer_, kNewestAttempt).value();
    begin();
    appended = log().append(*current_, partition_, value, origin);
  }
  require(appended, "writing");
}

// Pre-commit, then begin, then store: in this order, so that a restore of this checkpoint can abort the new one (TX-3).
void TwoPhaseCommitLog::snapshot(CheckpointId checkpoint) {
  if (current_) {
    require(log().flush(*current_), "pre-committing");
    report(EventKind::TransactionPreCommitted, checkpoint.value, current_->value);
    pending_[checkpoint] = *current_;
    if (context_->environment.defects.has(Defect::CommitAtPreCommit)) {
      require(commit(checkpoint, *current_), "committing");
    }
    current_.reset();
    if (!finished_) begin();
  }
  store_state();
}

void TwoPhaseCommitLog::store_state() {
  OperatorStateStore::List& list = context_->operator_state.list(kTransactionsState);
  list.assign(1, Restored::encode(producer_, current_, pending_));
}

// Late or healed notifications are normal (G-4): ids up to the completed one are committed, later ones stay (TX-2). One
// failed commit does not keep the others back; the first error then fails the attempt, whose successor has them.
void TwoPhaseCommitLog::notify_complete(CheckpointId checkpoint) {
  if (context_->environment.defects.has(Defect::CommitBeyondNotifiedCheckpoint)) checkpoint = kNewest;
  Status first_error;
  const auto end = pending_.upper_bound(checkpoint);
  for (auto at = pending_.begin(); at != end; at = pending_.erase(at)) {
    const Status committed = commit(at->first, at->second);
    if (!committed.ok() && first_error.ok()) first_error = committed;
  }
  require(first_error, "committing");
}

// Nothing to do: the records of an aborted checkpoint belong to the next one and are committed with it.
void TwoPhaseCommitLog::notify_aborted(CheckpointId checkpoint) {
  if (context_->environment.defects.has(Defect::AbortTransactionOnNotifyAborted)) {
    const auto aborted = pending_.find(checkpoint);
    if (aborted == pending_.end()) return;
    (void)abort(aborted->second);
    pending_.erase(aborted);
  }
}

// Pre-committed transactions are promised and outlive the attempt (TX-22). A current one that cannot be aborted now is
// lingering for the next attempt of this producer.
void TwoPhaseCommitLog::close() {
  if (current_) (void)abort(*current_);
  current_.reset();
}

Status TwoPhaseCommitLog::commit(CheckpointId checkpoint, TransactionId transaction) {
  report(EventKind::TransactionCommitSent, checkpoint.value, transaction.value);
  return log().commit(transaction);
}

Status TwoPhaseCommitLog::abort(TransactionId transaction) {
  report(EventKind::TransactionAbortSent, transaction.value);
  return log().abort(transaction);
}

void TwoPhaseCommitLog::report(EventKind kind, std::uint64_t a, std::uint64_t b) const {
  context_->environment.events.emit({kind, actor_of(context_->subtask), context_->attempt.value, a, b});
}

void TwoPhaseCommitLog::fail(const Status& status, const char* doing) const {
  throw OperatorFailure{FailureCause::SinkFailed, producer_ + ": " + doing + ": " + status.message()};
}

}  // namespace weir::engine::detail
