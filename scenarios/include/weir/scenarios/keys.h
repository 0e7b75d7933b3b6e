#pragma once

// Every named value of a run in one table. The text form of a RunSpec and the scenario files accept the same keys, and
// the format reference is made from it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/status.h"
#include "weir/scenarios/run_spec.h"

namespace weir::scenarios {

enum class KeyType : std::uint8_t {
  Integer,   // 12
  Hex,       // 0x2a or 42, 64 bits
  Boolean,   // true
  Duration,  // 500ms
  Range,     // 50us..180us, or one duration for both ends
  Choice,    // one of `words`
  Text,      // anything
};

struct SpecKey {
  std::string_view name;  // "checkpoint.interval": the section and the key of a scenario file
  KeyType type = KeyType::Text;
  std::uint64_t low = 0;  // integers; durations in ns
  std::uint64_t high = 0;
  std::string_view words;  // choices, separated by '|'
  std::string_view doc;    // one sentence
  bool per_seed = false;   // drawn for each seed, so that a scenario cannot fix it
  std::string (*get)(const RunSpec&) = nullptr;
  // Takes what `get` gives, exactly. A message says what was expected.
  engine::Status (*set)(RunSpec&, const SpecKey&, std::string_view text) = nullptr;
};
// In the order of the text form. `job.params.NAME`, `fault` and `defects` are lists and not in it.
std::span<const SpecKey> spec_keys();
const SpecKey* spec_key(std::string_view name);  // null: no such key
std::string expectation(const SpecKey& key);     // "an integer from 1 to 1024"

// Keys of a scenario file that are not part of a RunSpec.
struct ScenarioKey {
  std::string_view name;  // "scenario.expect", "fault.kind"
  std::string_view expects;
  std::string_view doc;
};
std::span<const ScenarioKey> scenario_keys();

// The format reference of scenario files from both tables, in Markdown.
std::string key_reference();
// A JSON Schema (draft 4) of scenario files, for completion and hints in editors.
std::string scenario_schema();

}  // namespace weir::scenarios
