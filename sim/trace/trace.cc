#include "weir/sim/trace.h"

#include <array>

namespace weir::sim {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t fold(std::uint64_t x, std::uint64_t y) {
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::array<engine::EventInfo, 16> kWorldEvents{{
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

// Every field enters the hash; words are built from registers, never re-read from the record.
std::uint32_t Trace::append(const TraceEvent& e) {
  const std::uint64_t who = e.kind.value | std::uint64_t{e.actor.value} << 16 | std::uint64_t{e.detail} << 32;
  const std::uint64_t when_who =
      fold(static_cast<std::uint64_t>(e.time) ^ 0xE7037ED1A0B428DBull, who ^ 0x8EBC6AF09C88C6E3ull);
  const std::uint64_t what = fold(e.a ^ 0x589965CC75374CC3ull, e.b ^ 0x1D8E4E27C47D124Full);
  hash_ = fold(hash_ ^ when_who ^ e.cause, what ^ 0x9E3779B97F4A7C15ull);
  events_.push_back(e);
  return static_cast<std::uint32_t>(events_.size() - 1);
}

}  // namespace weir::sim
