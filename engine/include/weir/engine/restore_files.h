#pragma once

// Where a restore reads its files: in checkpoint storage, or on the local disk those that it has a good copy of
// (SN-25).

#include <map>
#include <string>
#include <utility>

#include "weir/engine/environment.h"

namespace weir::engine {

// What lies there, or NotFound; the view lives until the next call on the port.
Result<BytesView> read_location(CheckpointStorage& storage, const std::string& location);

// Outlived by its ports. Converts from checkpoint storage alone.
class RestoreFiles {
 public:
  using Copies = std::map<std::string, std::string>;  // from the path in a handle to one on the disk

  RestoreFiles(CheckpointStorage& storage) : storage_(&storage) {}  // NOLINT(google-explicit-constructor)
  RestoreFiles(CheckpointStorage& storage, LocalDisk& disk, Copies copies)
      : storage_(&storage), disk_(&disk), copies_(std::move(copies)) {}

  // Paths are locations: of a whole file or of a segment of one (SH-15).
  // The path of the copy on the local disk; null: there is none.
  const std::string* copy_of(const std::string& path) const {
    const auto found = copies_.find(path);
    return found == copies_.end() ? nullptr : &found->second;
  }
  // The view lives until the next call on either port.
  Result<BytesView> read(const std::string& path) const {
    const std::string* const copy = copy_of(path);
    return copy != nullptr ? disk_->read(*copy) : read_location(*storage_, path);
  }

 private:
  CheckpointStorage* storage_;
  LocalDisk* disk_ = nullptr;
  Copies copies_;
};

}  // namespace weir::engine
