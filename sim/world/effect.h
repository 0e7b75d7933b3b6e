#pragma once

#include "world/event_log.h"
#include "world/fault_injector.h"

namespace weir::sim {

// Reports, once a fault, that something in the world changed because of it.
inline void report_effect(FaultInjector& faults, EventLog& log, std::uint32_t fault) {
  if (faults.mark_effect(fault)) log.world(WorldEventKind::FaultTookEffect, engine::kWorldActor, fault);
}

}  // namespace weir::sim
