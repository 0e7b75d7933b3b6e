#pragma once

// Why a run did not hold, in a sentence, and a short name for failures that look alike.

#include <string>
#include <string_view>

#include "weir/scenarios/runner.h"

namespace weir::scenarios {

// The first violated verdict in the order of the properties, else the first inconclusive one; null when all hold.
const properties::Verdict* decisive(const RunResult& result);

bool violates(const RunResult& result, std::string_view property);

// "exactly-once: word 'the' was counted twice — after tm-2 crashed at 350ms, with defect ack-before-durable". Empty
// when the run holds.
std::string cause_of(const RunResult& result);

// "exactly-once/crash+slow-barrier": the property and the kinds of faults that took effect.
std::string fingerprint_of(const RunResult& result);

}  // namespace weir::scenarios
