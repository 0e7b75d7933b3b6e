#pragma once

// One run as one explicit value with a text form. Nothing hidden is left to draw: replay, shrinking, reports and the
// regression corpus all carry it.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/defects.h"
#include "weir/engine/options.h"
#include "weir/engine/status.h"
#include "weir/scenarios/action.h"
#include "weir/sim/simulation.h"

namespace weir::scenarios {

inline constexpr std::uint32_t kRunSpecVersion = 1;

// Which job on which input; resolved by the job catalogue.
struct JobRef {
  std::string name;  // "word-count"
  std::uint32_t parallelism = 2;
  std::uint32_t max_parallelism = 0;  // 0: derived
  std::uint32_t partitions = 0;     // of a generated topic, which are the splits of its source; 0: as many as subtasks
  std::string input;                // a file's path; empty: generated
  std::uint64_t input_hash = 0;     // of the file's bytes, so that a replay on other bytes is refused; 0: unknown
  std::uint64_t records = 1000;     // generated: in all
  std::uint64_t keys = 100;         // generated: distinct
  std::uint64_t workload_seed = 1;  // generated: which records
  std::map<std::string, std::string> parameters;  // of the job itself
  friend bool operator==(const JobRef&, const JobRef&) = default;
};

struct RunSpec {
  std::uint32_t version = kRunSpecVersion;
  std::string scenario;  // where it came from; a label only
  JobRef job;
  engine::JobOptions options;
  sim::WorldSpec world;
  engine::DefectSet defects;
  std::vector<ActionSpec> actions;
  friend bool operator==(const RunSpec&, const RunSpec&) = default;
};

// `key = value` lines, keys in the order of keys.h, defaults left out; faults as `fault = …` in the order of the plan,
// actions as `action = …`.
// What would disturb the form (quotes, line ends, ';', '%') is written %XX. `to_line` joins them by "; " behind "weir1:
// ", to be pasted between single quotes. Either form parses; blank lines and lines that start with '#' are skipped. An
// interval of checkpoints switches them on unless `checkpoint.enabled` is said. A newer version, an unknown key and a
// bad value are refused with the place and the remedy.
std::string to_text(const RunSpec& spec);
std::string to_line(const RunSpec& spec);
engine::Result<RunSpec> parse_run_spec(std::string_view text);
// The same from a file, which every message names.
engine::Result<RunSpec> load_run_spec(const std::string& file);

}  // namespace weir::scenarios
