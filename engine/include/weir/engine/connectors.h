#pragma once

// Ready-made sources and sinks.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/operator.h"
#include "weir/engine/serializer.h"

namespace weir::engine {

namespace detail {

// Reads a partitioned log: split = partition, position = offset. Records come as bytes; `emit` decodes.
class LogReader : public SourceOperator {
 public:
  explicit LogReader(std::string topic) : topic_(std::move(topic)) {}
  void set_output(AnyCollector out) override = 0;
  std::vector<Split> discover(Environment& environment) override;
  std::uint32_t read(Split& split, std::uint32_t max) override;
  bool positions_count_records() const override { return true; }

 protected:
  virtual void emit(BytesView value) = 0;

 private:
  std::string topic_;
  std::vector<LogRecord> fetched_;
};

// Reads a real file by byte ranges: split = range, position = byte offset of the next line. A range owns the lines that
// start in it.
class LineReader : public SourceOperator {
 public:
  LineReader(std::string path, std::uint32_t splits) : path_(std::move(path)), splits_(splits) {}
  void set_output(AnyCollector out) override { out_ = out.as<std::string>(); }
  std::vector<Split> discover(Environment& environment) override;
  std::uint32_t read(Split& split, std::uint32_t max) override;

 protected:
  void open_reader() override;

 private:
  BytesView contents(Environment& environment) const;

  std::string path_;
  std::uint32_t splits_;
  BytesView text_;
  Collector<std::string>* out_ = nullptr;
  std::string line_;
};

template <class T>
class TypedLogReader final : public LogReader {
 public:
  using LogReader::LogReader;
  void set_output(AnyCollector out) override { out_ = out.as<T>(); }

 protected:
  void emit(BytesView value) override {
    if constexpr (std::is_same_v<T, std::string>) {
      value_.assign(value);  // topics of text hold the text itself
    } else if (!deserialize(value, value_)) {
      throw OperatorFailure{FailureCause::SourceFailed, "a record of the topic does not decode as the source's type"};
    }
    out_->collect(value_);
  }

 private:
  Collector<T>* out_ = nullptr;
  T value_{};
};

// Two-phase commit into the transactional log (flink-semantics 10.1): one transaction per subtask and checkpoint
// interval; pre-committed at the barrier, committed when the checkpoint is reported complete or was restored.
class TwoPhaseCommitLog {
 public:
  explicit TwoPhaseCommitLog(std::string topic) : topic_(std::move(topic)) {}
  void open(OperatorContext& context);
  void append(BytesView value, Origin origin);
  void snapshot(CheckpointId checkpoint);
  void notify_complete(CheckpointId checkpoint);
  void notify_aborted(CheckpointId checkpoint);
  void finish() { finished_ = true; }
  void close();

 private:
  struct Restored;

  LogBroker& log() const { return context_->environment.log; }
  void report(EventKind kind, std::uint64_t a, std::uint64_t b = 0) const;
  void begin();
  void store_state();
  Status commit(CheckpointId checkpoint, TransactionId transaction);
  Status abort(TransactionId transaction);
  void recover();
  std::uint32_t registered(const std::string& producer);  // its epoch
  void abort_lingering(const std::string& producer);
  void abort_forgotten();
  std::vector<Restored> restored_state() const;
  void require(const Status& status, const char* doing) const {  // else the attempt fails
    if (!status.ok()) [[unlikely]]
      fail(status, doing);
  }
  [[noreturn]] void fail(const Status& status, const char* doing) const;

  std::string topic_;
  OperatorContext* context_ = nullptr;
  std::string producer_;
  std::uint32_t epoch_ = 0;
  std::uint32_t partition_ = 0;
  std::optional<TransactionId> current_;  // none once the last one after the end of data is pre-committed
  bool finished_ = false;
  std::map<CheckpointId, TransactionId> pending_;
};

template <class T>
class TransactionalLogWriter final : public SinkOperator<T> {
 public:
  explicit TransactionalLogWriter(std::string topic) : log_(std::move(topic)) {}
  void open(OperatorContext& context) override {
    SinkOperator<T>::open(context);
    log_.open(context);
  }
  void collect(const T& value) override {
    if constexpr (std::is_same_v<T, std::string>) {
      log_.append(value, this->context().chain.origin);
    } else {
      scratch_.clear();
      serialize_into(value, scratch_);
      log_.append(scratch_, this->context().chain.origin);
    }
  }
  void snapshot_state(CheckpointId checkpoint) override { log_.snapshot(checkpoint); }
  void notify_checkpoint_complete(CheckpointId checkpoint) override { log_.notify_complete(checkpoint); }
  void notify_checkpoint_aborted(CheckpointId checkpoint) override { log_.notify_aborted(checkpoint); }
  void finish() override { log_.finish(); }
  void close() override { log_.close(); }

 private:
  TwoPhaseCommitLog log_;
  ByteBuffer scratch_;
};

}  // namespace detail

// Replayable partitioned log, Kafka-like.
template <class T>
class LogSource {
 public:
  using Record = T;
  explicit LogSource(std::string topic) : topic_(std::move(topic)) {}
  std::unique_ptr<SourceOperator> create() const { return std::make_unique<detail::TypedLogReader<T>>(topic_); }

 private:
  std::string topic_;
};

// Lines of a real text file, without their line ends.
class TextFileSource {
 public:
  using Record = std::string;
  explicit TextFileSource(std::string path, std::uint32_t splits = 4) : path_(std::move(path)), splits_(splits) {}
  std::unique_ptr<SourceOperator> create() const { return std::make_unique<detail::LineReader>(path_, splits_); }

 private:
  std::string path_;
  std::uint32_t splits_;
};

// Exactly-once into a topic; readers with read-committed isolation see a record once its transaction is committed.
template <class T>
class TransactionalLogSink {
 public:
  explicit TransactionalLogSink(std::string topic) : topic_(std::move(topic)) {}
  std::unique_ptr<SinkOperator<T>> create() const {
    return std::make_unique<detail::TransactionalLogWriter<T>>(topic_);
  }
  // Nothing to decode in a topic of text: it holds the text itself.
  std::optional<TopicRecords> records() const {
    if constexpr (std::is_same_v<T, std::string>) return std::nullopt;
    return records_of<T>(topic_);
  }

 private:
  std::string topic_;
};

}  // namespace weir::engine
