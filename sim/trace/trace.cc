#include "weir/sim/trace.h"

#include <array>

namespace weir::sim {
namespace {

constexpr std::array<engine::EventInfo, 28> kWorldEvents{{
#define WEIR_INFO(name, text, has_checkpoint, fields) {text, has_checkpoint, fields},
    WEIR_WORLD_EVENTS(WEIR_INFO)
#undef WEIR_INFO
}};
constexpr engine::EventInfo kUnknown{"unknown", false, ""};

}  // namespace

const engine::EventInfo& info(TraceKind kind) {
  if (kind.value < engine::kEngineEventKinds) return engine::info(static_cast<engine::EventKind>(kind.value));
  const std::size_t world = static_cast<std::size_t>(kind.value) - kFirstWorldEvent;
  return kind.value >= kFirstWorldEvent && world < kWorldEvents.size() ? kWorldEvents[world] : kUnknown;
}

TraceKind kind_named(std::string_view name) {
  TraceKind kind;
  for (kind.value = 0; kind.value < kTraceKinds; ++kind.value) {
    const engine::EventInfo& candidate = info(kind);
    if (candidate.name == name && candidate.name != kUnknown.name) return kind;
  }
  kind.value = kNoKind;
  return kind;
}

std::vector<std::string_view> event_names() {
  std::vector<std::string_view> names;
  TraceKind kind;
  for (kind.value = 0; kind.value < kTraceKinds; ++kind.value) {
    if (info(kind).name != kUnknown.name) names.push_back(info(kind).name);
  }
  return names;
}

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::Storm:
      return "storm";
    case Phase::Calm:
      return "calm";
    case Phase::Drain:
      return "drain";
  }
  return "?";
}

void Trace::clear(std::uint64_t seed) {
  events_.clear();
  hash_ = seed ^ 0xA0761D6478BD642Full;
}

}  // namespace weir::sim
