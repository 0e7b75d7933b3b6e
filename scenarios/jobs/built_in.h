#pragma once

// The jobs that come with weir. Each is written as a job author would write it.

#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios {

JobDefinition word_count();
JobDefinition keyed_count();
JobDefinition article();
JobDefinition window_totals();
JobDefinition versioned_count();
JobDefinition running_aggregate();
JobDefinition deduplicate();
JobDefinition match();
JobDefinition interval_join();
JobDefinition window_join();
JobDefinition top_n();
JobDefinition broadcast_rules();
JobDefinition sessions();
JobDefinition async_enrich();
JobDefinition chained_totals();
JobDefinition slices();

}  // namespace weir::scenarios
