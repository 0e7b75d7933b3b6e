#include "state/confirmed_uploads.h"

#include <algorithm>

#include "state/merged_files.h"

namespace weir::engine {

const SharedFile* ConfirmedUploads::reusable(const std::string& name, SharingStrategy strategy) const {
  if (strategy != SharingStrategy::Reuse) return nullptr;
  const auto base = by_checkpoint_.find(base_);
  if (base == by_checkpoint_.end()) return nullptr;
  const auto known = base->second.find(name);
  if (known == base->second.end() || uploaded_again(known->second)) return nullptr;
  return &known->second;
}

// SN-15: the JobManager may come to keep the newer copy only.
bool ConfirmedUploads::uploaded_again(const SharedFile& file) const {
  const bool under_way = std::any_of(under_way_.upper_bound(base_), under_way_.end(),
                                     [&](const auto& newer) { return newer.second.count(file.name) != 0; });
  return under_way || std::any_of(by_checkpoint_.upper_bound(base_), by_checkpoint_.end(), [&](const auto& newer) {
           const auto copy = newer.second.find(file.name);
           return copy != newer.second.end() && copy->second.path != file.path;
         });
}

ConfirmedUploads::Plan ConfirmedUploads::plan(const std::vector<std::string>& names, SharingStrategy strategy,
                                              const MergedFiles* merged) const {
  Plan plan;
  for (const std::string& name : names) {
    const SharedFile* const known = reusable(name, strategy);
    if (known == nullptr || (merged != nullptr && !merged->may_reuse(known->path))) {
      plan.upload.push_back(name);
    } else {
      plan.reused.push_back({known->name, known->path, known->size, true});
    }
  }
  return plan;
}

void ConfirmedUploads::begun(CheckpointId checkpoint, const std::vector<std::string>& upload) {
  under_way_[checkpoint] = {upload.begin(), upload.end()};
}

void ConfirmedUploads::uploaded(CheckpointId checkpoint, const std::vector<SharedFile>& files) {
  under_way_.erase(checkpoint);
  Files& mine = by_checkpoint_[checkpoint];
  for (const SharedFile& file : files) mine[file.name] = file;
}

void ConfirmedUploads::restored(CheckpointId checkpoint, const std::vector<SharedFile>& files) {
  uploaded(checkpoint, files);
  notify_complete(checkpoint);
}

// SN-15: not of ours (a savepoint, FLINK-23949), or older than the base.
void ConfirmedUploads::notify_complete(CheckpointId checkpoint) {
  if (checkpoint <= base_ || by_checkpoint_.count(checkpoint) == 0) return;
  base_ = checkpoint;
  by_checkpoint_.erase(by_checkpoint_.begin(), by_checkpoint_.find(checkpoint));
  under_way_.erase(under_way_.begin(), under_way_.upper_bound(checkpoint));
}

void ConfirmedUploads::notify_aborted(CheckpointId checkpoint) {
  by_checkpoint_.erase(checkpoint);
  under_way_.erase(checkpoint);
}

}  // namespace weir::engine
