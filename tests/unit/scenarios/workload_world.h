#pragma once

// A workload as the log and the files that a job reads. Nothing can be written.

#include <algorithm>
#include <stdexcept>
#include <string>

#include "weir/engine/environment.h"
#include "weir/sim/simulation.h"

namespace weir::scenarios::test {

class WorkloadLog final : public engine::LogBroker {
 public:
  explicit WorkloadLog(const sim::Workload& workload) : workload_(workload) {}
  std::uint32_t partitions(std::string_view topic) override {
    if (const sim::Topic* found = find(topic)) return static_cast<std::uint32_t>(found->partitions.size());
    const auto& outputs = workload_.output_topics;
    return std::find(outputs.begin(), outputs.end(), topic) == outputs.end() ? 0 : 1;
  }
  void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
             std::vector<engine::LogRecord>& out) override {
    const auto& records = find(topic)->partitions.at(partition);
    for (std::uint64_t i = offset; i < std::min<std::uint64_t>(records.size(), offset + max); ++i) {
      out.push_back({records[i], engine::Origin::of(0, partition, i)});
    }
  }
  std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) override {
    return find(topic)->partitions.at(partition).size();
  }
  engine::Result<std::uint32_t> register_producer(std::string_view, engine::AttemptId) override {
    throw std::logic_error("read only");
  }
  engine::Result<engine::TransactionId> begin(std::string_view, std::uint32_t, std::string_view) override {
    throw std::logic_error("read only");
  }
  engine::Status append(engine::TransactionId, std::uint32_t, engine::BytesView, engine::Origin) override {
    throw std::logic_error("read only");
  }
  engine::Status flush(engine::TransactionId) override { throw std::logic_error("read only"); }
  engine::Status commit(engine::TransactionId) override { throw std::logic_error("read only"); }
  engine::Status abort(engine::TransactionId) override { throw std::logic_error("read only"); }
  std::vector<std::string> open_producers(std::string_view) override { return {}; }
  std::vector<engine::TransactionId> open_transactions(std::string_view) override {
    throw std::logic_error("read only");
  }

 private:
  const sim::Topic* find(std::string_view topic) const {
    for (const sim::Topic& t : workload_.topics) {
      if (t.name == topic) return &t;
    }
    return nullptr;
  }
  const sim::Workload& workload_;
};

class WorkloadFiles final : public engine::InputFiles {
 public:
  explicit WorkloadFiles(const sim::Workload& workload) : workload_(workload) {}
  engine::Result<engine::BytesView> contents(std::string_view path) override {
    for (const sim::InputFile& file : workload_.files) {
      if (file.path == path) return engine::BytesView(file.contents);
    }
    return engine::Status(engine::StatusCode::NotFound, "no such file");
  }

 private:
  const sim::Workload& workload_;
};

}  // namespace weir::scenarios::test
