#pragma once

#include "weir/engine/environment.h"
#include "weir/sim/simulation.h"

namespace weir::sim {

// The files of the workload, found by their path.
class SimInputFiles final : public engine::InputFiles {
 public:
  void reset(const Workload* workload) { workload_ = workload; }
  engine::Result<engine::BytesView> contents(std::string_view path) override;

 private:
  const Workload* workload_ = nullptr;
};

}  // namespace weir::sim
