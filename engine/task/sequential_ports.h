#pragma once

// The world of the sequential interpreter: input is read through, output is captured, everything else is absent.

#include <string>
#include <utility>
#include <vector>

#include "task/absent_ports.h"
#include "weir/engine/environment.h"
#include "weir/engine/sequential.h"

namespace weir::engine {

// Reads pass through; a transaction is a topic name and what is appended to it is captured.
class CapturingLog final : public LogBroker {
 public:
  explicit CapturingLog(LogBroker& log) : log_(log) {}

  std::uint32_t partitions(std::string_view topic) override { return log_.partitions(topic); }
  void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
             std::vector<LogRecord>& out) override {
    log_.fetch(topic, partition, offset, max, out);
  }
  std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) override {
    return log_.end_offset(topic, partition);
  }
  Result<std::uint32_t> register_producer(std::string_view, AttemptId) override { return 1u; }
  Result<TransactionId> begin(std::string_view, std::uint32_t, std::string_view topic) override {
    topics_.emplace_back(topic);
    return TransactionId{topics_.size() - 1};
  }
  Status append(TransactionId transaction, std::uint32_t, BytesView value, Origin origin) override {
    SequentialOutput& output = captured_.emplace_back();
    output.topic = topics_[transaction.value];
    output.value.assign(value);
    output.origin = origin;
    return {};
  }
  Status flush(TransactionId) override { return {}; }
  Status commit(TransactionId) override { return {}; }
  Status abort(TransactionId) override { return {}; }
  std::vector<TransactionId> open_transactions(std::string_view) override { return {}; }
  std::vector<std::string> open_producers(std::string_view) override { return {}; }

  const std::vector<SequentialOutput>& captured() const { return captured_; }

 private:
  LogBroker& log_;
  std::vector<std::string> topics_;  // by transaction
  std::vector<SequentialOutput> captured_;
};

// There is no processing time: what waits for it does not happen.
struct NoAlarm final : Alarm {
  void set(Time) override {}
};

struct NoEvents final : EventSink {
  void emit(const Event&) override {}
};

}  // namespace weir::engine
