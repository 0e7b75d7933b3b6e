#pragma once

// Keyed and operator state as a job author sees it.

#include "weir/engine/keyed_state.h"
#include "weir/engine/map_state.h"
#include "weir/engine/operator_state.h"
