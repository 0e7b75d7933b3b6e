#include "reference/read_only_world.h"

#include <algorithm>
#include <string>

#include "weir/engine/assert.h"

namespace weir::properties {
namespace {

[[noreturn]] void refuse() {
  engine::fail_invariant("read only", "the sequential reference tried to write to the log", __FILE__, __LINE__);
}

}  // namespace

const sim::Topic* ReadOnlyLog::find(std::string_view topic) const {
  for (const sim::Topic& t : workload_->topics) {
    if (t.name == topic) return &t;
  }
  return nullptr;
}

const std::vector<engine::Bytes>* ReadOnlyLog::records(std::string_view topic, std::uint32_t partition) const {
  const sim::Topic* found = find(topic);
  return found != nullptr && partition < found->partitions.size() ? &found->partitions[partition] : nullptr;
}

std::uint32_t ReadOnlyLog::partitions(std::string_view topic) {
  if (const sim::Topic* found = find(topic)) return static_cast<std::uint32_t>(found->partitions.size());
  const auto& outputs = workload_->output_topics;  // written to, never read here
  return std::find(outputs.begin(), outputs.end(), topic) != outputs.end() ? 1 : 0;
}

void ReadOnlyLog::fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
                        std::vector<engine::LogRecord>& out) {
  const std::vector<engine::Bytes>* all = records(topic, partition);
  if (all == nullptr) return;
  const std::uint64_t end = std::min<std::uint64_t>(all->size(), offset + max);
  for (std::uint64_t at = offset; at < end; ++at) out.push_back({(*all)[at], engine::Origin::of(0, partition, at)});
}

std::uint64_t ReadOnlyLog::end_offset(std::string_view topic, std::uint32_t partition) {
  const std::vector<engine::Bytes>* all = records(topic, partition);
  return all != nullptr ? all->size() : 0;
}

engine::Result<std::uint32_t> ReadOnlyLog::register_producer(std::string_view, engine::AttemptId) { refuse(); }
engine::Result<engine::TransactionId> ReadOnlyLog::begin(std::string_view, std::uint32_t, std::string_view) {
  refuse();
}
engine::Status ReadOnlyLog::append(engine::TransactionId, std::uint32_t, engine::BytesView, engine::Origin) {
  refuse();
}
engine::Status ReadOnlyLog::flush(engine::TransactionId) { refuse(); }
engine::Status ReadOnlyLog::commit(engine::TransactionId) { refuse(); }
engine::Status ReadOnlyLog::abort(engine::TransactionId) { refuse(); }
std::vector<engine::TransactionId> ReadOnlyLog::open_transactions(std::string_view) { refuse(); }
std::vector<std::string> ReadOnlyLog::open_producers(std::string_view) { refuse(); }

engine::Result<engine::BytesView> ReadOnlyFiles::contents(std::string_view path) {
  for (const sim::InputFile& file : workload_->files) {
    if (file.path == path) return engine::BytesView(file.contents);
  }
  return engine::Status(engine::StatusCode::NotFound, "the workload has no file '" + std::string(path) + "'");
}

}  // namespace weir::properties
