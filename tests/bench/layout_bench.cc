// What the layout of keyed tasks in RocksDB costs: a database per task, which is what the engine has; one database per
// TaskManager with a column family per task; one with a key prefix per task. First times, processor time and the least
// of several rounds, then what reaches the disk, then what each layout does when tasks die and fail (layout_faults.h).
//
// Why a database per task: a family per task makes the whole reference seed 1.05 times as fast, a prefix per task 1.11
// times, and both make tasks pay for each other's failures and snapshots. engine/README.md has the figures and the
// reasons. Less than 1.3 would not be worth that even if they could be made honest.
//
//   usage: bench_layout [ROUNDS]

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "bench/counting_disk.h"
#include "bench/layout_faults.h"
#include "bench/layout_seed.h"
#include "bench/reference_seed.h"
#include "world/disk.h"

namespace {

using namespace weir;
using namespace weir::bench;

constexpr std::uint64_t kSeeds = 20;  // of a round

// Of RocksDB reference seeds run by the engine, whole.
struct WholeSeed {
  double us = 1e18;
  double checkpoints = 0;
};

void measure(WholeSeed& least) {
  ReferenceRunner runner(engine::StateBackendKind::RocksDb);
  runner.run(1);
  runner.reset_totals();
  const double start = cpu_seconds();
  runner.run(1, kSeeds);
  least.us = std::min(least.us, (cpu_seconds() - start) * 1e6 / kSeeds);
  least.checkpoints = runner.totals().per_seed(runner.totals().checkpoints);
}

Spent run_alone(LayoutKind kind, const SeedShape& shape) {
  std::vector<sim::SimDisk> disks(shape.task_managers);
  std::vector<engine::LocalDisk*> ports;
  for (sim::SimDisk& disk : disks) ports.push_back(&disk);
  return run_layout_seed(kind, shape, ports);
}

// A whole seed in another layout: what the engine's takes, less the state work in its own, and the other's instead.
void print_times(const std::map<LayoutKind, Spent>& spent, double whole_us) {
  std::printf("%-20s %10s %8s %7s %6s %8s %8s %11s %6s %11s %6s\n", "us a seed", "open+close", "get+put", "flush",
              "read", "restore", "clean-up", "state work", "ratio", "whole seed", "ratio");
  const double own = spent.at(LayoutKind::DatabasePerTask).total() * 1e6;
  for (const auto& entry : spent) {
    const Spent& s = entry.second;
    const auto us = [&](Phase phase) { return s.in[static_cast<std::size_t>(phase)] * 1e6; };
    const double state = s.total() * 1e6;
    const double whole = whole_us - own + state;
    std::printf("%-20s %10.0f %8.0f %7.0f %6.0f %8.0f %8.0f %11.0f %6.2f %11.0f %6.2f\n", name_of(entry.first).data(),
                us(Phase::OpenClose), us(Phase::GetPut), us(Phase::Flush), us(Phase::Read), us(Phase::Restore),
                us(Phase::CleanUp), state, own / state, whole, whole_us / whole);
  }
}

void print_counts(LayoutKind kind, const SeedShape& shape) {
  std::vector<sim::SimDisk> disks(shape.task_managers);
  std::vector<CountingDisk> counting(disks.begin(), disks.end());
  std::vector<engine::LocalDisk*> ports;
  for (CountingDisk& disk : counting) ports.push_back(&disk);
  run_layout_seed(kind, shape, ports);
  DiskCounts all;
  for (const CountingDisk& disk : counting) {
    all.synced_bytes += disk.counts.synced_bytes;
    all.syncs += disk.counts.syncs;
    all.files += disk.counts.files;
    all.tables += disk.counts.tables;
  }
  const unsigned snapshots = shape.checkpoints * shape.tasks * shape.task_managers;
  std::printf("%-20s %9" PRIu64 " %7" PRIu64 " %7" PRIu64 " %18.2f\n", name_of(kind).data(), all.synced_bytes,
              all.syncs, all.files, static_cast<double>(all.tables) / snapshots);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 7;
  WholeSeed whole;
  measure(whole);
  const SeedShape shape = reference_shape(whole.checkpoints);
  std::printf("%u TaskManagers with %u keyed tasks each, %u keys, %u checkpoints of %u records a task, %u crashes\n\n",
              shape.task_managers, shape.tasks, shape.keys, shape.checkpoints, shape.records, shape.crashes);
  std::map<LayoutKind, Spent> least;
  for (int round = 0; round < rounds; ++round) {
    measure(whole);
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      for (const LayoutKind kind : kLayouts) {
        const Spent spent = run_alone(kind, shape);
        least.try_emplace(kind, spent).first->second.keep_least(spent);
      }
    }
  }
  print_times(least, whole.us);
  std::printf("\n%-20s %9s %7s %7s %18s\n", "on disk, a seed", "bytes", "syncs", "files", "tables a snapshot");
  for (const LayoutKind kind : kLayouts) print_counts(kind, shape);
  std::puts("");
  return show_faults() ? 0 : 1;
}
