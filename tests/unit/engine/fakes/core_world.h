#pragma once

// A small world for operators under test: a log in memory with transactions and fencing, files, recorded events.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "task/absent_ports.h"
#include "weir/engine/environment.h"
#include "weir/engine/operator.h"

namespace weir::engine::fakes {

class CoreLog final : public LogBroker {
 public:
  enum class State { Open, Flushed, Committed, Aborted };
  struct Transaction {
    std::string producer;
    std::uint32_t epoch = 0;
    std::string topic;
    State state = State::Open;
    std::vector<std::string> records;
  };

  void create(const std::string& topic, std::vector<std::vector<std::string>> partitions) {
    topics_[topic] = std::move(partitions);
  }

  std::uint32_t partitions(std::string_view topic) override {
    const auto found = topics_.find(topic);
    return found == topics_.end() ? 0 : static_cast<std::uint32_t>(found->second.size());
  }
  void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
             std::vector<LogRecord>& out) override {
    const auto& records = topics_.find(topic)->second[partition];
    for (; max > 0 && offset < records.size(); --max, ++offset) {
      out.push_back({records[offset], Origin::of(0, partition, offset)});
    }
  }
  std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) override {
    return topics_.find(topic)->second[partition].size();
  }
  Result<std::uint32_t> register_producer(std::string_view producer, AttemptId owner) override {
    AttemptId& latest = owners_[std::string(producer)];
    if (owner < latest) return Status(StatusCode::Fenced, "a later attempt has registered it");
    latest = owner;
    return ++epochs_[std::string(producer)];
  }
  Result<TransactionId> begin(std::string_view producer, std::uint32_t epoch, std::string_view topic) override {
    if (epochs_[std::string(producer)] != epoch) return Status(StatusCode::Fenced, "a newer producer is registered");
    transactions.push_back({std::string(producer), epoch, std::string(topic), State::Open, {}});
    return TransactionId{transactions.size()};
  }
  Status append(TransactionId id, std::uint32_t, BytesView value, Origin) override {
    if (fenced(at(id))) return {StatusCode::Fenced, "a newer producer is registered"};
    at(id).records.emplace_back(value);
    return {};
  }
  Status flush(TransactionId id) override {
    at(id).state = State::Flushed;
    return {};
  }
  Status commit(TransactionId id) override {
    if (const auto refused = refused_commits.find(id); refused != refused_commits.end()) return refused->second;
    if (at(id).state == State::Aborted) return {StatusCode::NotFound, "the transaction was aborted"};
    at(id).state = State::Committed;
    return {};
  }
  Status abort(TransactionId id) override {
    if (refuse_abort) return *refuse_abort;
    if (at(id).state == State::Committed || at(id).state == State::Aborted) return {StatusCode::NotFound, "decided"};
    at(id).state = State::Aborted;
    return {};
  }
  std::vector<std::string> open_producers(std::string_view prefix) override {
    std::set<std::string> names;
    for (const Transaction& t : transactions) {
      const bool open = t.state == State::Open || t.state == State::Flushed;
      if (open && t.producer.compare(0, prefix.size(), prefix) == 0) names.insert(t.producer);
    }
    return {names.begin(), names.end()};
  }
  std::vector<TransactionId> open_transactions(std::string_view producer) override {
    std::vector<TransactionId> open;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
      const Transaction& t = transactions[i];
      if (t.producer == producer && (t.state == State::Open || t.state == State::Flushed)) open.push_back({i + 1});
    }
    return open;
  }

  Transaction& at(TransactionId id) { return transactions[id.value - 1]; }
  std::vector<std::string> committed() const {
    std::vector<std::string> all;
    for (const Transaction& t : transactions) {
      if (t.state == State::Committed) all.insert(all.end(), t.records.begin(), t.records.end());
    }
    return all;
  }

  std::vector<Transaction> transactions;  // id is position + 1
  std::map<TransactionId, Status> refused_commits;
  std::optional<Status> refuse_abort;

 private:
  bool fenced(const Transaction& t) const { return epochs_.at(t.producer) != t.epoch; }

  std::map<std::string, std::vector<std::vector<std::string>>, std::less<>> topics_;
  std::map<std::string, std::uint32_t> epochs_;
  std::map<std::string, AttemptId> owners_;
};

class CoreFiles final : public InputFiles {
 public:
  Result<BytesView> contents(std::string_view path) override {
    const auto found = files.find(path);
    if (found == files.end()) return Status(StatusCode::NotFound, "there is no file '" + std::string(path) + "'");
    return BytesView(found->second);
  }
  std::map<std::string, std::string, std::less<>> files;
};

struct CoreEvents final : EventSink {
  void emit(const Event& event) override { all.push_back(event); }
  std::vector<Event> of(EventKind kind) const {
    std::vector<Event> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found), [&](const Event& e) { return e.kind == kind; });
    return found;
  }
  std::vector<Event> all;
};

struct CoreWorld {
  CoreLog log;
  CoreFiles files;
  CoreEvents events;
  DefectSet defects;
  AbsentPorts absent;
  Environment environment = absent.with(events, log, files, defects);
};

// One attempt's context. `restored` state is put into `operator_state` before the operator opens.
struct CoreAttempt {
  explicit CoreAttempt(CoreWorld& world, std::uint32_t index = 0, std::uint32_t parallelism = 1)
      : CoreAttempt(world.environment, index, parallelism) {}
  explicit CoreAttempt(Environment& environment, std::uint32_t index = 0, std::uint32_t parallelism = 1)
      : context{environment, chain,       OperatorId{1}, "op",    SubtaskId{7}, AttemptId{1},
                index,       parallelism, 128,           nullptr, state,        alarm} {}
  CoreAttempt(CoreAttempt&) = delete;
  CoreAttempt& operator=(CoreAttempt&) = delete;

  void restore(CheckpointId checkpoint, const std::string& list, OperatorStateStore::List elements) {
    state.list(list) = std::move(elements);
    context.restored = checkpoint;
    context.in_restored = true;
  }

  ChainContext chain;
  OperatorStateStore state;
  struct LastSet final : Alarm {
    void set(Time time) override { at = time; }
    std::optional<Time> at;
  } alarm;
  OperatorContext context;
};

// Keeps what it is given, with the origin it came with.
template <class T>
struct CoreCollector final : Collector<T> {
  explicit CoreCollector(const ChainContext& c) : chain(c) {}
  void collect(const T& value) override {
    values.push_back(value);
    origins.push_back(chain.origin);
  }
  void watermark(EventTime watermark) override { watermarks.push_back(watermark); }
  void status(WatermarkStatus status) override { statuses.push_back(status); }
  AnyCollector any() { return AnyCollector(static_cast<Collector<T>*>(this)); }
  const ChainContext& chain;
  std::vector<T> values;
  std::vector<Origin> origins;
  std::vector<EventTime> watermarks;
  std::vector<WatermarkStatus> statuses;
};

}  // namespace weir::engine::fakes
