#include "state/local_state_store.h"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

bool cut_alike(const KeyedStateHandle& a, const KeyedStateHandle& b) { return a.range == b.range; }
bool cut_alike(const OperatorStateHandle& a, const OperatorStateHandle& b) { return a.parts == b.parts; }

std::vector<std::string> files_of(const SubtaskState& state) {
  std::vector<std::string> paths = private_files(state);
  append_shared_files(state, paths);
  return paths;
}

class Choice {
 public:
  Choice(const LocalCopy& copy, const DefectSet& defects) : copy_(copy), defects_(defects) {}

  void add(const SubtaskState::Operator& remote) {
    const auto& all = copy_.state.operators;
    const auto local = std::find_if(all.begin(), all.end(), [&](const auto& op) { return op.id == remote.id; });
    chosen_.state.operators.push_back(remote);
    if (local == all.end()) return;
    OperatorSubtaskState& state = chosen_.state.operators.back().state;
    replace(state.managed_keyed, local->state.managed_keyed);
    replace(state.raw_keyed, local->state.raw_keyed);
    replace(state.managed_operator, local->state.managed_operator);
    replace(state.raw_operator, local->state.raw_operator);
  }
  LocalChoice take() {
    for (const std::string& path : files_of(chosen_.state)) {
      const auto found = copy_.files.find(path);
      if (found == copy_.files.end()) {
        ++chosen_.remote_files;
      } else {
        chosen_.files.insert(*found);
      }
    }
    return std::move(chosen_);
  }

 private:
  template <class Handle>
  void replace(std::vector<Handle>& remote, const std::vector<Handle>& local) const {
    if (remote.empty() || local.size() != 1) return;
    const bool alike = remote.size() == 1 && cut_alike(remote.front(), local.front());
    if (alike || defects_.has(Defect::UseLocalCopyOfDealtState)) remote = local;
  }

  const LocalCopy& copy_;
  const DefectSet& defects_;
  LocalChoice chosen_;
};

}  // namespace

template <class Condition>
LocalStateStore::Pruned LocalStateStore::prune(Condition condition) {
  Pruned pruned;
  std::erase_if(copies_, [&](const auto& entry) {
    const bool goes = condition(entry.first);
    if (goes) pruned.push_back(entry.second.checkpoint);
    return goes;
  });
  return pruned;
}

bool LocalStateStore::add(LocalCopy copy) {
  if (disposed_ || copy.checkpoint < confirmed_) return false;
  const CheckpointId checkpoint = copy.checkpoint;
  copies_.insert_or_assign(checkpoint, std::move(copy));
  return true;
}

LocalStateStore::Pruned LocalStateStore::confirm(CheckpointId checkpoint) {
  confirmed_ = std::max(confirmed_, checkpoint);
  return prune([&](CheckpointId id) { return id < checkpoint; });
}

LocalStateStore::Pruned LocalStateStore::abort(CheckpointId checkpoint, CheckpointId completed) {
  if (defects_.has(Defect::KeepLocalCopyOfAborted)) {
    auto aborted = copies_.extract(checkpoint);
    if (!aborted.empty()) copies_.insert_or_assign(completed, std::move(aborted.mapped()));
    return {};
  }
  return prune([&](CheckpointId id) { return id == checkpoint; });
}

LocalStateStore::Pruned LocalStateStore::keep_only(const LocalCopy* used) {
  return prune([&](CheckpointId id) { return &copies_.at(id) != used; });
}

LocalStateStore::Pruned LocalStateStore::dispose() {
  disposed_ = true;
  return prune([](CheckpointId) { return true; });
}

const LocalCopy* LocalStateStore::find(CheckpointId checkpoint) const {
  if (defects_.has(Defect::UseNewestLocalCopy) && !copies_.empty()) return &copies_.rbegin()->second;
  const auto found = copies_.find(checkpoint);
  return found == copies_.end() ? nullptr : &found->second;
}

LocalChoice choose_remote(SubtaskState remote) {
  const auto files = static_cast<std::uint32_t>(files_of(remote).size());
  return {std::move(remote), {}, files};
}

LocalChoice choose_local(const SubtaskState& remote, const LocalCopy& copy, const DefectSet& defects) {
  Choice choice(copy, defects);
  for (const SubtaskState::Operator& op : remote.operators) choice.add(op);
  return choice.take();
}

}  // namespace weir::engine
