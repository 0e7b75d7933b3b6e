#pragma once

// Brings the files of a native snapshot to a directory of the local disk, and reads the database they make up.

#include <string>

#include "state/rocksdb/native_joint.h"
#include "weir/engine/environment.h"
#include "weir/engine/restore_files.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

Result<NativeJoint> read_joint(const KeyedStateHandle& handle, const RestoreFiles& files);
// `directory` is made anew, with every file of the joint and nothing else: hard links to tables that lie on this disk
// already, and downloads. The status names the file of checkpoint storage that is missing or is not what was written;
// the directory is incomplete then.
Status download(const KeyedStateHandle& handle, const NativeJoint& joint, const RestoreFiles& files, LocalDisk& disk,
                const std::string& directory);
// The cells of `range` that the database in `directory` has, in the canonical form. Throws OperatorFailure.
Bytes read_cells(const NativeJoint& joint, const std::string& directory, LocalDisk& disk, const Clock& clock,
                 KeyGroupRange range);

}  // namespace weir::engine
