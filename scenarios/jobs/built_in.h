#pragma once

// The jobs that come with weir. Each is written as a job author would write it.

#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {

JobDefinition word_count();
JobDefinition keyed_count();
JobDefinition article();
JobDefinition window_totals();
JobDefinition versioned_count();

}  // namespace weir::scenarios
