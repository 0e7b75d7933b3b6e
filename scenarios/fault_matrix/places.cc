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

std::vector<Trigger> evenly(const std::vector<Trigger>& all, std::uint32_t most) {
  if (all.size() <= most) return all;
  std::vector<Trigger> chosen;
  for (std::uint32_t i = 0; i < most; ++i) {
    chosen.push_back(all[most == 1 ? all.size() / 2 : i * (all.size() - 1) / (most - 1)]);
  }
  return chosen;
}

}  // namespace

std::vector<std::vector<Trigger>> find_places(const std::vector<Phase>& phases, const sim::Trace& trace,
                                              const engine::ExecutionGraph& graph, std::uint32_t most) {
  Story story(graph.subtasks().size());
  Occurrences occurrences;
  std::vector<std::vector<Trigger>> found(phases.size());
  for (const TraceEvent& event : trace.events()) {
    story.add(event);
    const Trigger trigger = occurrences.count(event);
    for (std::size_t i = 0; i < phases.size(); ++i) {
      if (phases[i].is(story, event)) found[i].push_back(trigger);
    }
  }
  for (auto& places : found) places = evenly(places, most);
  return found;
}

}  // namespace weir::scenarios
