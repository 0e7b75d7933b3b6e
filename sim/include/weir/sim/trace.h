#pragma once

// The ordered history of a run and its identity, a rolling 64-bit hash over every field of every event.

#include <cstdint>
#include <string_view>
#include <vector>

#include "weir/engine/events.h"
#include "weir/engine/types.h"

namespace weir::sim {

using engine::ActorId;

// Events of the world, numbered after the engine's. X(Name, "text-name", has_checkpoint, "fields"); append only.
#define WEIR_WORLD_EVENTS(X)                                                                                         \
  X(PhaseChanged, "phase", false, "detail: Phase")                                                                   \
  X(ProcessStarted, "process-started", false, "detail: incarnation")                                                 \
  X(ProcessCrashed, "process-crashed", false, "detail: incarnation")                                                 \
  X(ProcessLostReported, "process-lost", false, "detail: the lost process")                                          \
  X(MessageSent, "message-sent", false, "detail: MessageKind | to << 8, a: checkpoint or 0, b: subtask")             \
  X(MessageDelivered, "message-delivered", false, "detail: MessageKind | from << 8, a: checkpoint or 0, b: subtask") \
  X(MessageLost, "message-lost", false, "at the sender: detail: MessageKind | to << 8, a: checkpoint, b: subtask")   \
  X(ConnectionBroken, "connection-broken", false, "detail: channel, a: generation")                                  \
  X(BarrierDelayed, "barrier-delayed", true, "detail: channel, b: extra ns")                                         \
  X(FaultArmed, "fault-armed", false, "detail: index in the plan")                                                   \
  X(FaultFired, "fault-fired", false, "detail: index in the plan")                                                   \
  X(FaultTookEffect, "fault-took-effect", false, "detail: index in the plan")                                        \
  X(StorageWritten, "storage-written", false, "detail: bytes, a: write id, b: hash of the path")                     \
  X(LogCommitted, "log-committed", false, "broker: detail: records, a: transaction")                                 \
  X(LogAborted, "log-aborted", false, "broker: detail: records, a: transaction")                                     \
  X(LogVisible, "log-visible", false, "broker: records became readable: detail: count, a: transaction, b: first offset")

inline constexpr std::uint16_t kFirstWorldEvent = 0x100;
enum class WorldEventKind : std::uint16_t {
  BeforeFirst = kFirstWorldEvent - 1,
#define WEIR_ENUM(name, text, has_checkpoint, fields) name,
  WEIR_WORLD_EVENTS(WEIR_ENUM)
#undef WEIR_ENUM
};

// Any kind of event, of the engine or of the world.
struct TraceKind {
  std::uint16_t value{};
  constexpr TraceKind() = default;
  constexpr TraceKind(engine::EventKind k) : value(static_cast<std::uint16_t>(k)) {}  // NOLINT
  constexpr TraceKind(WorldEventKind k) : value(static_cast<std::uint16_t>(k)) {}     // NOLINT
  friend constexpr auto operator<=>(const TraceKind&, const TraceKind&) = default;
};
inline constexpr std::size_t kTraceKinds = 0x140;  // upper bound of TraceKind::value, for tables

const engine::EventInfo& info(TraceKind kind);
// No kind of that name: value 0xFFFF.
TraceKind kind_named(std::string_view name);
inline constexpr std::uint16_t kNoKind = 0xFFFF;
std::vector<std::string_view> event_names();  // of every kind, the engine's first

enum class Phase : std::uint8_t { Storm, Calm, Drain };
std::string_view name(Phase phase);

inline constexpr std::uint32_t kNoCause = 0xFFFF'FFFF;

// `cause` is the index of the event that led to this one: for a delivery the sending, otherwise the previous event of
// the same handler, or the event that scheduled the handler. Always smaller than the event's own index.
struct TraceEvent {
  std::int64_t time = 0;  // virtual ns
  TraceKind kind;
  ActorId actor;
  std::uint32_t detail = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint32_t cause = kNoCause;
  std::uint32_t reserved = 0;
};
static_assert(sizeof(TraceEvent) == 40);

class Trace {
 public:
  void clear(std::uint64_t seed);                 // keeps memory
  std::uint32_t append(const TraceEvent& event);  // returns its index
  std::uint64_t hash() const { return hash_; }
  const std::vector<TraceEvent>& events() const { return events_; }
  std::size_t size() const { return events_.size(); }

 private:
  std::vector<TraceEvent> events_;
  std::uint64_t hash_ = 0;
};

}  // namespace weir::sim
