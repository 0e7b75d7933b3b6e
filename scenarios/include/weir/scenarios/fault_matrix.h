#pragma once

// Every fault at every step of a checkpoint, a recovery and a stop with a savepoint (flink-semantics 1.4 to 1.6, 2.6
// and 9.2; RP-4). A cell is a step and a fault; its runs are made from what a run without the fault was like, so
// nothing of them is written by hand. The fault strikes right after the event that is the step: so it is after this
// step, and before the one in the next row.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/scenarios/runner.h"
#include "weir/scenarios/scenario.h"

namespace weir::scenarios {

// A row. The text lives as long as the program.
struct MatrixPhase {
  std::string_view section;  // of flink-semantics: "1.4"
  std::string_view name;     // "ack-sent"
  std::string_view rules;    // "CO-27"
  std::string_view what;     // what has just happened, in a few words
};

// A column: "crash" of "tm-1", "lose-messages" of "trigger-checkpoint".
struct MatrixFault {
  sim::FaultKind kind{};
  std::string_view target;
};

struct MatrixCell {
  std::uint64_t runs = 0;               // as many as the step came up, at most so many as were asked for
  std::uint64_t fired = 0;              // the step came
  std::uint64_t took_effect = 0;        // and the fault changed something in the world
  std::uint64_t held = 0;               // and every property held
  std::uint64_t violated = 0;           // runs, whatever became of the fault
  std::string_view infeasible = {};     // why the fault cannot take effect there; empty: it can
  std::optional<RunResult> first = {};  // the first run that was violated
};

enum class CellStanding : std::uint8_t {
  Holds,
  Violated,
  Idle,        // the fault never took effect
  Undecided,   // it did, and no property was violated, but no run was conclusive
  Infeasible,  // as listed, it never took effect
  Refuted,     // listed as infeasible, and is not
};
CellStanding standing(const MatrixCell& cell);

struct MatrixResult {
  std::vector<MatrixPhase> phases;
  std::vector<MatrixFault> faults;
  std::vector<MatrixCell> cells;  // phase by phase, each with all faults
  std::uint64_t runs = 0;
  const MatrixCell& cell(std::size_t phase, std::size_t fault) const { return cells[phase * faults.size() + fault]; }
};
// Violated when a cell is; inconclusive when one is idle, undecided or refuted.
properties::Answer overall(const MatrixResult& result);

struct MatrixOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t end_seed = 2;  // exclusive
  std::uint32_t places = 3;    // of a step in a run: so many of its events, evenly from the first to the last
  std::uint32_t jobs = 0;      // threads; 0: as many as cores
};

// The scenarios are the ground: without faults and actions of their own. A cell counts what happened on all of them.
// Invalid: a scenario that does not run, or has faults or actions. Deterministic, for any number of threads.
engine::Result<MatrixResult> run_matrix(const JobCatalogue& catalogue, const std::vector<Scenario>& scenarios,
                                        const MatrixOptions& options, const Progress& progress);

}  // namespace weir::scenarios
