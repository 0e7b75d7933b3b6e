#pragma once

// Snapshots of one RocksDB in the form that every backend reads, written from what the database was when they were
// taken.

#include <memory>
#include <string>
#include <vector>

#include "state/rocksdb/rocks_cells.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

// The cells of `range`, of the pinned content, or of the newest when `pinned` is null.
Bytes canonical(RocksStates& cells, const std::vector<RocksStates::State>& states, const rocksdb::Snapshot* pinned,
                KeyGroupRange range, BytesView key_schema, Time taken_at);

// The open ones of a backend. Each pins a sequence number of the database until it is destroyed or released.
class CanonicalSnapshots {
 public:
  // Sync part. `store` and `cells` stay where they are while a snapshot is open.
  std::unique_ptr<PendingStateSnapshot> take(RocksStore& store, RocksStates& cells, KeyGroupRange range,
                                             std::string key_schema, Time now);
  bool none() const { return open_.empty(); }
  // The end of the backend: those still open are not written any more. Giving a pin back may queue a compaction.
  void release_all();

 private:
  class Pending;
  std::vector<Pending*> open_;
};

}  // namespace weir::engine
