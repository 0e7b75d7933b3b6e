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
  for (std::size_t place = 1; place < table_->size(); ++place) {
    event.target = table_->at(place).value;
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
  ha_->process_started(process);
  table_->find(process)->start();
}

std::unique_ptr<engine::Process> Processes::make(ProcessId process, std::uint32_t incarnation) {
  if (is_job_manager(process)) return factory_->job_manager(*environment_, *setup_, process);
  return factory_->task_manager(*environment_, *setup_, process, incarnation);
}

bool Processes::crash(ProcessId process, Duration downtime) {
  if (table_->find(process) == nullptr) return false;
  log_->world(WorldEventKind::ProcessCrashed, engine::actor_of(process), table_->incarnation(process));
  table_->kill(process);
  data_->process_died(process);
  ha_->process_died(process);
  if (!is_job_manager(process)) disks_->power_loss(process, table_->incarnation(process));
  QueuedEvent event;
  event.target = process.value;
  event.small = log_->cause();
  if (!setup_->options.heartbeat.enabled()) expect_loss(process);
  scheduler_->push_after(std::max(downtime, Duration{0}), Happening::ProcessStart, event);
  return true;
}

// JobManagers hear of TaskManagers, and TaskManagers of JobManagers.
void Processes::expect_loss(ProcessId lost) {
  for (std::size_t place = 0; place < table_->size(); ++place) {
    const ProcessId told = table_->at(place);
    if (is_job_manager(told) == is_job_manager(lost)) continue;
    QueuedEvent event;
    event.target = told.value;
    event.small = log_->cause();
    event.b = lost.value;
    scheduler_->push_after(detect_loss_, Happening::ProcessLoss, event);
  }
}

void Processes::report_loss(const QueuedEvent& event) {
  const ProcessId told{event.target};
  const ProcessId lost{static_cast<std::uint16_t>(event.b)};
  engine::Process* process = table_->find(told);
  if (process == nullptr || (!is_job_manager(lost) && table_->find(lost) != nullptr)) return;
  log_->begin_handler(event.small);
  log_->world(WorldEventKind::ProcessLostReported, engine::actor_of(told), lost.value);
  process->on_process_lost(lost);
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

bool Processes::ask(const engine::JobRequest& request) {
  engine::Process* job_manager = table_->find(ha_->leader().process);
  if (job_manager != nullptr) job_manager->on_request(request);
  return job_manager != nullptr;
}

void Processes::destroy_all() {
  for (std::size_t process = 0; process < table_->size(); ++process) {
    table_->kill(table_->at(process));
  }
}

}  // namespace weir::sim
