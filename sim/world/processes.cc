#include "world/processes.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::sim {

using engine::kJobManager;

void Processes::reset(engine::Environment& environment, const engine::JobSetup& setup, Duration detect_loss) {
  environment_ = &environment;
  setup_ = &setup;
  detect_loss_ = detect_loss;
  QueuedEvent event;
  event.small = log_->cause();
  for (event.target = 1; event.target < table_->size(); ++event.target) {
    scheduler_->push_after(Duration{0}, Happening::ProcessStart, event);
  }
  event.target = kJobManager.value;
  start(event);
}

void Processes::start(const QueuedEvent& event) {
  const ProcessId process{event.target};
  const std::uint32_t incarnation = table_->begin_life(process);
  log_->begin_handler(event.small);
  log_->world(WorldEventKind::ProcessStarted, engine::actor_of(process), incarnation);
  table_->put(process, make(process, incarnation));
  table_->find(process)->start();
}

std::unique_ptr<engine::Process> Processes::make(ProcessId process, std::uint32_t incarnation) {
  if (process == kJobManager) return factory_->job_manager(*environment_, *setup_);
  return factory_->task_manager(*environment_, *setup_, process, incarnation);
}

bool Processes::crash(ProcessId process, Duration downtime) {
  WEIR_ASSERT(process != kJobManager, "only TaskManagers crash");
  if (table_->find(process) == nullptr) return false;
  log_->world(WorldEventKind::ProcessCrashed, engine::actor_of(process), table_->incarnation(process));
  table_->kill(process);
  data_->process_died(process);
  disks_->power_loss(process, table_->incarnation(process));
  QueuedEvent event;
  event.target = process.value;
  event.small = log_->cause();
  if (!setup_->options.heartbeat.enabled()) scheduler_->push_after(detect_loss_, Happening::ProcessLoss, event);
  scheduler_->push_after(std::max(downtime, Duration{0}), Happening::ProcessStart, event);
  return true;
}

void Processes::report_loss(const QueuedEvent& event) {
  const ProcessId lost{event.target};
  engine::Process* job_manager = table_->find(kJobManager);
  if (table_->find(lost) != nullptr || job_manager == nullptr) return;
  log_->begin_handler(event.small);
  log_->world(WorldEventKind::ProcessLostReported, engine::actor_of(kJobManager), lost.value);
  job_manager->on_process_lost(lost);
}

void Processes::report_unreachable(const QueuedEvent& event) {
  const ProcessId hearer{event.target};
  const ProcessId lost{static_cast<std::uint16_t>(event.b)};
  engine::Process* process = table_->find(hearer, static_cast<std::uint32_t>(event.a));
  if (process == nullptr) return;
  log_->begin_handler(event.small);
  log_->world(WorldEventKind::ProcessLostReported, engine::actor_of(hearer), lost.value);
  process->on_process_lost(lost);
}

void Processes::ask(const engine::JobRequest& request) {
  if (engine::Process* job_manager = table_->find(kJobManager)) job_manager->on_request(request);
}

void Processes::destroy_all() {
  for (std::size_t process = 0; process < table_->size(); ++process) {
    table_->kill(ProcessId{static_cast<std::uint16_t>(process)});
  }
}

}  // namespace weir::sim
