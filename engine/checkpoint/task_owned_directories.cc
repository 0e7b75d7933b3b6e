#include "checkpoint/task_owned_directories.h"

#include "state/merged_files.h"
#include "weir/engine/file_segment.h"

namespace weir::engine {

void TaskOwnedDirectories::began(ProcessId process, std::uint32_t incarnation) {
  const auto [at, fresh] = lives_.try_emplace(process, Life{incarnation, false});
  if (fresh || incarnation <= at->second.incarnation) return;
  abandon(process, at->second);
  at->second = {incarnation, false};
}

void TaskOwnedDirectories::ended(ProcessId process) {
  const auto life = lives_.find(process);
  if (life != lives_.end()) abandon(process, life->second);
}

void TaskOwnedDirectories::abandon(ProcessId process, Life& life) {
  if (!life.over) abandoned_.insert(task_owned_directory(job_, process, life.incarnation));
  life.over = true;
}

void TaskOwnedDirectories::adopt(const CompletedCheckpoint& checkpoint) { add_merged_files(checkpoint, adopted_); }

std::vector<std::string> TaskOwnedDirectories::take_unused_adopted(const std::set<std::string>& used_files) {
  std::vector<std::string> unused;
  for (const std::string& file : adopted_) {
    if (used_files.count(file) == 0) unused.push_back(file);
  }
  for (const std::string& file : unused) adopted_.erase(file);
  return unused;
}

void TaskOwnedDirectories::abandon_all() {
  for (auto& [process, life] : lives_) abandoned_.insert(task_owned_directory(job_, process, life.incarnation));
}

void TaskOwnedDirectories::forget_unused(const std::set<std::string>& used_files) {
  std::erase_if(abandoned_, [&](const std::string& directory) {
    const auto first = used_files.lower_bound(directory + "/");
    return first == used_files.end() || !first->starts_with(directory + "/");
  });
}

void add_merged_files(const std::vector<std::string>& locations, std::set<std::string>& files) {
  for (const std::string& location : locations) {
    if (const auto segment = as_segment(location)) files.insert(segment->file);
  }
}

void add_merged_files(const CompletedCheckpoint& checkpoint, std::set<std::string>& files) {
  std::vector<std::string> locations = files_of(checkpoint);
  append_shared_files(checkpoint, locations);
  add_merged_files(locations, files);
}

}  // namespace weir::engine
