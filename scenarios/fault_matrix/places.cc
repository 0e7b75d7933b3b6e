#include "fault_matrix/places.h"

#include <map>
#include <utility>

namespace weir::scenarios {
namespace {

using sim::TraceEvent;
using sim::Trigger;

// Counts events as a trigger does that names their kind and, where they have one, their checkpoint.
class Occurrences {
 public:
  Trigger count(const TraceEvent& event) {
    Trigger trigger;
    trigger.at_event = true;
    trigger.event = event.kind;
    trigger.occurrence = ++all_[event.kind.value];
    if (!sim::info(event.kind).has_checkpoint || event.a == 0) return trigger;  // no checkpoint is any
    trigger.checkpoint = engine::CheckpointId{event.a};
    trigger.occurrence = ++of_checkpoint_[{event.kind.value, event.a}];
    return trigger;
  }

 private:
  std::map<std::uint16_t, std::uint32_t> all_;
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::uint32_t> of_checkpoint_;
};

std::vector<MatrixPlace> evenly(std::vector<MatrixPlace> all, std::uint32_t most) {
  if (all.size() <= most) return all;
  std::vector<MatrixPlace> chosen;
  for (std::uint32_t i = 0; i < most; ++i) {
    chosen.push_back(all[most == 1 ? all.size() / 2 : i * (all.size() - 1) / (most - 1)]);
  }
  return chosen;
}

class Finder {
 public:
  Finder(const std::vector<Phase>& phases, std::size_t subtasks)
      : phases_(phases), story_(subtasks), found_(phases.size()), idle_(phases.size(), 0) {}

  void look_at(const TraceEvent& event) {
    story_.add(event);
    const Trigger trigger = occurrences_.count(event);
    if (event.kind == sim::TraceKind(engine::EventKind::CheckpointTriggered)) subtasks_run(trigger);
    for (std::size_t i = 0; i < phases_.size(); ++i) {
      if (phases_[i].is(story_, event)) add(i, trigger);
    }
  }
  std::vector<std::vector<MatrixPlace>> take() { return std::move(found_); }

 private:
  void add(std::size_t phase, const Trigger& trigger) {
    found_[phase].push_back({trigger, trigger});
    if (!story_.idle()) idle_[phase] = found_[phase].size();
  }
  // All places since subtasks ran last wait for this.
  void subtasks_run(const Trigger& trigger) {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (; idle_[i] < found_[i].size(); ++idle_[i]) found_[i][idle_[i]].failure = trigger;
    }
  }

  const std::vector<Phase>& phases_;
  Story story_;
  Occurrences occurrences_;
  std::vector<std::vector<MatrixPlace>> found_;
  std::vector<std::size_t> idle_;  // by phase: the first place at which nothing runs and that does not know yet
};

}  // namespace

std::vector<std::vector<MatrixPlace>> find_places(const std::vector<Phase>& phases, const sim::Trace& trace,
                                                  const engine::ExecutionGraph& graph, std::uint32_t most) {
  Finder finder(phases, graph.subtasks().size());
  for (const TraceEvent& event : trace.events()) finder.look_at(event);
  auto found = finder.take();
  for (auto& places : found) places = evenly(std::move(places), most);
  return found;
}

}  // namespace weir::scenarios
