#include "task/materializations.h"

#include <utility>

#include "task/user_code.h"

namespace weir::engine {

void Materializations::begin(std::size_t op, Changelog& log) {
  Run& run = runs_[op];
  run.log = &log;
  run.part.reset();
  const auto failure = run_user_code(FailureCause::SnapshotFailed, [&] { run.part = log.begin_materialization(); });
  if (failure) {
    fail(run);
  } else if (run.part) {
    const CostOptions& cost = site_.options().cost;
    return site_.arm(cost.snapshot_sync + cost.snapshot_async, TaskTimer::WriteMaterialized, op);
  }
  schedule(op);
}

// Nothing changed since the sync part fixed the content (SN-2).
void Materializations::on_timer(std::size_t op) {
  Run& run = runs_.at(op);
  Bytes content;
  const auto failure = run_user_code(FailureCause::SnapshotFailed, [&] { content = run.part->write(); });
  run.part->snapshot.reset();
  if (failure) {
    fail(run);
    return schedule(op);
  }
  const WriteId id = write_ids_.next(site_.subtask.id);
  const Write& write = writes_[id.value] = {op, path_of(op, run.part->id)};
  site_.env.storage.write(site_.process, id, write.path, std::move(content));
}

// No other attempt ever writes a file of that path (SN-18).
std::string Materializations::path_of(std::size_t op, std::uint64_t id) const {
  return "shared/" + site_.setup.directory + "materialized-" + std::to_string(id) + "/" + site_.subtask.name + "-" +
         std::to_string(site_.attempt.attempt.value) + "/" + std::to_string(op) + "-keyed";
}

bool Materializations::on_stored(WriteId id, const Status& status) {
  const auto at = writes_.find(id.value);
  if (at == writes_.end()) return false;
  const Write write = std::move(at->second);
  writes_.erase(at);
  const auto run = runs_.find(write.op);
  if (!status.ok() || run == runs_.end()) site_.env.storage.remove(write.path);
  if (run == runs_.end()) return true;
  status.ok() ? finish(run->second, write) : fail(run->second);
  schedule(write.op);
  return true;
}

void Materializations::finish(Run& run, const Write& write) {
  run.failures = 0;
  files_.push_back(std::make_shared<MaterializedFile>(MaterializedFile{write.path}));
  run.log->materialized(*run.part, files_.back());
  run.part.reset();
  remove_unreferenced();
}

// SN-21: tried again after the next interval.
void Materializations::fail(Run& run) {
  run.part.reset();
  if (++run.failures > kTolerableFailures) gave_up_ = true;
}

// Replaced before any checkpoint had it, or known to the JobManager by now.
void Materializations::remove_unreferenced() {
  std::erase_if(files_, [&](const auto& file) {
    if (file->sent) return true;
    if (file.use_count() > 1) return false;
    site_.env.storage.remove(file->path);
    return true;
  });
}

void Materializations::end() {
  runs_.clear();
  for (const auto& file : files_) {
    if (!file->sent) site_.env.storage.remove(file->path);
  }
  files_.clear();
}

void Materializations::forget() {
  runs_.clear();
  writes_.clear();
  files_.clear();
}

}  // namespace weir::engine
