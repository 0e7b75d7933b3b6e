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
#define WEIR_WORLD_EVENTS(X)                                                                                          \
  X(PhaseChanged, "phase", false, "detail: Phase")                                                                    \
  X(ProcessStarted, "process-started", false, "detail: incarnation")                                                  \
  X(ProcessCrashed, "process-crashed", false, "detail: incarnation")                                                  \
  X(ProcessLostReported, "process-lost", false, "detail: the lost process")                                           \
  X(MessageSent, "message-sent", false, "detail: MessageKind | to << 8, a: checkpoint or 0, b: subtask")              \
  X(MessageDelivered, "message-delivered", false, "detail: MessageKind | from << 8, a: checkpoint or 0, b: subtask")  \
  X(MessageLost, "message-lost", false, "at the sender: detail: MessageKind | to << 8, a: checkpoint, b: subtask")    \
  X(ConnectionBroken, "connection-broken", false, "detail: channel, a: generation")                                   \
  X(BarrierDelayed, "barrier-delayed", true, "detail: channel, b: extra ns")                                          \
  X(FaultArmed, "fault-armed", false, "detail: index in the plan")                                                    \
  X(FaultFired, "fault-fired", false, "detail: index in the plan")                                                    \
  X(FaultTookEffect, "fault-took-effect", false, "detail: index in the plan")                                         \
  X(StorageWritten, "storage-written", false, "detail: bytes, a: write id, b: hash of the path")                      \
  X(LogCommitted, "log-committed", false, "broker: detail: records, a: transaction")                                  \
  X(LogAborted, "log-aborted", false, "broker: detail: records, a: transaction")                                      \
  X(LogVisible, "log-visible", false,                                                                                 \
    "broker: records became readable: detail: count, a: transaction, b: first offset")                                \
  X(StorageRemoved, "storage-removed", false, "a file is gone: b: hash of the path")                                  \
  X(StageBegan, "stage-began", true, "a further job of the run: restored checkpoint; detail: stage, b: 1 if claimed") \
  X(ActionTaken, "action-taken", false, "the user asks the job: detail: index of the action")                         \
  X(StorageAppended, "storage-appended", false, "detail: bytes, a: write id, b: hash of the path of the file")        \
  X(ProcessPaused, "process-paused", false, "it stands still: detail: incarnation, b: for how long ns")               \
  X(ProcessResumed, "process-resumed", false, "detail: incarnation, b: what waited for it")                           \
  X(HaWritten, "ha-written", true,                                                                                    \
    "an entry is in the store; a: what it points to, or 0; detail: session, b: hash of its name")                     \
  X(HaRemoved, "ha-removed", true, "an entry is gone; the fields of ha-written")                                      \
  X(HaRefused, "ha-refused", true, "of a session that is over; the fields of ha-written")                             \
  X(HaAnswerLost, "ha-answer-lost", true, "whoever asked cannot know what became of it; the fields of ha-written")    \
  X(LeadershipGranted, "leadership-granted", false, "detail: process, a: session")                                    \
  X(LeaderAnnounced, "leader-announced", false, "at who is told: detail: process that leads, a: session")

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
  void clear(std::uint64_t seed);  // keeps memory
  // Returns its index. Every field enters the hash; words are built from registers, never re-read from the record.
  std::uint32_t append(const TraceEvent& e) {
    const std::uint64_t who = e.kind.value | std::uint64_t{e.actor.value} << 16 | std::uint64_t{e.detail} << 32;
    const std::uint64_t when_who =
        fold(static_cast<std::uint64_t>(e.time) ^ 0xE7037ED1A0B428DBull, who ^ 0x8EBC6AF09C88C6E3ull);
    const std::uint64_t what = fold(e.a ^ 0x589965CC75374CC3ull, e.b ^ 0x1D8E4E27C47D124Full);
    hash_ = fold(hash_ ^ when_who ^ e.cause, what ^ 0x9E3779B97F4A7C15ull);
    events_.push_back(e);
    return static_cast<std::uint32_t>(events_.size() - 1);
  }
  std::uint64_t hash() const { return hash_; }
  const std::vector<TraceEvent>& events() const { return events_; }
  std::size_t size() const { return events_.size(); }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint64_t fold(std::uint64_t x, std::uint64_t y) {
    const Wide product = static_cast<Wide>(x) * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::vector<TraceEvent> events_;
  std::uint64_t hash_ = 0;
};

}  // namespace weir::sim
