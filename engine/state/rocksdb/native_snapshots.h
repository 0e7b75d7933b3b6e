#pragma once

// The native snapshots of one RocksDB (SN-12..SN-18): which files make one up, which of them storage has already, and
// the hard links that keep the others until they are uploaded, whatever compactions do meanwhile.

#include <map>
#include <memory>
#include <string>

#include "state/confirmed_uploads.h"
#include "state/rocksdb/native_joint.h"
#include "state/rocksdb/rocks_store.h"
#include "weir/engine/environment.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

class NativeSnapshots {
 public:
  // `directory` is the database's; `backend` names a database that starts empty; `keeps_linked`: see
  // NativeSnapshot::linked.
  NativeSnapshots(Environment& environment, LocalDisk& disk, std::string directory, std::string backend,
                  bool keeps_linked);

  // Sync part: `store` is flushed. `joint` says what the states are; the rest of it is filled in here. Throws
  // OperatorFailure.
  std::unique_ptr<PendingStateSnapshot> take(const SnapshotRequest& request, const RocksStore& store,
                                             NativeJoint joint);
  // The database was opened from the files of one handle and goes on under its name. Base 0: they may not be used
  // again.
  void restored(const NativeJoint& joint, const std::vector<SharedFile>& files, CheckpointId base);
  void notify_complete(CheckpointId checkpoint) { core_->uploads.notify_complete(checkpoint); }
  void notify_aborted(CheckpointId checkpoint) { core_->uploads.notify_aborted(checkpoint); }

 private:
  // What snapshots under way share with the backend; they notice when it is gone.
  struct Core {
    LocalDisk& disk;
    const DefectSet& defects;
    ConfirmedUploads uploads = {};
    std::map<std::string, SealedFile> known = {};  // table files that were read once; a name is never used twice
  };
  class Pending;

  void forget_obsolete(const std::vector<std::string>& live);
  void link_tables(const std::vector<std::string>& names, const std::string& links);

  std::shared_ptr<Core> core_;
  std::string directory_;
  std::string backend_;
  bool keeps_linked_;
};

}  // namespace weir::engine
