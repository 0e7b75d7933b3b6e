#include "checkpoint/shared_state_registry.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

std::string directory_of(CheckpointId checkpoint) { return "chk-" + std::to_string(checkpoint.value) + "/"; }

}  // namespace

template <class Use>
Status SharedStateRegistry::for_each(std::vector<KeyedStateHandle>& handles, Use use) {
  for (KeyedStateHandle& handle : handles) {
    for (SharedFile& file : handle.shared) {
      if (Status status = use(file); !status.ok()) return status;
    }
  }
  return {};
}

template <class Use>
Status SharedStateRegistry::for_each(SubtaskState& state, Use use) {
  for (SubtaskState::Operator& op : state.operators) {
    if (Status status = for_each(op.state.managed_keyed, use); !status.ok()) return status;
  }
  return {};
}

// SH-1
Status SharedStateRegistry::check(const SharedFile& file) const {
  const auto known = entries_.find(file.path);
  if (known == entries_.end()) {
    if (!file.placeholder) return {};
    return Status(StatusCode::Invalid, "a snapshot refers to " + file.path +
                                           ", which no acknowledged checkpoint has uploaded: only files of confirmed "
                                           "checkpoints may be used again");
  }
  if (file.placeholder || file.size == known->second.file.size) return {};
  return Status(StatusCode::Invalid, file.path + " is registered with " + std::to_string(known->second.file.size) +
                                         " bytes and acknowledged with " + std::to_string(file.size) +
                                         ": every upload needs a path of its own");
}

void SharedStateRegistry::add(SharedFile& file, CheckpointId checkpoint, bool prevent_discard) {
  const auto [at, fresh] = entries_.try_emplace(file.path, Entry{file, checkpoint, checkpoint, prevent_discard});
  Entry& entry = at->second;
  if (!fresh) entry.last_used = std::max(entry.last_used, checkpoint);
  file.placeholder = false;
  file.size = entry.file.size;
}

Status SharedStateRegistry::register_all(SubtaskState& state, CheckpointId checkpoint) {
  if (Status status = for_each(state, [&](SharedFile& file) { return check(file); }); !status.ok()) return status;
  return for_each(state, [&](SharedFile& file) {
    add(file, checkpoint, false);
    return Status();
  });
}

void SharedStateRegistry::register_late(SubtaskState& state, CheckpointId checkpoint) {
  const Status done = for_each(state, [&](SharedFile& file) {
    if (check(file).ok()) add(file, checkpoint, false);
    return Status();
  });
  WEIR_ASSERT(done.ok(), done.message());
}

Status SharedStateRegistry::register_restored(const CompletedCheckpoint& checkpoint) {
  if (!checkpoint.claimed) highest_not_claimed_ = std::max(highest_not_claimed_, checkpoint.id);
  const std::string directory = directory_of(checkpoint.id);
  for (const OperatorPart& op : checkpoint.operators) {
    for (const SubtaskPart& subtask : op.subtasks) {
      std::vector<KeyedStateHandle> handles = subtask.state.managed_keyed;
      Status status = for_each(handles, [&](SharedFile& file) {
        Status sound = check(file);
        if (sound.ok()) add(file, checkpoint.id, file.path.starts_with(directory));
        return sound;
      });
      if (!status.ok()) return status;
    }
  }
  return {};
}

// SH-5
bool SharedStateRegistry::is_users(const Entry& entry) const {
  return entry.created_by <= highest_not_claimed_ && !defects_.has(Defect::DiscardUnclaimedSharedFiles);
}

std::vector<std::string> SharedStateRegistry::unregister_all_but(const std::set<std::string>& kept) {
  std::vector<std::string> gone;
  for (const auto& [path, entry] : entries_) {
    if (!is_users(entry) && kept.count(path) == 0) gone.push_back(path);
  }
  entries_.clear();
  return gone;
}

SharedStateRegistry::Unused SharedStateRegistry::unregister_unused(CheckpointId lowest) {
  Unused unused;
  if (defects_.has(Defect::UnregisterTooEarly)) ++lowest.value;
  for (auto at = entries_.begin(); at != entries_.end();) {
    const Entry& entry = at->second;
    if (entry.last_used >= lowest) {
      if (entry.prevent_discard) unused.in_use.insert(entry.created_by);
      ++at;
      continue;
    }
    if (!is_users(entry)) unused.files.push_back(entry.file.path);
    at = entries_.erase(at);
  }
  return unused;
}

}  // namespace weir::engine
