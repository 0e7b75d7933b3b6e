#include "fault_matrix/story.h"

#include "weir/engine/hash.h"
#include "weir/engine/processes.h"
#include "weir/sim/action.h"

namespace weir::scenarios {

using engine::EventKind;
using sim::TraceKind;

void Story::add(const sim::TraceEvent& event) {
  if (event.kind == TraceKind(EventKind::CheckpointTriggered)) {
    trigger(event);
  } else if (event.kind == TraceKind(EventKind::AckReceived)) {
    const bool counts = static_cast<engine::AckClass>(event.b >> 32) == engine::AckClass::Success;
    if (counts && known(event.a)) ++checkpoints_[event.a].acks;
  } else if (event.kind == TraceKind(EventKind::RestoreChosen)) {
    restored_ = event.a;
    deployed_ = running_ = 0;
  } else if (event.kind == TraceKind(EventKind::AttemptDeployed)) {
    ++deployed_;
  } else if (event.kind == TraceKind(EventKind::AttemptStateChanged)) {
    change(static_cast<engine::AttemptState>(event.a));
  } else if (event.kind == TraceKind(EventKind::RequestReceived)) {
    stopping_ = true;
  } else if (event.kind == TraceKind(sim::WorldEventKind::StageBegan)) {
    begin_stage(event.detail);
  }
}

void Story::trigger(const sim::TraceEvent& event) {
  const auto kind = static_cast<engine::CheckpointKind>(event.detail);
  checkpoints_[event.a] = {kind, event.b, 0};
  const std::string directory = engine::checkpoint_directory(directory_, engine::CheckpointId{event.a}, kind);
  metadata_[engine::hash_bytes(engine::metadata_path(directory))] = event.a;
}

void Story::change(engine::AttemptState state) {
  running_ += state == engine::AttemptState::Running;
  finished_ += state == engine::AttemptState::Finished;
}

void Story::begin_stage(std::uint32_t stage) {
  directory_ = sim::directory_of_stage(stage);
  restored_ = 0;
  stopping_ = false;
  deployed_ = running_ = finished_ = 0;
}

std::uint64_t Story::metadata_of(std::uint64_t path) const {
  const auto found = metadata_.find(path);
  return found == metadata_.end() ? 0 : found->second;
}

}  // namespace weir::scenarios
