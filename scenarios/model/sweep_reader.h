#pragma once

// `[sweep]`: a measure, and one or two keys that take values in turn.

#include <optional>
#include <string>
#include <vector>

#include "model/document.h"
#include "model/problems.h"
#include "weir/scenarios/sweep.h"

namespace weir::scenarios {

struct SweptKey {
  std::string key;
  std::vector<Value> values;
};

struct SweepSection {
  Measure measure{};
  SweptKey x;
  std::optional<SweptKey> series;
};

bool has_sweep(const Document& document);
// None: what is wrong has been added to the problems.
std::optional<SweepSection> read_sweep(const Document& document, Problems& problems);
// Puts lists below [matrix] in place of the section, `x` before `series`. Keys that no sweep has stay, so that they are
// found unknown.
void sweep_to_matrix(Document& document, const SweepSection& section);

}  // namespace weir::scenarios
