#pragma once

// The state work of a reference seed (reference_seed.h) in one of the layouts: two TaskManagers with two keyed tasks
// each, read-modify-writes of a counter per key, a canonical snapshot of every task in every checkpoint, three crashes
// of one process. A crash takes its TaskManager's databases along and cancels the attempts on the other, which goes on;
// all attempts then restore.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/clocks.h"
#include "bench/layouts.h"

namespace weir::bench {

enum class Phase { OpenClose, GetPut, Flush, Read, Restore, CleanUp };
inline constexpr std::size_t kPhases = 6;

// Processor time, in seconds.
struct Spent {
  std::array<double, kPhases> in{};

  template <class Work>
  void add(Phase phase, Work work) {
    const double start = cpu_seconds();
    work();
    in[static_cast<std::size_t>(phase)] += cpu_seconds() - start;
  }
  double total() const;
  void keep_least(const Spent& other);  // phase by phase
};

struct SeedShape {
  unsigned task_managers = 2;
  unsigned tasks;        // on each of them
  unsigned keys;         // of the whole job
  unsigned records;      // of a task in an interval between checkpoints
  unsigned checkpoints;  // of the job
  unsigned crashes;
};
// Of the reference seed; how many checkpoints complete is counted by running some.
SeedShape reference_shape(double checkpoints_per_seed);

// Ends the program when a count is wrong. `disks`: one for each TaskManager.
Spent run_layout_seed(LayoutKind kind, const SeedShape& shape, const std::vector<engine::LocalDisk*>& disks);

}  // namespace weir::bench
