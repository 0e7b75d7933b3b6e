#pragma once

// Faults are values: kind, target, parameters, trigger. They print, parse, shrink and replay; there is no closure in
// them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/engine/messages.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"
#include "weir/sim/trace.h"

namespace weir::sim {

using engine::CheckpointId;
using engine::Duration;
using engine::Time;

enum class FaultKind : std::uint8_t {
  Crash,             // a process dies and is started again after `duration`
  LoseMessages,      // the next `count` control messages of a kind are lost
  SlowBarrier,       // barriers on one channel are held back by `duration` (and what follows them, in order)
  RepeatMessages,    // the next `count` control messages of a kind come twice, the second time `duration` later
  Pause,             // a process stands still for `duration` and then goes on with what it knew (RP-4)
  Partition,         // for `duration` control messages between a TaskManager and the JobManager are lost
  HaWriteAmbiguous,  // of the next `count` writes to the high-availability store nobody learns whether they were
                     // applied
  LoseLeadership,    // another JobManager leads; the one before goes on until it hears of it, `duration` later
  DelayMessages,     // the next `count` control messages of a kind come `duration` later
};
inline constexpr std::array kFaultKinds{
    FaultKind::Crash,        FaultKind::LoseMessages, FaultKind::SlowBarrier,      FaultKind::RepeatMessages,
    FaultKind::Pause,        FaultKind::Partition,    FaultKind::HaWriteAmbiguous, FaultKind::LoseLeadership,
    FaultKind::DelayMessages};
std::string_view name(FaultKind kind);  // "crash", "lose-messages", "slow-barrier", "repeat-messages", "pause", …
constexpr bool needs_high_availability(FaultKind kind) {
  return kind == FaultKind::HaWriteAmbiguous || kind == FaultKind::LoseLeadership;
}
constexpr bool strikes_messages(FaultKind kind) {
  return kind == FaultKind::LoseMessages || kind == FaultKind::RepeatMessages || kind == FaultKind::DelayMessages;
}
constexpr bool has_delay(FaultKind kind) {
  return kind == FaultKind::SlowBarrier || kind == FaultKind::RepeatMessages || kind == FaultKind::DelayMessages ||
         kind == FaultKind::LoseLeadership;
}

constexpr bool strikes_process(FaultKind kind) { return kind == FaultKind::Crash || kind == FaultKind::Pause; }
// It strikes for a while, not at one moment; and of those all but one while it has a count left.
constexpr bool lasts(FaultKind kind) { return !strikes_process(kind) && kind != FaultKind::LoseLeadership; }
constexpr bool counts(FaultKind kind) { return lasts(kind) && kind != FaultKind::Partition; }
// Whether it is about one TaskManager; the others are about messages or barriers, so many of them.
constexpr bool names_task_manager(FaultKind kind) { return strikes_process(kind) || kind == FaultKind::Partition; }

// Which control messages a partition takes away.
enum class Direction : std::uint8_t { Both, ToJobManager, FromJobManager };
inline constexpr std::array kDirections{Direction::Both, Direction::ToJobManager, Direction::FromJobManager};
std::string_view name(Direction direction);  // "both", "to-jobmanager", "from-jobmanager"

// When it strikes: at a time, or at the n-th event that matches. An event trigger without actor or checkpoint matches
// any.
struct Trigger {
  bool at_event = false;
  Time time{};                   // when !at_event
  TraceKind event;               // when at_event
  std::string actor;             // "totals/0", "tm-1", "jobmanager"; empty: any
  CheckpointId checkpoint{};     // 0: any
  std::uint32_t occurrence = 1;  // 1 is the first match
  friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Fault {
  FaultKind kind = FaultKind::Crash;
  std::uint16_t task_manager = 1;         // Crash, Pause, Partition: 1..n; but for Partition also 0: the JobManager, of
                                          // several the one that leads
  engine::MessageKind message{};          // of those that strike messages
  std::string subtask;                    // of those that strike messages: from or to this one, "totals/0"; empty: any
  std::string channel;                    // SlowBarrier: "map/0->totals/1"; empty: any
  CheckpointId checkpoint{};              // of those that count: only of this one; 0: any
  std::uint32_t count = 1;                // of those that count: how many
  Duration duration{};                    // Crash: until restart; where `has_delay`: extra delay; else how long
  Direction direction = Direction::Both;  // Partition
  bool applied = true;                    // HaWriteAmbiguous: the writes were applied
  Trigger trigger;
  friend bool operator==(const Fault&, const Fault&) = default;
};

using FaultPlan = std::vector<Fault>;

// NAME(key=value, ...) and a trigger: the text form that faults and actions share. Empty values are not written; names
// with blanks, commas, brackets or quotes are written in double quotes.
struct Call {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  Trigger trigger;
};
std::string to_text(const Call& call);
engine::Result<Call> parse_call(std::string_view text);  // the message says what was expected and where

// One line a person can read and `parse_fault` takes back, e.g.
//   crash(tm=2, restart=1s) at 350ms
//   lose-messages(kind=acknowledge-checkpoint, subtask=totals/0, checkpoint=2, count=1) at 0ms
//   repeat-messages(kind=acknowledge-checkpoint, count=1, delay=80ms) at 10ms
//   crash(process=jobmanager, restart=1s) when checkpoint-completed occurrence=2
//   ha-write-ambiguous(applied=false, count=1) at 300ms
//   lose-leadership(delay=40ms) at 300ms
//   slow-barrier(channel=map/0->totals/1, delay=80ms, count=1) when checkpoint-triggered checkpoint=2
//   pause(tm=1, for=300ms) when snapshot-taken occurrence=3
//   partition(tm=2, for=300ms, direction=to-jobmanager) at 100ms
// Names with blanks, commas, brackets or quotes are written in double quotes: actor="a, b/0".
std::string to_text(const Fault& fault);
engine::Result<Fault> parse_fault(std::string_view text);  // the message says what was expected and where

// Durations in text: integer and unit, "350ms", "2us", "1s", "10min"; exact, the largest unit that divides it.
std::string duration_text(Duration duration);
engine::Result<Duration> parse_duration(std::string_view text);

// What became of a fault of the plan. Each implies the ones before it.
struct FaultActivity {
  bool armed = false;        // its trigger is being watched
  bool fired = false;        // the trigger came
  bool took_effect = false;  // something in the world changed because of it
  Time fired_at{};
  friend bool operator==(const FaultActivity&, const FaultActivity&) = default;
};

// What may happen in a run; the nemesis draws a plan from it: first which kinds, then how many, when and where.
struct FaultProfile {
  bool crash = false;
  bool lose_messages = false;
  bool slow_barrier = false;
  std::uint32_t max_faults = 4;  // of each kind that was drawn
  bool repeat_messages = false;
  bool pause = false;
  bool partition = false;
  bool crash_job_manager = false;  // the next three: only with high availability
  bool ha_write_ambiguous = false;
  bool lose_leadership = false;
  bool delay_messages = false;
  friend bool operator==(const FaultProfile&, const FaultProfile&) = default;
};

}  // namespace weir::sim
