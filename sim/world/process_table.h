#pragma once

// Who lives: the process objects of a run by id, each with the number of its present or last life.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "weir/engine/processes.h"

namespace weir::sim {

using engine::ProcessId;

class ProcessTable {
 public:
  void reset(std::size_t processes) {
    lives_.clear();
    lives_.resize(processes);
    count_ = processes;
  }
  // So many processes may live from now on; nobody does. Lives count on.
  void resize(std::size_t processes) {
    for (Life& life : lives_) life.process.reset();
    lives_.resize(std::max(processes, lives_.size()));
    count_ = processes;
  }
  std::size_t size() const { return count_; }
  // Null when it is dead, not yet born, or of no such id.
  engine::Process* find(ProcessId id) const { return id.value < count_ ? lives_[id.value].process.get() : nullptr; }
  // The same, and only that life of it.
  engine::Process* find(ProcessId id, std::uint32_t incarnation) const {
    return this->incarnation(id) == incarnation ? find(id) : nullptr;
  }
  // Of the present or else the last life; 0 before the first.
  std::uint32_t incarnation(ProcessId id) const { return id.value < lives_.size() ? lives_[id.value].incarnation : 0; }
  std::uint32_t begin_life(ProcessId id) { return ++lives_[id.value].incarnation; }
  void put(ProcessId id, std::unique_ptr<engine::Process> process) { lives_[id.value].process = std::move(process); }
  void kill(ProcessId id) { lives_[id.value].process.reset(); }

 private:
  struct Life {
    std::unique_ptr<engine::Process> process;
    std::uint32_t incarnation = 0;
  };
  std::vector<Life> lives_;
  std::size_t count_ = 0;
};

}  // namespace weir::sim
