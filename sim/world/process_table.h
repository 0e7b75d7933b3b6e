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
  // The JobManager, the TaskManagers behind it, and with `standby` one more JobManager.
  void reset(std::size_t processes, bool standby = false) {
    lives_.clear();
    standby_ = {};
    begin(processes, standby);
  }
  // So many processes may live from now on; nobody does. Lives count on.
  void resize(std::size_t processes, bool standby = false) {
    for (Life& life : lives_) life.process.reset();
    standby_.process.reset();
    begin(processes, standby);
  }
  // Processes have places from 0 on, the standby has the last one.
  std::size_t size() const { return count_ + (has_standby_ ? 1 : 0); }
  std::size_t place(ProcessId id) const { return id == engine::kStandbyJobManager ? count_ : id.value; }
  ProcessId at(std::size_t place) const {
    return place == count_ ? engine::kStandbyJobManager : ProcessId{static_cast<std::uint16_t>(place)};
  }
  bool exists(ProcessId id) const { return id == engine::kStandbyJobManager ? has_standby_ : id.value < count_; }
  // Null when it is dead, not yet born, or of no such id.
  engine::Process* find(ProcessId id) const { return exists(id) ? life(id).process.get() : nullptr; }
  // The same, and only that life of it.
  engine::Process* find(ProcessId id, std::uint32_t incarnation) const {
    return this->incarnation(id) == incarnation ? find(id) : nullptr;
  }
  // Of the present or else the last life; 0 before the first.
  std::uint32_t incarnation(ProcessId id) const { return known(id) ? life(id).incarnation : 0; }
  std::uint32_t begin_life(ProcessId id) { return ++life(id).incarnation; }
  void put(ProcessId id, std::unique_ptr<engine::Process> process) { life(id).process = std::move(process); }
  void kill(ProcessId id) { life(id).process.reset(); }

 private:
  struct Life {
    std::unique_ptr<engine::Process> process;
    std::uint32_t incarnation = 0;
  };
  void begin(std::size_t processes, bool standby) {
    lives_.resize(std::max(processes, lives_.size()));
    count_ = processes;
    has_standby_ = standby;
  }
  bool known(ProcessId id) const { return id == engine::kStandbyJobManager || id.value < lives_.size(); }
  const Life& life(ProcessId id) const { return id == engine::kStandbyJobManager ? standby_ : lives_[id.value]; }
  Life& life(ProcessId id) { return id == engine::kStandbyJobManager ? standby_ : lives_[id.value]; }

  std::vector<Life> lives_;
  Life standby_;
  std::size_t count_ = 0;
  bool has_standby_ = false;
};

}  // namespace weir::sim
