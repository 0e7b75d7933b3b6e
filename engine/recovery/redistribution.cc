#include "recovery/redistribution.h"

#include <algorithm>
#include <map>
#include <string>

namespace weir::engine {
namespace {

// One element of one state: in the handle of that number, counted over all old subtasks, and where in it.
struct Element {
  std::size_t handle;
  const StateHandle* bytes;
  std::uint64_t offset;
};

// The elements of every name of one mode. `by_subtask` has a list for each old subtask that reported the name.
struct NamedState {
  std::vector<std::vector<Element>> by_subtask;
};
using States = std::map<std::string, NamedState>;

States states_of(const HandlesBySubtask& old, OperatorStateMode mode) {
  States states;
  std::size_t number = 0;
  for (const std::vector<OperatorStateHandle>& subtask : old) {
    std::map<std::string, std::vector<Element>> reported;
    for (const OperatorStateHandle& handle : subtask) {
      for (const OperatorStatePart& part : handle.parts) {
        if (part.mode != mode) continue;
        std::vector<Element>& elements = reported[part.name];
        for (const std::uint64_t offset : part.offsets) elements.push_back({number, &handle.state, offset});
      }
      ++number;
    }
    for (auto& [name, elements] : reported) states[name].by_subtask.push_back(std::move(elements));
  }
  return states;
}

std::vector<Element> all_elements(const NamedState& state) {
  std::vector<Element> all;
  for (const auto& elements : state.by_subtask) all.insert(all.end(), elements.begin(), elements.end());
  return all;
}

// Collects what one new subtask gets, as pieces of the old handles in their order: so the elements of a name stay in
// the order of the old subtasks, whatever the order in which names are dealt out.
class Target {
 public:
  void add(const std::string& name, OperatorStateMode mode, const Element& element) {
    OperatorStateHandle& handle = handles_[element.handle];
    handle.state = *element.bytes;
    auto part = std::find_if(handle.parts.begin(), handle.parts.end(), [&](const auto& p) { return p.name == name; });
    if (part == handle.parts.end()) part = handle.parts.insert(part, {name, mode, {}});
    part->offsets.push_back(element.offset);
  }
  void add(const std::string& name, OperatorStateMode mode, const std::vector<Element>& elements) {
    for (const Element& element : elements) add(name, mode, element);
  }
  std::vector<OperatorStateHandle> take() {
    std::vector<OperatorStateHandle> handles;
    for (auto& [number, handle] : handles_) handles.push_back(std::move(handle));
    return handles;
  }

 private:
  std::map<std::size_t, OperatorStateHandle> handles_;
};

// RS-8
void split(const States& states, std::vector<Target>& targets, const DefectSet& defects) {
  const std::size_t count = targets.size();
  std::size_t start = 0;
  for (const auto& [name, state] : states) {
    const std::vector<Element> elements = all_elements(state);
    if (defects.has(Defect::SplitListToAll)) {
      for (Target& target : targets) target.add(name, OperatorStateMode::SplitDistribute, elements);
      continue;
    }
    const std::size_t base = elements.size() / count;
    const std::size_t extra = elements.size() % count;
    auto next = elements.begin();
    for (std::size_t i = 0; i < count; ++i) {
      Target& target = targets[(start + i) % count];
      for (std::size_t n = base + (i < extra ? 1 : 0); n > 0; --n) {
        target.add(name, OperatorStateMode::SplitDistribute, *next++);
      }
    }
    start = (start + extra) % count;  // the next name goes on where the extra ones ended
  }
}

// RS-9
void unite(const States& states, std::vector<Target>& targets) {
  for (const auto& [name, state] : states) {
    const std::vector<Element> elements = all_elements(state);
    for (Target& target : targets) target.add(name, OperatorStateMode::Union, elements);
  }
}

// RS-10
void broadcast(const std::string& name, const NamedState& state, std::vector<Target>& targets,
               const DefectSet& defects = {}) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (defects.has(Defect::NoBroadcastForNewSubtasks) && i >= state.by_subtask.size()) return;
    targets[i].add(name, OperatorStateMode::Broadcast, state.by_subtask[i % state.by_subtask.size()]);
  }
}

HandlesBySubtask take(std::vector<Target>& targets) {
  HandlesBySubtask handles;
  for (Target& target : targets) handles.push_back(target.take());
  return handles;
}

// Lists stay with their subtask.
void keep_lists(const HandlesBySubtask& old, std::vector<Target>& targets) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < old.size(); ++i) {
    for (const OperatorStateHandle& handle : old[i]) {
      for (const OperatorStatePart& part : handle.parts) {
        if (part.mode != OperatorStateMode::SplitDistribute) continue;
        for (const std::uint64_t offset : part.offsets)
          targets[i].add(part.name, part.mode, {number, &handle.state, offset});
      }
      ++number;
    }
  }
}

// The count of reports is compared with the parallelism (RS-10).
bool partly_reported(const States& broadcast_states, std::size_t parallelism) {
  return std::any_of(broadcast_states.begin(), broadcast_states.end(),
                     [&](const auto& entry) { return entry.second.by_subtask.size() < parallelism; });
}

}  // namespace

std::vector<KeyedStateHandle> intersect(const std::vector<KeyedStateHandle>& handles, KeyGroupRange range,
                                        const DefectSet& defects) {
  std::vector<KeyedStateHandle> cut;
  for (const KeyedStateHandle& handle : handles) {
    KeyGroupRange common{std::max(handle.range.first, range.first), std::min(handle.range.last, range.last)};
    if (defects.has(Defect::LoseLastKeyGroup) && common.last < handle.range.last) --common.last.value;
    if (common.last < common.first) continue;
    cut.push_back(handle);
    cut.back().range = common;
  }
  return cut;
}

HandlesBySubtask redistribute(const HandlesBySubtask& old, std::uint32_t parallelism, const DefectSet& defects) {
  std::vector<Target> targets(parallelism);
  split(states_of(old, OperatorStateMode::SplitDistribute), targets, defects);
  unite(states_of(old, OperatorStateMode::Union), targets);
  for (const auto& [name, state] : states_of(old, OperatorStateMode::Broadcast)) {
    broadcast(name, state, targets, defects);
  }
  return take(targets);
}

HandlesBySubtask keep(const HandlesBySubtask& old) {
  const States unions = states_of(old, OperatorStateMode::Union);
  const States broadcasts = states_of(old, OperatorStateMode::Broadcast);
  if (unions.empty() && !partly_reported(broadcasts, old.size())) return old;  // RS-7
  std::vector<Target> targets(old.size());
  keep_lists(old, targets);
  unite(unions, targets);
  for (const auto& [name, state] : broadcasts) broadcast(name, state, targets);
  return take(targets);
}

}  // namespace weir::engine
