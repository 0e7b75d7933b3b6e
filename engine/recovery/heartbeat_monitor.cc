#include "recovery/heartbeat_monitor.h"

#include <algorithm>

namespace weir::engine {

std::optional<std::uint64_t> HeartbeatMonitor::watch(ProcessId peer, std::uint32_t incarnation, Time now) {
  const auto known = watches_.find(peer);
  if (known != watches_.end() && known->second.incarnation >= incarnation) return std::nullopt;
  watches_.insert_or_assign(peer, Watch{peer, incarnation, ++last_, now, 0});
  return last_;
}

bool HeartbeatMonitor::heard(ProcessId peer, std::uint32_t incarnation, Time now) {
  const auto known = watches_.find(peer);
  if (known == watches_.end() || known->second.incarnation != incarnation) return false;
  known->second.heard = now;
  known->second.failed_calls = 0;
  return true;
}

bool HeartbeatMonitor::unreachable(ProcessId peer) {
  const auto known = watches_.find(peer);
  return known != watches_.end() && ++known->second.failed_calls >= options_.rpc_failure_threshold;
}

const HeartbeatMonitor::Watch* HeartbeatMonitor::find(std::uint64_t number) const {
  const auto found =
      std::find_if(watches_.begin(), watches_.end(), [&](const auto& w) { return w.second.number == number; });
  return found == watches_.end() ? nullptr : &found->second;
}

std::vector<HeartbeatMonitor::Watch> HeartbeatMonitor::all() const {
  std::vector<Watch> watches;
  for (const auto& [peer, watch] : watches_) watches.push_back(watch);
  return watches;
}

}  // namespace weir::engine
