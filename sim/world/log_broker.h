#pragma once

// The external log: input topics of the workload, and output topics written in transactions with fenced producers.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "world/event_log.h"
#include "world/output_topic.h"

namespace weir::sim {

using engine::TransactionId;

class SimLogBroker final : public engine::LogBroker {
 public:
  explicit SimLogBroker(EventLog& log) : log_(&log) {}

  // `workload` outlives the run.
  void reset(const Workload& workload);

  // Input. A topic that is only written to makes partitions on demand, so it has room for any sink's index, and nothing
  // to fetch: readers of results are the observers.
  std::uint32_t partitions(std::string_view topic) override;
  void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
             std::vector<engine::LogRecord>& out) override;
  // Of an output topic: its last stable offset.
  std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) override;

  // Output. What was appended and not flushed is lost when a newer producer takes the name: it was still at the client.
  engine::Result<std::uint32_t> register_producer(std::string_view producer_name, engine::AttemptId owner) override;
  engine::Result<TransactionId> begin(std::string_view producer_name, std::uint32_t epoch,
                                      std::string_view topic) override;
  engine::Status append(TransactionId transaction, std::uint32_t partition, engine::BytesView value,
                        engine::Origin origin) override;
  engine::Status flush(TransactionId transaction) override;
  engine::Status commit(TransactionId transaction) override;
  engine::Status abort(TransactionId transaction) override;
  std::vector<TransactionId> open_transactions(std::string_view producer_name) override;
  std::vector<std::string> open_producers(std::string_view prefix) override;

  // Everything that is readable, by topic, partition and offset.
  std::vector<VisibleRecord> visible() const;

 private:
  struct Producer {
    std::uint32_t epoch = 0;
    engine::AttemptId owner{};        // the latest that has registered it
    std::vector<TransactionId> open;  // ascending
  };
  struct OutputTopic {
    std::string_view name;
    std::vector<OutputPartition> partitions;  // the first `used`; the others are spare memory
    std::size_t used = 0;
  };

  const Topic* input_topic(std::string_view name) const;
  const OutputTopic* output_topic(std::string_view name) const;
  OutputPartition& partition_of(OutputTopic& topic, std::uint32_t partition) {
    if (partition >= topic.used) [[unlikely]]
      make_partitions(topic, partition + 1);
    return topic.partitions[partition];
  }
  static void make_partitions(OutputTopic& topic, std::size_t count);
  Transaction* find(TransactionId id) {  // null: there is none
    return id.value - 1 < transactions_.size() ? &transactions_[id.value - 1] : nullptr;
  }
  bool fenced(const Transaction& transaction) const {
    return transaction.epoch != producers_[transaction.producer].epoch;
  }
  bool takes_records(const Transaction& transaction) const {
    return transaction.state == TransactionState::Open && !fenced(transaction);
  }
  engine::Status writable(TransactionId id);  // why not, if not
  void settle(TransactionId id, TransactionState state);
  void publish(OutputTopic& topic);
  void report(const OutputTopic& topic, std::uint32_t partition, const VisibleRun& run);
  VisibleRecord view(const OutputTopic& topic, std::uint32_t partition, const LoggedRecord& record) const;

  EventLog* log_;
  const Workload* workload_ = nullptr;
  std::vector<OutputTopic> topics_;
  std::map<std::string, std::uint32_t, std::less<>> producer_names_;
  std::vector<Producer> producers_;
  std::vector<Transaction> transactions_;  // id - 1
  engine::ByteBuffer bytes_;               // values of all output records, back to back
};

}  // namespace weir::sim
