#pragma once

// Which files of earlier snapshots an incremental backend may refer to in the next one (SN-13..SN-16). Only those of a
// checkpoint that was reported complete: an unconfirmed one may have been lost on the way, or be deleted any time.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "weir/engine/state_handle.h"
#include "weir/engine/types.h"

namespace weir::engine {

class MergedFiles;

// SN-16
enum class SharingStrategy : std::uint8_t {
  Reuse,      // a checkpoint
  Full,       // the first checkpoint after a NO_CLAIM restore: shared files, none of them old
  Exclusive,  // a savepoint: nothing is shared, and it leaves no mark here (SP-4)
};

class ConfirmedUploads {
 public:
  struct Plan {
    std::vector<SharedFile> reused;   // placeholders
    std::vector<std::string> upload;  // names; under a new path, also if some other snapshot uploaded them (SN-14)
  };
  // `names`: the files that make up the new snapshot, by the backend's names. `merged` has a say if not null (SH-15).
  Plan plan(const std::vector<std::string>& names, SharingStrategy strategy, const MergedFiles* merged = nullptr) const;
  // The sync part of a snapshot chose to upload these, which older copies must not be used for any more (SN-15).
  void begun(CheckpointId checkpoint, const std::vector<std::string>& upload);
  // All shared files of a snapshot that was acknowledged, reused ones included.
  void uploaded(CheckpointId checkpoint, const std::vector<SharedFile>& files);
  // The attempt was restored from this checkpoint and knows its files: it counts as confirmed (G-5).
  void restored(CheckpointId checkpoint, const std::vector<SharedFile>& files);

  void notify_complete(CheckpointId checkpoint);
  void notify_aborted(CheckpointId checkpoint);

  CheckpointId base() const { return base_; }  // 0: none, everything is uploaded

 private:
  using Files = std::map<std::string, SharedFile>;  // by name
  const SharedFile* reusable(const std::string& name, SharingStrategy strategy) const;
  bool uploaded_again(const SharedFile& file) const;

  std::map<CheckpointId, Files> by_checkpoint_;
  std::map<CheckpointId, std::set<std::string>> under_way_;
  CheckpointId base_{};
};

}  // namespace weir::engine
