#pragma once

// The output side of the log as a plain state machine: partitions of records that belong to transactions, and what a
// read-committed reader may see of them.

#include <cstdint>
#include <vector>

#include "weir/engine/types.h"

namespace weir::sim {

enum class TransactionState : std::uint8_t { Open, Committed, Aborted };

struct Transaction {
  std::uint32_t producer = 0;  // into the broker's producers
  std::uint32_t epoch = 0;
  std::uint32_t topic = 0;  // into the broker's output topics
  std::uint32_t appended = 0;
  std::uint32_t flushed = 0;  // of these, at the broker for certain
  TransactionState state = TransactionState::Open;
};

struct LoggedRecord {
  std::uint64_t start = 0;  // into the broker's bytes
  std::uint32_t size = 0;
  std::uint32_t number = 0;  // in its transaction, from 0
  engine::TransactionId transaction;
  engine::Origin origin;
};

// Records first, first + 1, ... first + count - 1 of one transaction became readable.
struct VisibleRun {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
  engine::TransactionId transaction;
};

class OutputPartition {
 public:
  void clear() {
    records_.clear();
    stable_ = 0;
  }
  void append(const LoggedRecord& record) { records_.push_back(record); }
  const LoggedRecord& at(std::uint64_t offset) const { return records_[offset]; }
  std::uint64_t size() const { return records_.size(); }
  // Everything below is settled; an open transaction holds back all that follows its first record (TX-20).
  std::uint64_t last_stable_offset() const { return stable_; }
  // Moves the last stable offset over the next stretch of one settled transaction. False when there is none; `run` has
  // a count of 0 when nothing of the stretch is readable.
  bool advance(const std::vector<Transaction>& transactions, VisibleRun& run);
  // Whether a settled record is readable: aborted ones and those that never reached the broker are not.
  static bool readable(const LoggedRecord& record, const std::vector<Transaction>& transactions);

 private:
  std::vector<LoggedRecord> records_;
  std::uint64_t stable_ = 0;
};

// Transaction ids are positions, from 1.
inline const Transaction& transaction_of(const LoggedRecord& record, const std::vector<Transaction>& transactions) {
  return transactions[record.transaction.value - 1];
}

}  // namespace weir::sim
