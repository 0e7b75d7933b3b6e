#pragma once

// Brings the files of a native snapshot to a directory of the local disk.

#include <string>

#include "state/rocksdb/native_joint.h"
#include "weir/engine/environment.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

Result<NativeJoint> read_joint(const KeyedStateHandle& handle, CheckpointStorage& storage);
// `directory` is made anew, with every file of the joint and nothing else. The status names the file of checkpoint
// storage that is missing or is not what was written; the directory is incomplete then.
Status download(const KeyedStateHandle& handle, const NativeJoint& joint, CheckpointStorage& storage, LocalDisk& disk,
                const std::string& directory);

}  // namespace weir::engine
