#include "state/confirmed_uploads.h"

namespace weir::engine {

const SharedFile* ConfirmedUploads::reusable(const std::string& name, SharingStrategy strategy) const {
  if (strategy != SharingStrategy::Reuse) return nullptr;
  const auto base = by_checkpoint_.find(base_);
  if (base == by_checkpoint_.end()) return nullptr;
  const auto known = base->second.find(name);
  return known == base->second.end() ? nullptr : &known->second;
}

ConfirmedUploads::Plan ConfirmedUploads::plan(const std::vector<std::string>& names, SharingStrategy strategy) const {
  Plan plan;
  for (const std::string& name : names) {
    const SharedFile* const known = reusable(name, strategy);
    if (known == nullptr) {
      plan.upload.push_back(name);
    } else {
      plan.reused.push_back({known->name, known->path, known->size, true});
    }
  }
  return plan;
}

// SN-15: what a newer snapshot uploaded again is not taken from the base any more, since the JobManager may come to
// keep the newer copy only.
void ConfirmedUploads::uploaded(CheckpointId checkpoint, const std::vector<SharedFile>& files) {
  Files& mine = by_checkpoint_[checkpoint];
  const auto base = by_checkpoint_.find(base_);
  for (const SharedFile& file : files) {
    mine[file.name] = file;
    if (base_ == checkpoint || base == by_checkpoint_.end()) continue;
    const auto old = base->second.find(file.name);
    if (old != base->second.end() && old->second.path != file.path) base->second.erase(old);
  }
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
}

}  // namespace weir::engine
