// Random histories: whatever happens to checkpoints, the coordinator keeps its promises (P10, P16, CO-22).

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "checkpoint/coordinator.h"
#include "unit/engine/fakes/coord_harness.h"

namespace weir::engine {
namespace {

using namespace coord_test;

// Drives a harness by random steps and keeps its own book of who acknowledged what.
class History {
 public:
  explicit History(CheckpointOptions options) : h(options) { h.start(); }

  void step(int kind, std::uint16_t subtask, std::uint64_t back) {
    const std::uint64_t checkpoint = newest_triggered() > back ? newest_triggered() - back : 1;
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return ack(subtask, checkpoint, h.tasks[subtask].attempt.value);
      case 3:
        return ack(subtask, checkpoint, h.tasks[subtask].attempt.value - 1);  // a dead attempt
      case 4:
        return h.decline(subtask, checkpoint, AbortReason::CheckpointAsyncException, h.tasks[subtask].attempt.value);
      case 5:
        return h.advance(35ms);
      case 6:
        return h.advance(250ms);
      case 7:
        return store(Status());
      case 8:
        return store(Status(StatusCode::Unavailable, "no"));
      case 9:
        return restart();
      case 10:
        return h.reach_end(subtask);
      default:
        return ack_all(checkpoint);
    }
  }

  void check() {
    RC_ASSERT(!h.coordinator.triggering());                          // CO-15
    RC_ASSERT(h.coordinator.pending() <= h.options.max_concurrent);  // CO-11
    const auto completed = h.ids(EventKind::CheckpointCompleted);
    RC_ASSERT(std::is_sorted(completed.begin(), completed.end()));  // P8
    for (const std::uint64_t id : completed) {
      for (std::uint16_t s = 0; s < h.tasks.size(); ++s) RC_ASSERT(acknowledged(s, id));  // CO-22
    }
    for (const NotifyCheckpointComplete& told : h.completes) {  // P16
      RC_ASSERT(std::count(completed.begin(), completed.end(), told.checkpoint.value) == 1);
    }
    if (const CompletedCheckpoint* newest = h.coordinator.completed().newest()) {  // P6
      for (const std::string& path : files_of(*newest)) {
        RC_ASSERT(std::count(h.deleted.begin(), h.deleted.end(), path) == 0);
      }
    }
    restart_if_failed();
  }

  // P10: with tasks that acknowledge at once, a checkpoint completes in bounded time, whatever was left behind.
  void check_liveness() {
    const std::size_t before = h.ids(EventKind::CheckpointCompleted).size();
    const Time bound = h.now + 2 * (h.options.interval + h.options.timeout + h.options.min_pause);
    while (h.ids(EventKind::CheckpointCompleted).size() == before && h.now < bound) {
      h.advance(5ms);
      restart_if_failed();
      if (newest_triggered() != 0) ack_all(newest_triggered());
      while (!h.writes.empty()) store(Status());
    }
    RC_ASSERT(h.ids(EventKind::CheckpointCompleted).size() > before);
  }

 private:
  std::uint64_t newest_triggered() const {
    const auto ids = h.ids(EventKind::CheckpointTriggered);
    return ids.empty() ? 0 : ids.back();
  }
  // Nobody acknowledges what was never triggered.
  void ack(std::uint16_t subtask, std::uint64_t checkpoint, std::uint32_t number) {
    if (checkpoint > newest_triggered()) return;
    acks_.insert({checkpoint, subtask, number});
    h.ack(subtask, checkpoint, number);
  }
  void ack_all(std::uint64_t checkpoint) {
    for (std::uint16_t s = 0; s < h.tasks.size(); ++s) ack(s, checkpoint, h.tasks[s].attempt.value);
  }
  bool acknowledged(std::uint16_t subtask, std::uint64_t checkpoint) const {
    const auto attempts = attempts_at_.find(checkpoint);
    const std::uint32_t number = attempts == attempts_at_.end() ? h.tasks[subtask].attempt.value : attempts->second;
    return acks_.count({checkpoint, subtask, number}) != 0;
  }
  void store(const Status& status) {
    if (!h.writes.empty()) h.stored(h.writes.begin()->first, status);
  }
  void restart() {
    for (const std::uint64_t id : h.ids(EventKind::CheckpointTriggered)) {
      attempts_at_.emplace(id, h.tasks[0].attempt.value);  // the attempts that this checkpoint was triggered for
    }
    h.fail_over();
    h.failures.clear();
    h.redeploy();
  }
  void restart_if_failed() {
    if (!h.failures.empty()) restart();
  }

  CoordinatorHarness h;
  std::set<std::tuple<std::uint64_t, std::uint16_t, std::uint32_t>> acks_;
  std::map<std::uint64_t, std::uint32_t> attempts_at_;
};

CheckpointOptions any_options() {
  CheckpointOptions options = CoordinatorHarness::defaults();
  options.interval = std::chrono::milliseconds(*rc::gen::inRange(10, 200));
  options.timeout = std::chrono::milliseconds(*rc::gen::inRange(10, 500));
  options.min_pause = std::chrono::milliseconds(*rc::gen::inRange(0, 150));
  options.max_concurrent = *rc::gen::inRange(1u, 4u);
  options.tolerable_failures = *rc::gen::inRange(0u, 4u);
  options.num_retained = *rc::gen::inRange(1u, 3u);
  return options;
}

TEST_CASE("no history leaves the coordinator stuck or completes a checkpoint too early (P10, P16, CO-22)") {
  CHECK(rc::check("random histories", [] {
    History history(any_options());
    const auto steps = *rc::gen::container<std::vector<std::tuple<int, std::uint16_t, std::uint64_t>>>(rc::gen::tuple(
        rc::gen::inRange(0, 12), rc::gen::inRange<std::uint16_t>(0, 6), rc::gen::inRange<std::uint64_t>(0, 3)));
    for (const auto& [kind, subtask, back] : steps) {
      history.step(kind, subtask, back);
      history.check();
    }
    history.check_liveness();
  }));
}

}  // namespace
}  // namespace weir::engine
