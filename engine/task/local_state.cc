#include "task/local_state.h"

#include <algorithm>
#include <utility>

#include "task/local_copy.h"
#include "weir/engine/hash.h"

namespace weir::engine {

void LocalState::write(CheckpointId checkpoint, const PlacedSnapshot& placed) {
  if (placed.files.empty() || store_.disposed()) return;  // all of it is inlined, or there is none
  auto copy = write_local_copy(disk_, defects_, checkpoint, placed, directory_of(checkpoint));
  if (!copy.ok()) return remove(checkpoint);
  written_.insert_or_assign(checkpoint, std::move(copy.value()));
}

void LocalState::keep(CheckpointId checkpoint) {
  auto written = written_.extract(checkpoint);
  if (!written.empty() && !store_.add(std::move(written.mapped()))) remove(checkpoint);
}

void LocalState::discard(CheckpointId checkpoint) {
  if (written_.erase(checkpoint) > 0) remove(checkpoint);
}

void LocalState::dispose() {
  store_.dispose();
  written_.clear();
  if (disk_.exists(directory_)) static_cast<void>(disk_.remove_directory(directory_));
}

LocalRestore LocalState::choose(CheckpointId restored, const SubtaskState& remote) {
  const LocalCopy* const copy = restored != kNoCheckpoint ? store_.find(restored) : nullptr;
  LocalRestore restore{copy != nullptr ? choose_local(remote, *copy, defects_) : choose_remote(remote)};
  if (copy != nullptr) {
    for (const auto& [path, local] : restore.choice.files) restore.seals.insert(*copy->seals.find(local));
  }
  remove(store_.keep_only(copy));
  return restore;
}

bool LocalState::intact(const LocalRestore& restore) const {
  return std::all_of(restore.seals.begin(), restore.seals.end(), [&](const auto& entry) {
    const Result<BytesView> bytes = disk_.read(entry.first);
    return bytes.ok() && LocalSeal{bytes.value().size(), hash_bytes(bytes.value())} == entry.second;
  });
}

void LocalState::remove(const LocalStateStore::Pruned& pruned) {
  for (const CheckpointId checkpoint : pruned) remove(checkpoint);
}

// What cannot be removed is never used again, and goes with the allocation or with the process.
void LocalState::remove(CheckpointId checkpoint) {
  const std::string path = directory_of(checkpoint);
  if (disk_.exists(path)) static_cast<void>(disk_.remove_directory(path));
}

}  // namespace weir::engine
