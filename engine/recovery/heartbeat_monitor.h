#pragma once

// Which peers still answer (RE-11, RE-12): one that was silent for the timeout is lost, and one that so many heartbeats
// in a row did not reach. The JobManager watches the TaskManagers with it, each of them the JobManager. Decides only.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "weir/engine/options.h"
#include "weir/engine/types.h"

namespace weir::engine {

class HeartbeatMonitor {
 public:
  explicit HeartbeatMonitor(const HeartbeatOptions& options) : options_(options) {}

  struct Watch {
    ProcessId peer;
    std::uint32_t incarnation = 0;
    std::uint64_t number = 0;  // of this watch, ascending: of an earlier one nothing is known any more
    Time heard{};
    std::uint32_t failed_calls = 0;  // since it was heard
  };

  // The number of the watch that begins; nothing when this life of the peer, or a later one, is already watched.
  std::optional<std::uint64_t> watch(ProcessId peer, std::uint32_t incarnation, Time now);
  void forget(ProcessId peer) { watches_.erase(peer); }
  bool watches(ProcessId peer) const { return watches_.count(peer) != 0; }
  // False when this life of the peer is not watched.
  bool heard(ProcessId peer, std::uint32_t incarnation, Time now);
  // A heartbeat did not reach it. True: it is lost.
  bool unreachable(ProcessId peer);
  // Null when the watch has ended.
  const Watch* find(std::uint64_t number) const;
  // How much longer it may be silent; not above 0: it is lost.
  Duration patience(const Watch& watch, Time now) const { return watch.heard + options_.timeout - now; }
  std::vector<Watch> all() const;  // by peer

 private:
  const HeartbeatOptions& options_;
  std::map<ProcessId, Watch> watches_;
  std::uint64_t last_ = 0;
};

}  // namespace weir::engine
