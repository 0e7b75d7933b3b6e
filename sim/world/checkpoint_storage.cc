#include "world/checkpoint_storage.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"
#include "weir/engine/hash.h"

namespace weir::sim {

void SimCheckpointStorage::reset(std::uint64_t seed, LatencyRange latency) {
  clear();
  latency_ = latency;
  begin_stage(seed);
}

void SimCheckpointStorage::begin_stage(std::uint64_t seed) {
  writes_.clear();
  removed_at_end_.clear();
  job_over_ = false;
  latencies_.clear();
  for (std::size_t owner = 0; owner < processes_->size(); ++owner) latencies_.emplace_back(seed, "storage", owner);
}

void SimCheckpointStorage::clear() {
  writes_.clear();
  files_.clear();
  removed_at_end_.clear();
  job_over_ = false;
}

void SimCheckpointStorage::write(ProcessId owner, engine::WriteId id, std::string path, engine::Bytes content) {
  WEIR_ASSERT(!path.empty(), "a file without a name is written to checkpoint storage");
  WEIR_ASSERT(owner.value < latencies_.size(), "nobody writes to checkpoint storage");
  const std::int64_t transfer = static_cast<std::int64_t>(content.size());  // 1 ns a byte
  const Duration duration{scheduler_->latency(latency_, latencies_[owner.value]) + transfer};
  QueuedEvent event;
  event.small =
      writes_.put({owner, processes_->incarnation(owner), log_->cause(), id, std::move(path), std::move(content)});
  scheduler_->push_after(duration, Happening::Stored, event);
}

void SimCheckpointStorage::complete(const QueuedEvent& event) {
  Write done = writes_.take(event.small);
  engine::Process* owner = processes_->find(done.owner, done.incarnation);
  if (owner == nullptr) return;
  log_->begin_handler(done.cause);
  log_->world(WorldEventKind::StorageWritten, engine::kStorageActor, static_cast<std::uint32_t>(done.content.size()),
              done.id.value, engine::hash_bytes(done.path));
  files_.insert_or_assign(std::move(done.path), std::move(done.content));
  owner->on_stored(done.id, engine::Status());
}

engine::Result<engine::BytesView> SimCheckpointStorage::read(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return engine::Status(engine::StatusCode::NotFound, "no complete file " + path);
  return engine::BytesView(found->second);
}

void SimCheckpointStorage::remove(const std::string& path) {
  auto removed = files_.extract(path);
  if (removed.empty()) return;
  if (job_over_) removed_at_end_.insert(std::move(removed));
  log_->world(WorldEventKind::StorageRemoved, engine::kStorageActor, 0, 0, engine::hash_bytes(path));
}

std::vector<StoredFile> SimCheckpointStorage::kept() const {
  std::vector<StoredFile> all;
  for (const auto* files : {&files_, &removed_at_end_}) {
    for (const auto& [path, content] : *files) all.push_back({path, content});
  }
  std::sort(all.begin(), all.end(), [](const StoredFile& a, const StoredFile& b) { return a.path < b.path; });
  return all;
}

}  // namespace weir::sim
