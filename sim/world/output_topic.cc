#include "world/output_topic.h"

namespace weir::sim {

bool OutputPartition::readable(const LoggedRecord& record, const std::vector<Transaction>& transactions) {
  const Transaction& transaction = transaction_of(record, transactions);
  return transaction.state == TransactionState::Committed && record.number < transaction.flushed;
}

bool OutputPartition::advance(const std::vector<Transaction>& transactions, VisibleRun& run) {
  if (stable_ == records_.size()) return false;
  const engine::TransactionId id = records_[stable_].transaction;
  if (transaction_of(records_[stable_], transactions).state == TransactionState::Open) return false;
  run = {stable_, 0, id};
  for (; stable_ < records_.size() && records_[stable_].transaction == id; ++stable_) {
    if (readable(records_[stable_], transactions)) ++run.count;
  }
  return true;
}

}  // namespace weir::sim
