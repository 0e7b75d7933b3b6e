#pragma once

// Brings the files of a native snapshot to a directory of the local disk, and reads the database they make up.

#include <set>
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

// Reads one native snapshot without a backend: its joint first, then its files in any order, then its cells. The disk
// is lent; it is left without the files.
class NativeReading {
 public:
  explicit NativeReading(LocalDisk& disk) : disk_(disk) {}
  ~NativeReading();
  NativeReading(const NativeReading&) = delete;
  NativeReading& operator=(const NativeReading&) = delete;

  // The bytes of the handle.
  Status begin(BytesView joint, std::uint32_t max_parallelism);
  // Corrupt when the content is not what was written. A file that is none of the joint's is let be.
  Status add(const std::string& name, BytesView content);
  // The cells of `range` in the canonical form. Corrupt when a file was not added or RocksDB does not read them.
  Result<Bytes> cells(KeyGroupRange range);

 private:
  LocalDisk& disk_;
  NativeJoint joint_;
  std::set<std::string> missing_;
};

}  // namespace weir::engine
