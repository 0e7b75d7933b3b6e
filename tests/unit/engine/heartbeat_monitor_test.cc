#include "recovery/heartbeat_monitor.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

constexpr ProcessId kPeer{3};
constexpr Time at(Duration d) { return Time{d}; }
const HeartbeatOptions kOptions{10s, 50s, 2};

TEST_CASE("a peer is lost when it was silent for the timeout, counted from when it was heard last (RE-11)") {
  HeartbeatMonitor monitor(kOptions);
  const auto number = monitor.watch(kPeer, 1, at(0s));
  REQUIRE(number);
  CHECK(monitor.patience(*monitor.find(*number), at(20s)) == Duration(30s));
  CHECK(monitor.heard(kPeer, 1, at(30s)));
  CHECK(monitor.patience(*monitor.find(*number), at(50s)) == Duration(30s));
  CHECK(monitor.patience(*monitor.find(*number), at(80s)) == Duration(0s));
}

TEST_CASE("a peer is lost when so many heartbeats in a row did not reach it (RE-11)") {
  HeartbeatMonitor monitor(kOptions);
  monitor.watch(kPeer, 1, at(0s));
  CHECK_FALSE(monitor.unreachable(kPeer));
  monitor.heard(kPeer, 1, at(1s));
  CHECK_FALSE(monitor.unreachable(kPeer));  // not in a row
  CHECK(monitor.unreachable(kPeer));
  CHECK_FALSE(monitor.unreachable(ProcessId{9}));  // nobody that is watched
}

TEST_CASE("what an earlier life of a peer says counts for nothing, and the watch of it has ended") {
  HeartbeatMonitor monitor(kOptions);
  const auto first = monitor.watch(kPeer, 1, at(0s));
  CHECK_FALSE(monitor.watch(kPeer, 1, at(5s)));  // a repeated registration
  CHECK(monitor.find(*first)->heard == at(0s));
  const auto second = monitor.watch(kPeer, 2, at(10s));
  REQUIRE(second);
  CHECK(monitor.find(*first) == nullptr);
  CHECK_FALSE(monitor.heard(kPeer, 1, at(20s)));
  CHECK_FALSE(monitor.watch(kPeer, 1, at(20s)));
  CHECK(monitor.find(*second)->heard == at(10s));
}

TEST_CASE("who was given up and registers again is watched anew") {
  HeartbeatMonitor monitor(kOptions);
  const auto first = monitor.watch(kPeer, 1, at(0s));
  monitor.forget(kPeer);
  CHECK_FALSE(monitor.watches(kPeer));
  CHECK_FALSE(monitor.heard(kPeer, 1, at(60s)));
  const auto second = monitor.watch(kPeer, 1, at(60s));
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK(monitor.find(*first) == nullptr);
  CHECK(monitor.patience(*monitor.find(*second), at(60s)) == Duration(50s));
}

}  // namespace
}  // namespace weir::engine
