#pragma once

// Virtual time and the tagged identifiers that every room shares.

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::engine {

// Virtual time: integer nanoseconds since the start of the run. Time stands still inside an event.
struct VirtualClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<VirtualClock>;
  static constexpr bool is_steady = true;
};
using Duration = VirtualClock::duration;
using Time = VirtualClock::time_point;

constexpr std::int64_t to_ns(Duration d) { return d.count(); }
constexpr std::int64_t to_ns(Time t) { return t.time_since_epoch().count(); }
constexpr Time at_ns(std::int64_t ns) { return Time{Duration{ns}}; }

// An integer that cannot be mistaken for another one.
template <class Tag, class Rep>
struct Id {
  Rep value{};
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using VertexId = Id<struct VertexTag, std::uint16_t>;    // job vertex: a chain of operators
using SubtaskId = Id<struct SubtaskTag, std::uint16_t>;  // dense over all subtasks of the job
using AttemptId = Id<struct AttemptTag, std::uint32_t>;  // one life of a subtask; ascends over restarts, first is 1
using CheckpointId = Id<struct CheckpointTag, std::uint64_t>;  // ids start at 1 (CO-47); 0 means "none"
using ChannelId = Id<struct ChannelTag, std::uint32_t>;        // dense over all channels of the job
using ProcessId = Id<struct ProcessTag, std::uint16_t>;  // 0 is the JobManager, 1.. the TaskManagers, 999 a standby
using KeyGroup = Id<struct KeyGroupTag, std::uint16_t>;
using OperatorId = Id<struct OperatorTag, std::uint64_t>;      // hash of the user's uid (RS-12)
using WriteId = Id<struct WriteTag, std::uint64_t>;            // one write to checkpoint storage
using AllocationId = Id<struct AllocationTag, std::uint32_t>;  // a slot's time with the job; 0: none is told
using TransactionId = Id<struct TransactionTag, std::uint64_t>;

inline constexpr ProcessId kJobManager{0};
inline constexpr ProcessId kStandbyJobManager{999};  // with high availability: the other one that may lead
constexpr bool is_job_manager(ProcessId p) { return p == kJobManager || p == kStandbyJobManager; }
inline constexpr CheckpointId kNoCheckpoint{0};

// One execution of one subtask: acknowledgements are keyed by it, stale ones are fenced by it (RP-2).
struct ExecutionAttempt {
  SubtaskId subtask;
  AttemptId attempt;
  friend constexpr auto operator<=>(const ExecutionAttempt&, const ExecutionAttempt&) = default;
};

// One connection of a channel. A new attempt of either end opens a new generation; a stale one is dropped.
struct ConnectionId {
  ChannelId channel;
  AttemptId generation;
  friend constexpr auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

// Inclusive range of key groups (RS formulas, flink-semantics 6.1).
struct KeyGroupRange {
  KeyGroup first;
  KeyGroup last;
  constexpr bool contains(KeyGroup g) const { return first <= g && g <= last; }
  constexpr std::uint32_t size() const { return last.value - first.value + 1u; }
  friend constexpr bool operator==(const KeyGroupRange&, const KeyGroupRange&) = default;
};

// Byte strings. Contents are not text unless a comment says so.
using Bytes = std::string;
using BytesView = std::string_view;

// Identity of the source record that a record descends from; travels beside every record (lineage).
// Layout: source ordinal (8 bits) | partition (16) | offset (40).
struct Origin {
  std::uint64_t value{};
  static constexpr Origin of(std::uint32_t source, std::uint32_t partition, std::uint64_t offset) {
    return Origin{(std::uint64_t{source} << 56) | (std::uint64_t{partition} << 40) | offset};
  }
  constexpr std::uint32_t source() const { return static_cast<std::uint32_t>(value >> 56); }
  constexpr std::uint32_t partition() const { return static_cast<std::uint32_t>((value >> 40) & 0xFFFF); }
  constexpr std::uint64_t offset() const { return value & 0xFF'FFFF'FFFF; }
  friend constexpr auto operator<=>(const Origin&, const Origin&) = default;
};

}  // namespace weir::engine
