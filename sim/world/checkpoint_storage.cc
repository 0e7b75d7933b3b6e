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
  last_append_.clear();
  for (std::size_t owner = 0; owner < processes_->size(); ++owner) latencies_.emplace_back(seed, "storage", owner);
}

void SimCheckpointStorage::clear() {
  writes_.clear();
  files_.clear();
  removed_at_end_.clear();
  job_over_ = false;
}

void SimCheckpointStorage::write(ProcessId owner, engine::WriteId id, std::string path, engine::Bytes content) {
  begin({owner, processes_->incarnation(owner), log_->cause(), id, std::move(path), std::move(content)});
}

void SimCheckpointStorage::append(ProcessId owner, engine::WriteId id, std::string path, engine::Bytes content) {
  begin({owner, processes_->incarnation(owner), log_->cause(), id, std::move(path), std::move(content), true});
}

void SimCheckpointStorage::begin(Write write) {
  WEIR_ASSERT(!write.path.empty(), "a file without a name is written to checkpoint storage");
  WEIR_ASSERT(processes_->place(write.owner) < latencies_.size(), "nobody writes to checkpoint storage");
  const Duration duration = transfer(write);
  QueuedEvent event;
  event.small = writes_.put(std::move(write));
  scheduler_->push_after(duration, Happening::Stored, event);
}

// 1 ns a byte. An append ends after those to the same file that were begun before it.
Duration SimCheckpointStorage::transfer(const Write& write) {
  const auto bytes = static_cast<std::int64_t>(write.content.size());
  const Duration alone{scheduler_->latency(latency_, latencies_[processes_->place(write.owner)]) + bytes};
  if (!write.append) return alone;
  Time& last = last_append_[write.path];
  last = std::max(scheduler_->now() + alone, last + Duration{1});
  return last - scheduler_->now();
}

void SimCheckpointStorage::complete(const QueuedEvent& event) {
  Write done = writes_.take(event.small);
  engine::Process* owner = processes_->find(done.owner, done.incarnation);
  if (owner == nullptr) return;
  log_->begin_handler(done.cause);
  log_->world(done.append ? WorldEventKind::StorageAppended : WorldEventKind::StorageWritten, engine::kStorageActor,
              static_cast<std::uint32_t>(done.content.size()), done.id.value, engine::hash_bytes(done.path));
  if (done.append) {
    files_[std::move(done.path)] += done.content;
  } else {
    files_.insert_or_assign(std::move(done.path), std::move(done.content));
  }
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

std::vector<std::string> SimCheckpointStorage::list(const std::string& directory) {
  std::vector<std::string> paths;
  const std::string prefix = directory + "/";
  for (auto file = files_.lower_bound(prefix); file != files_.end() && file->first.starts_with(prefix); ++file) {
    paths.push_back(file->first);
  }
  return paths;
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
