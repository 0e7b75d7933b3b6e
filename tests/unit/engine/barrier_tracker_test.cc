// At-least-once: barriers are counted, and nothing waits (BA-14 to BA-17).

#include "checkpoint/barrier_tracker.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace weir::engine;

namespace {

using Kind = AlignmentEffect::Kind;
using Kinds = std::vector<Kind>;
using Ids = std::vector<std::uint64_t>;

CheckpointId cp(std::uint64_t id) { return CheckpointId{id}; }
Kinds kinds(const AlignmentEffects& effects) {
  Kinds result;
  for (const AlignmentEffect& e : effects) result.push_back(e.kind);
  return result;
}
Ids of(const AlignmentEffects& effects, Kind kind) {
  Ids ids;
  for (const AlignmentEffect& e : effects) {
    if (e.kind == kind) ids.push_back(e.checkpoint.value);
  }
  return ids;
}

}  // namespace

TEST_CASE("the snapshot is taken at the last barrier, and no channel ever waits (BA-14)") {
  BarrierTracker tracker(3);
  CHECK(kinds(tracker.on_barrier(1, cp(1))) == Kinds{Kind::Started});
  CHECK(tracker.on_barrier(0, cp(1)).empty());
  CHECK(tracker.on_barrier(0, cp(1)).empty());  // the same channel again
  CHECK(kinds(tracker.on_barrier(2, cp(1))) == Kinds{Kind::Ended, Kind::TakeSnapshot});
  CHECK(tracker.pending() == 0);
  CHECK(tracker.obsolete(cp(1)));
  CHECK(tracker.on_barrier(2, cp(1)).empty());
}

TEST_CASE("checkpoints are pending side by side, and a complete one takes the older ones along (BA-14)") {
  BarrierTracker tracker(2);
  tracker.on_barrier(0, cp(1));
  tracker.on_barrier(0, cp(2));
  tracker.on_barrier(0, cp(3));
  CHECK(of(tracker.on_barrier(1, cp(2)), Kind::TakeSnapshot) == Ids{2});
  CHECK(tracker.on_barrier(1, cp(1)).empty());
  CHECK(of(tracker.on_barrier(1, cp(3)), Kind::TakeSnapshot) == Ids{3});
}

TEST_CASE("of more than 50 pending checkpoints the oldest is forgotten (BA-14)") {
  BarrierTracker tracker(2);
  for (std::uint64_t id = 1; id <= 51; ++id) tracker.on_barrier(0, cp(id));
  CHECK(tracker.pending() == 50);
  CHECK(tracker.on_barrier(1, cp(1)).empty());
  CHECK(of(tracker.on_barrier(1, cp(2)), Kind::TakeSnapshot) == Ids{2});
}

TEST_CASE("with one channel open a newer barrier is enough, an older one goes the long way (BA-15)") {
  BarrierTracker alone(1);
  CHECK(kinds(alone.on_barrier(0, cp(4))) == Kinds{Kind::Started, Kind::Ended, Kind::TakeSnapshot});
  BarrierTracker tracker(3);
  tracker.on_barrier(0, cp(1));
  tracker.on_barrier(0, cp(2));
  tracker.on_end_of_partition(0);
  tracker.on_end_of_partition(1);
  CHECK(of(tracker.on_barrier(2, cp(1)), Kind::TakeSnapshot) == Ids{1});
  CHECK(of(tracker.on_barrier(2, cp(2)), Kind::TakeSnapshot) == Ids{2});
  CHECK(of(tracker.on_barrier(2, cp(3)), Kind::TakeSnapshot) == Ids{3});
}

TEST_CASE("a cancel marker aborts its checkpoint and all older ones, once each (BA-16)") {
  BarrierTracker tracker(2);
  tracker.on_barrier(0, cp(1));
  tracker.on_barrier(0, cp(2));
  tracker.on_barrier(0, cp(4));
  CHECK(of(tracker.on_cancel_marker(1, cp(2)), Kind::Decline) == Ids{1, 2});
  CHECK(of(tracker.on_cancel_marker(0, cp(2)), Kind::Decline).empty());
  CHECK(tracker.on_cancel_marker(1, cp(3)).empty());  // a newer one is pending already
  CHECK(of(tracker.on_barrier(1, cp(4)), Kind::TakeSnapshot) == Ids{4});
}

TEST_CASE("an aborted checkpoint's barriers are counted away (BA-16)") {
  BarrierTracker tracker(2);
  CHECK(kinds(tracker.on_cancel_marker(0, cp(1))) == Kinds{Kind::Decline});
  CHECK_FALSE(tracker.obsolete(cp(1)));
  CHECK(tracker.on_barrier(1, cp(1)).empty());
  CHECK(tracker.pending() == 0);
  CHECK(tracker.obsolete(cp(1)));
}

TEST_CASE("an ended channel counts as aligned in every pending checkpoint, the newest complete one fires (BA-17)") {
  BarrierTracker tracker(2);
  tracker.on_barrier(0, cp(1));
  tracker.on_barrier(0, cp(2));
  const AlignmentEffects effects = tracker.on_end_of_partition(1);
  CHECK(of(effects, Kind::TakeSnapshot) == Ids{2});
  CHECK(tracker.pending() == 0);
  CHECK(of(tracker.on_barrier(0, cp(3)), Kind::TakeSnapshot) == Ids{3});
}

TEST_CASE("a trigger stands for a barrier on every open channel (BA-9)") {
  BarrierTracker tracker(2);
  CHECK(kinds(tracker.on_trigger(cp(1))) == Kinds{Kind::TakeSnapshot});
  CHECK(tracker.on_trigger(cp(1)).empty());
  CHECK(tracker.on_barrier(0, cp(1)).empty());
  tracker.on_barrier(0, cp(2));
  CHECK(kinds(tracker.on_trigger(cp(2))) == Kinds{Kind::Ended, Kind::TakeSnapshot});
}

// Against counting by hand: which barriers came on which channel, with everything below a done checkpoint gone.
TEST_CASE("whatever the order of barriers, ends and markers (BA-14 to BA-17)", "[property]") {
  rc::check("snapshots ascend, come once, and when all open channels have delivered", [] {
    const auto channels = *rc::gen::inRange<std::uint32_t>(1, 5);
    BarrierTracker tracker(channels);
    std::vector<std::uint64_t> next(channels, 1);  // barriers of one channel ascend
    std::vector<bool> ended(channels);
    std::map<std::uint64_t, std::set<std::uint32_t>> seen;
    std::set<std::uint64_t> canceled, declined;
    std::uint64_t last = 0;
    const auto steps = *rc::gen::inRange(1, 60);
    for (int step = 0; step < steps; ++step) {
      const auto channel = *rc::gen::inRange<std::uint32_t>(0, channels);
      if (ended[channel]) continue;
      const int what = *rc::gen::inRange(0, 10);
      AlignmentEffects effects;
      if (what == 0) {
        ended[channel] = true;
        for (auto& [id, where] : seen) where.insert(channel);
        effects = tracker.on_end_of_partition(channel);
      } else {
        const std::uint64_t id = next[channel] + *rc::gen::inRange<std::uint64_t>(0, 2);
        next[channel] = id + 1;
        if (seen.count(id) == 0) {
          for (std::uint32_t c = 0; c < channels; ++c) {
            if (ended[c]) seen[id].insert(c);
          }
        }
        seen[id].insert(channel);
        if (what == 1) canceled.insert(id);
        effects = what == 1 ? tracker.on_cancel_marker(channel, cp(id)) : tracker.on_barrier(channel, cp(id));
      }
      for (const AlignmentEffect& e : effects) {
        RC_ASSERT(e.kind != Kind::Block);
        const std::uint64_t id = e.checkpoint.value;
        if (e.kind == Kind::Decline) RC_ASSERT(declined.insert(id).second);
        if (e.kind != Kind::TakeSnapshot) continue;
        RC_ASSERT(id > last);
        RC_ASSERT(canceled.count(id) == 0u);
        RC_ASSERT(seen[id].size() == channels);
        last = id;
      }
    }
    // Nothing that everybody delivered, and nobody cancelled anything as new, was missed.
    for (const auto& [id, where] : seen) {
      const bool complete = where.size() == channels;
      const bool aborted = canceled.lower_bound(id) != canceled.end();
      if (complete && !aborted) RC_ASSERT(last >= id);
    }
  });
}
