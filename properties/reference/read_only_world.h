#pragma once

// The input of a workload as the engine's ports see it, and nothing else: whoever tries to write has a bug.

#include "weir/engine/environment.h"
#include "weir/sim/simulation.h"

namespace weir::properties {

class ReadOnlyLog final : public engine::LogBroker {
 public:
  // `workload` must outlive it.
  explicit ReadOnlyLog(const sim::Workload& workload) : workload_(&workload) {}

  // A topic that sinks write to has one, as far as a reader can tell.
  std::uint32_t partitions(std::string_view topic) override;
  void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
             std::vector<engine::LogRecord>& out) override;
  std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) override;

  engine::Result<std::uint32_t> register_producer(std::string_view producer_name, engine::AttemptId owner) override;
  engine::Result<engine::TransactionId> begin(std::string_view producer_name, std::uint32_t epoch,
                                              std::string_view topic) override;
  engine::Status append(engine::TransactionId transaction, std::uint32_t partition, engine::BytesView value,
                        engine::Origin origin) override;
  engine::Status flush(engine::TransactionId transaction) override;
  engine::Status commit(engine::TransactionId transaction) override;
  engine::Status abort(engine::TransactionId transaction) override;
  std::vector<engine::TransactionId> open_transactions(std::string_view producer_name) override;
  std::vector<std::string> open_producers(std::string_view prefix) override;

 private:
  const sim::Topic* find(std::string_view topic) const;
  const std::vector<engine::Bytes>* records(std::string_view topic, std::uint32_t partition) const;
  const sim::Workload* workload_;
};

class ReadOnlyFiles final : public engine::InputFiles {
 public:
  explicit ReadOnlyFiles(const sim::Workload& workload) : workload_(&workload) {}
  engine::Result<engine::BytesView> contents(std::string_view path) override;

 private:
  const sim::Workload* workload_;
};

}  // namespace weir::properties
