#pragma once

// The port of high availability: a small, linearizable store of entries that outlives every process, and the leadership
// that is decided there (flink-semantics 1.9, 8.3, CO-48). What Flink has in ZooKeeper or Kubernetes.

#include <cstdint>
#include <string>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

// A time of leadership: ascends from leader to leader, first is 1 (RE-13). 0: there is no high availability.
using SessionId = Id<struct SessionTag, std::uint32_t>;
using HaRequestId = Id<struct HaRequestTag, std::uint64_t>;  // the owner's own

// Who leads the job, as far as the holder knows.
struct Leader {
  ProcessId process = kJobManager;
  SessionId session{};
  friend constexpr auto operator<=>(const Leader&, const Leader&) = default;
};

// The entry that says how a job ended, or that it cannot end in another way any more (CO-49, SP-9). `job`:
// JobSetup::directory.
inline std::string outcome_entry(const std::string& job) { return job + "outcome"; }

enum class HaRequestKind : std::uint8_t {
  Create,  // Done, or Exists with what is there
  Put,     // creates or replaces: Done
  Remove,  // Done, or NotFound
  List,    // Done, with all entries whose name begins with `entry`, ascending
};

struct HaRequest {
  HaRequestKind kind{};
  HaRequestId id{};
  SessionId session{};        // under which it is made
  std::string entry;          // name
  Bytes content = {};         // Create, Put
  CheckpointId checkpoint{};  // that the entry is about, for the trace; 0: none
};

enum class HaOutcome : std::uint8_t {
  Done,
  Exists,
  NotFound,
  NotLeader,  // the session is not the present one: nothing was applied (RE-15)
  Unknown,    // the connection was lost: applied or not; it will not be applied later (CO-33, RP-1)
};

struct HaEntry {
  std::string name;
  Bytes content;
};

struct HaAnswer {
  HaRequestId id{};
  SessionId session{};  // of the request
  HaOutcome outcome{};
  Bytes content = {};                 // Exists
  std::vector<HaEntry> entries = {};  // List
};

class HaStore {
 public:
  virtual ~HaStore() = default;
  // From now on the process may be made the leader, as long as this life of it lasts. When it is, or another one is,
  // Process::on_leader tells it, perhaps late; so it tells every other process.
  virtual void contend(ProcessId candidate) = 0;
  // Takes effect at one instant between the call and the answer, if the session is the leader's at that instant, and is
  // durable from then on. Requests of one process take effect in order. Answered by Process::on_ha_answer, unless the
  // owner dies before; what it asked for may be applied all the same.
  virtual void request(ProcessId owner, HaRequest request) = 0;
};

}  // namespace weir::engine
