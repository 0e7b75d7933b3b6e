#include "world/log_broker.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::sim {

using engine::Result;
using engine::Status;
using engine::StatusCode;

namespace {

constexpr std::uint32_t kMaxPartitions = 0x10000;

std::string text(TransactionId id) { return "transaction " + std::to_string(id.value); }

}  // namespace

void SimLogBroker::reset(const Workload& workload) {
  workload_ = &workload;
  topics_.resize(workload.output_topics.size());
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    topics_[i].name = workload.output_topics[i];
    topics_[i].used = 0;
  }
  producer_names_.clear();
  producers_.clear();
  transactions_.clear();
  bytes_.clear();
}

// --- input ---------------------------------------------------------------------------------------------------------

const Topic* SimLogBroker::input_topic(std::string_view name) const {
  const auto named = [&](const Topic& topic) { return topic.name == name; };
  const auto found = std::find_if(workload_->topics.begin(), workload_->topics.end(), named);
  return found == workload_->topics.end() ? nullptr : &*found;
}

const SimLogBroker::OutputTopic* SimLogBroker::output_topic(std::string_view name) const {
  const auto named = [&](const OutputTopic& topic) { return topic.name == name; };
  const auto found = std::find_if(topics_.begin(), topics_.end(), named);
  return found == topics_.end() ? nullptr : &*found;
}

std::uint32_t SimLogBroker::partitions(std::string_view topic) {
  if (const Topic* input = input_topic(topic)) return static_cast<std::uint32_t>(input->partitions.size());
  return output_topic(topic) == nullptr ? 0 : kMaxPartitions;
}

void SimLogBroker::fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
                         std::vector<engine::LogRecord>& out) {
  const Topic* input = input_topic(topic);
  if (input == nullptr || partition >= input->partitions.size()) return;
  const std::vector<engine::Bytes>& records = input->partitions[partition];
  for (; max > 0 && offset < records.size(); --max, ++offset) {
    out.push_back({records[offset], engine::Origin::of(0, partition, offset)});
  }
}

std::uint64_t SimLogBroker::end_offset(std::string_view topic, std::uint32_t partition) {
  if (const Topic* input = input_topic(topic)) {
    return partition < input->partitions.size() ? input->partitions[partition].size() : 0;
  }
  const OutputTopic* output = output_topic(topic);
  return output != nullptr && partition < output->used ? output->partitions[partition].last_stable_offset() : 0;
}

// --- output --------------------------------------------------------------------------------------------------------

Result<std::uint32_t> SimLogBroker::register_producer(std::string_view producer_name, engine::AttemptId owner) {
  auto found = producer_names_.find(producer_name);
  if (found == producer_names_.end()) {
    const auto index = static_cast<std::uint32_t>(producers_.size());
    found = producer_names_.emplace(std::string(producer_name), index).first;
    producers_.emplace_back();
  }
  Producer& producer = producers_[found->second];
  if (owner < producer.owner) {
    return Status(StatusCode::Fenced, "attempt " + std::to_string(producer.owner.value) + " has registered " +
                                          std::string(producer_name) + " since");
  }
  producer.owner = owner;
  return ++producer.epoch;
}

Result<TransactionId> SimLogBroker::begin(std::string_view producer_name, std::uint32_t epoch, std::string_view topic) {
  const auto producer = producer_names_.find(producer_name);
  if (producer == producer_names_.end())
    return Status(StatusCode::NotFound, "no producer " + std::string(producer_name));
  if (producers_[producer->second].epoch != epoch) {
    return Status(StatusCode::Fenced, "a newer producer " + std::string(producer_name) + " exists");
  }
  const OutputTopic* output = output_topic(topic);
  if (output == nullptr) return Status(StatusCode::NotFound, "the workload has no output topic " + std::string(topic));
  transactions_.push_back({producer->second, epoch, static_cast<std::uint32_t>(output - topics_.data())});
  producers_[producer->second].open.push_back({transactions_.size()});
  return TransactionId{transactions_.size()};
}

Status SimLogBroker::writable(TransactionId id) {
  const Transaction* transaction = find(id);
  if (transaction == nullptr) return Status(StatusCode::NotFound, "no " + text(id));
  if (fenced(*transaction)) return Status(StatusCode::Fenced, text(id) + " belongs to an older epoch");
  if (transaction->state != TransactionState::Open) return Status(StatusCode::NotFound, text(id) + " has ended");
  return Status();
}

Status SimLogBroker::append(TransactionId id, std::uint32_t partition, engine::BytesView value, engine::Origin origin) {
  WEIR_ASSERT(partition < kMaxPartitions, "a partition that no sink can have");
  Transaction* const found = find(id);
  if (found == nullptr || !takes_records(*found)) [[unlikely]]
    return writable(id);
  Transaction& transaction = *found;
  const std::uint64_t start = bytes_.size();
  bytes_.append(value);
  partition_of(topics_[transaction.topic], partition)
      .append({start, static_cast<std::uint32_t>(value.size()), transaction.appended++, id, origin});
  return Status();
}

// Spare partitions keep their memory from run to run.
void SimLogBroker::make_partitions(OutputTopic& topic, std::size_t count) {
  if (count > topic.partitions.size()) topic.partitions.resize(count);
  for (; topic.used < count; ++topic.used) topic.partitions[topic.used].clear();
}

Status SimLogBroker::flush(TransactionId id) {
  if (Status status = writable(id); !status.ok()) return status;
  find(id)->flushed = find(id)->appended;
  return Status();
}

Status SimLogBroker::commit(TransactionId id) {
  Transaction* transaction = find(id);
  if (transaction == nullptr) return Status(StatusCode::NotFound, "no " + text(id));
  if (transaction->state == TransactionState::Committed) return Status();  // TX-1
  if (transaction->state == TransactionState::Aborted) {
    return Status(fenced(*transaction) ? StatusCode::Fenced : StatusCode::NotFound, text(id) + " was aborted");
  }
  if (!fenced(*transaction)) transaction->flushed = transaction->appended;
  settle(id, TransactionState::Committed);
  return Status();
}

Status SimLogBroker::abort(TransactionId id) {
  Transaction* transaction = find(id);
  if (transaction == nullptr) return Status(StatusCode::NotFound, "no " + text(id));
  if (transaction->state == TransactionState::Aborted) return Status();
  if (transaction->state == TransactionState::Committed) {
    return Status(StatusCode::NotFound, text(id) + " is committed, which cannot be undone");
  }
  settle(id, TransactionState::Aborted);
  return Status();
}

void SimLogBroker::settle(TransactionId id, TransactionState state) {
  Transaction& transaction = *find(id);
  transaction.state = state;
  std::vector<TransactionId>& open = producers_[transaction.producer].open;
  open.erase(std::find(open.begin(), open.end(), id));
  const bool committed = state == TransactionState::Committed;
  log_->world(committed ? WorldEventKind::LogCommitted : WorldEventKind::LogAborted, engine::kLogBrokerActor,
              committed ? transaction.flushed : transaction.appended, id.value);
  publish(topics_[transaction.topic]);
}

std::vector<TransactionId> SimLogBroker::open_transactions(std::string_view producer_name) {
  const auto found = producer_names_.find(producer_name);
  return found == producer_names_.end() ? std::vector<TransactionId>{} : producers_[found->second].open;
}

std::vector<std::string> SimLogBroker::open_producers(std::string_view prefix) {
  std::vector<std::string> names;
  for (auto at = producer_names_.lower_bound(prefix); at != producer_names_.end(); ++at) {
    if (std::string_view(at->first).substr(0, prefix.size()) != prefix) break;
    if (!producers_[at->second].open.empty()) names.push_back(at->first);
  }
  return names;
}

// --- readers -------------------------------------------------------------------------------------------------------

void SimLogBroker::publish(OutputTopic& topic) {
  VisibleRun run;
  for (std::uint32_t p = 0; p < topic.used; ++p) {
    while (topic.partitions[p].advance(transactions_, run)) {
      if (run.count > 0) report(topic, p, run);
    }
  }
}

void SimLogBroker::report(const OutputTopic& topic, std::uint32_t partition, const VisibleRun& run) {
  log_->world(WorldEventKind::LogVisible, engine::kLogBrokerActor, run.count, run.transaction.value, run.first);
  if (log_->observer() == nullptr) return;
  const OutputPartition& records = topic.partitions[partition];
  for (std::uint64_t offset = run.first; offset < run.first + run.count; ++offset) {
    log_->observer()->on_visible(view(topic, partition, records.at(offset)));
  }
}

VisibleRecord SimLogBroker::view(const OutputTopic& topic, std::uint32_t partition, const LoggedRecord& record) const {
  return {topic.name, partition, record.transaction, bytes_.view().substr(record.start, record.size), record.origin};
}

std::vector<VisibleRecord> SimLogBroker::visible() const {
  std::vector<VisibleRecord> all;
  for (const OutputTopic& topic : topics_) {
    for (std::uint32_t p = 0; p < topic.used; ++p) {
      const OutputPartition& records = topic.partitions[p];
      for (std::uint64_t offset = 0; offset < records.last_stable_offset(); ++offset) {
        if (!OutputPartition::readable(records.at(offset), transactions_)) continue;
        all.push_back(view(topic, p, records.at(offset)));
      }
    }
  }
  return all;
}

}  // namespace weir::sim
