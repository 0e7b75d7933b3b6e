#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "checkpoint/barrier_aligner.h"

using namespace weir::engine;

namespace {

using Kind = AlignmentEffect::Kind;

std::vector<Kind> kinds(const AlignmentEffects& effects) {
  std::vector<Kind> result;
  for (const AlignmentEffect& e : effects) result.push_back(e.kind);
  return result;
}
AlignmentEffect effect(const AlignmentEffects& effects, Kind kind) {
  for (const AlignmentEffect& e : effects) {
    if (e.kind == kind) return e;
  }
  FAIL("the effect is missing");
  return {};
}
CheckpointId cp(std::uint64_t id) { return CheckpointId{id}; }
using Kinds = std::vector<Kind>;

}  // namespace

TEST_CASE("the snapshot is taken at the last barrier, and then the channels go on (BA-6, BA-10, BA-11)") {
  BarrierAligner aligner(3);
  CHECK(kinds(aligner.on_barrier(1, cp(1))) == Kinds{Kind::Started, Kind::Block});
  CHECK(kinds(aligner.on_barrier(0, cp(1))) == Kinds{Kind::Block});
  CHECK(aligner.pending());
  const AlignmentEffects last = aligner.on_barrier(2, cp(1));
  CHECK(kinds(last) == Kinds{Kind::Block, Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
  CHECK(effect(last, Kind::TakeSnapshot).checkpoint == cp(1));
  CHECK_FALSE(aligner.pending());
}

TEST_CASE("with a single channel an alignment starts and ends at once (BA-6)") {
  BarrierAligner aligner(1);
  CHECK(kinds(aligner.on_barrier(0, cp(3))) ==
        Kinds{Kind::Started, Kind::Block, Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
}

TEST_CASE("a stale barrier resumes its channel (BA-4)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(5));
  CHECK(aligner.obsolete(cp(4)));
  const AlignmentEffects stale = aligner.on_barrier(1, cp(4));
  CHECK(kinds(stale) == Kinds{Kind::Resume});
  CHECK(effect(stale, Kind::Resume).channel == 1);
  CHECK(aligner.current() == cp(5));
}

TEST_CASE("a barrier of a checkpoint that is done resumes its channel (BA-4)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  aligner.on_cancel_marker(0, cp(1));
  CHECK(kinds(aligner.on_barrier(1, cp(1))) == Kinds{Kind::Resume});
  CHECK_FALSE(aligner.pending());
}

TEST_CASE("a newer barrier aborts the pending checkpoint and starts its own (BA-5)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  const AlignmentEffects newer = aligner.on_barrier(1, cp(2));
  CHECK(kinds(newer) ==
        Kinds{Kind::AlignmentAborted, Kind::Decline, Kind::ResumeAfterAbort, Kind::Started, Kind::Block});
  CHECK(effect(newer, Kind::Decline).checkpoint == cp(1));
  CHECK(effect(newer, Kind::Decline).reason == AbortReason::CheckpointDeclinedSubsumed);
  CHECK(aligner.current() == cp(2));
  CHECK(kinds(aligner.on_barrier(0, cp(2))) ==
        Kinds{Kind::Block, Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
}

TEST_CASE("a cancel marker aborts the pending checkpoint and unblocks its channels (BA-7)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(7));
  const AlignmentEffects marker = aligner.on_cancel_marker(0, cp(7));
  CHECK(kinds(marker) == Kinds{Kind::AlignmentAborted, Kind::Decline, Kind::ResumeAfterAbort});
  CHECK(effect(marker, Kind::Decline).reason == AbortReason::CheckpointDeclinedOnCancellationBarrier);
  CHECK(kinds(aligner.on_cancel_marker(0, cp(7))).empty());
}

TEST_CASE("a cancel marker of a later checkpoint makes its barriers obsolete before they come (BA-7)") {
  BarrierAligner aligner(2);
  const AlignmentEffects marker = aligner.on_cancel_marker(0, cp(4));
  CHECK(kinds(marker) == Kinds{Kind::Decline, Kind::ResumeAfterAbort});
  CHECK(kinds(aligner.on_barrier(0, cp(4))) == Kinds{Kind::Resume});
  CHECK(kinds(aligner.on_barrier(0, cp(5))) == Kinds{Kind::Started, Kind::Block});
}

TEST_CASE("a cancel marker of a later checkpoint ends the pending one as well (BA-7)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  const AlignmentEffects marker = aligner.on_cancel_marker(0, cp(2));
  CHECK(effect(marker, Kind::AlignmentAborted).checkpoint == cp(1));
  CHECK(effect(marker, Kind::Decline).checkpoint == cp(2));
  CHECK(kinds(aligner.on_barrier(1, cp(1))) == Kinds{Kind::Resume});
}

TEST_CASE("a cancel marker of an older or completed checkpoint does nothing (BA-7)") {
  BarrierAligner aligner(1);
  aligner.on_barrier(0, cp(3));
  CHECK(aligner.on_cancel_marker(0, cp(2)).empty());
  CHECK(aligner.on_cancel_marker(0, cp(3)).empty());
}

TEST_CASE("an ended channel counts as aligned and may complete the checkpoint (BA-8)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  CHECK(kinds(aligner.on_end_of_partition(1)) == Kinds{Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
}

TEST_CASE("an ended channel is not waited for by later checkpoints (BA-8)") {
  BarrierAligner aligner(2);
  CHECK(aligner.on_end_of_partition(0).empty());
  CHECK(effect(aligner.on_barrier(1, cp(1)), Kind::TakeSnapshot).checkpoint == cp(1));
}

TEST_CASE("a channel that ends behind its own barrier is not counted twice (BA-8)") {
  BarrierAligner aligner(3);
  aligner.on_barrier(0, cp(1));
  CHECK(aligner.on_end_of_partition(0).empty());
  CHECK(aligner.pending());
  aligner.on_barrier(1, cp(1));
  CHECK(effect(aligner.on_barrier(2, cp(1)), Kind::TakeSnapshot).checkpoint == cp(1));
}

TEST_CASE("a trigger of the coordinator is a barrier on all open channels, and blocks none (BA-9)") {
  BarrierAligner aligner(2);
  aligner.on_end_of_partition(0);
  CHECK(kinds(aligner.on_trigger(cp(1))) == Kinds{Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
  CHECK(kinds(aligner.on_barrier(1, cp(1))) == Kinds{Kind::Resume});
}

TEST_CASE("a trigger at a task without open channels takes the snapshot (BA-9)") {
  BarrierAligner source(0);
  CHECK(kinds(source.on_trigger(cp(1))) == Kinds{Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
  CHECK(source.on_trigger(cp(1)).empty());
  CHECK_FALSE(source.on_trigger(cp(2)).empty());
}

TEST_CASE("a trigger completes an alignment that barriers began (BA-9)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  CHECK(kinds(aligner.on_trigger(cp(1))) == Kinds{Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
}

TEST_CASE("a trigger of a newer checkpoint aborts the pending one (BA-5, BA-9)") {
  BarrierAligner aligner(2);
  aligner.on_barrier(0, cp(1));
  CHECK(kinds(aligner.on_trigger(cp(2))) == Kinds{Kind::AlignmentAborted, Kind::Decline, Kind::ResumeAfterAbort,
                                                  Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
}

namespace {

// Carries effects out on channels that are only blocked or not, and keeps what the rules promise.
struct Receiver {
  explicit Receiver(std::uint32_t channels) : aligner(channels), blocked(channels), ended(channels), last(channels) {}

  void apply(const AlignmentEffects& effects) {
    for (const AlignmentEffect& e : effects) {
      switch (e.kind) {
        case Kind::Block:
          blocked[e.channel] = true;
          break;
        case Kind::Resume:
          blocked[e.channel] = false;
          break;
        case Kind::ResumeAfterSnapshot:
        case Kind::ResumeAfterAbort:
          std::fill(blocked.begin(), blocked.end(), false);
          break;
        case Kind::TakeSnapshot:
          RC_ASSERT(declined.count(e.checkpoint) == 0u);
          RC_ASSERT(newest_snapshot() < e.checkpoint);
          snapshots.push_back(e.checkpoint);
          break;
        case Kind::Decline:
          RC_ASSERT(declined.insert(e.checkpoint).second);
          RC_ASSERT(newest_snapshot() < e.checkpoint);
          break;
        default:
          break;
      }
    }
  }
  CheckpointId newest_snapshot() const { return snapshots.empty() ? kNoCheckpoint : snapshots.back(); }
  bool any_blocked() const { return std::count(blocked.begin(), blocked.end(), true) != 0; }

  BarrierAligner aligner;
  std::vector<bool> blocked, ended;
  std::vector<std::uint64_t> last;  // largest id that a channel brought: ids ascend on a channel (BA-2)
  std::vector<CheckpointId> snapshots;
  std::set<CheckpointId> declined;
};

// One random step: a barrier, a marker or the end of an open and unblocked channel, or a trigger.
void random_step(Receiver& r) {
  const auto channel = *rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(r.blocked.size()));
  const auto what = *rc::gen::weightedElement<int>({{8, 0}, {2, 1}, {1, 2}, {1, 3}});
  const auto ahead = *rc::gen::inRange<std::uint64_t>(1, 3);
  if (what == 3) return r.apply(r.aligner.on_trigger(cp(r.last[channel] + ahead)));
  if (r.blocked[channel] || r.ended[channel]) return;
  if (what == 2) {
    r.ended[channel] = true;
    return r.apply(r.aligner.on_end_of_partition(channel));
  }
  r.last[channel] += ahead;
  const CheckpointId checkpoint = cp(r.last[channel]);
  r.apply(what == 0 ? r.aligner.on_barrier(channel, checkpoint) : r.aligner.on_cancel_marker(channel, checkpoint));
}

}  // namespace

TEST_CASE("no channel is blocked while no checkpoint is pending, whatever arrives in whatever order (P9, BP-4)") {
  REQUIRE(rc::check([] {
    Receiver receiver(*rc::gen::inRange<std::uint32_t>(1, 5));
    const auto steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) {
      random_step(receiver);
      const bool stuck = receiver.any_blocked() && !receiver.aligner.pending();
      RC_ASSERT(!stuck);
      // A pending checkpoint always waits for a channel that can still move.
      if (receiver.aligner.pending()) {
        bool movable = false;
        for (std::size_t c = 0; c < receiver.blocked.size(); ++c) {
          movable = movable || (!receiver.blocked[c] && !receiver.ended[c]);
        }
        RC_ASSERT(movable);
      }
    }
  }));
}

TEST_CASE("barriers of one checkpoint on every open channel always lead to its snapshot (BA-6, BA-8)") {
  REQUIRE(rc::check([] {
    Receiver receiver(*rc::gen::inRange<std::uint32_t>(1, 5));
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) random_step(receiver);
    const CheckpointId next{1000};
    bool any_open = false;
    for (std::uint32_t c = 0; c < receiver.blocked.size(); ++c) {
      if (receiver.ended[c]) continue;
      any_open = true;
      receiver.apply(receiver.aligner.on_barrier(c, next));
    }
    RC_PRE(any_open);
    RC_ASSERT(receiver.newest_snapshot() == next);
    RC_ASSERT(!receiver.any_blocked());
  }));
}

// --- barriers that overtake ------------------------------------------------------------------------------------------

TEST_CASE("unaligned, the snapshot is taken at the first barrier and the part ends with the last (BA-11)") {
  BarrierAligner aligner(3);
  CHECK(kinds(aligner.on_overtaking_barrier(1, cp(1))) ==
        Kinds{Kind::Started, Kind::Prioritise, Kind::TakeUnalignedSnapshot});
  CHECK(aligner.pending());
  CHECK(aligner.on_overtaking_barrier(0, cp(1)).empty());
  CHECK(kinds(aligner.on_overtaking_barrier(2, cp(1))) ==
        Kinds{Kind::Ended, Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
  CHECK_FALSE(aligner.pending());
  CHECK(aligner.on_overtaking_barrier(2, cp(1)).empty());
}

TEST_CASE("with a single channel the first unaligned barrier is the last (BA-11)") {
  BarrierAligner aligner(1);
  CHECK(kinds(aligner.on_overtaking_barrier(0, cp(1))) == Kinds{Kind::Started, Kind::Prioritise,
                                                                Kind::TakeUnalignedSnapshot, Kind::Ended,
                                                                Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
}

TEST_CASE("a barrier in line blocks its channel until the last one, also after the snapshot (BA-12)") {
  BarrierAligner aligner(3);
  aligner.on_overtaking_barrier(1, cp(1));
  CHECK(kinds(aligner.on_barrier(0, cp(1))) == Kinds{Kind::Block});
  CHECK(kinds(aligner.on_overtaking_barrier(2, cp(1))) ==
        Kinds{Kind::Ended, Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
}

TEST_CASE("an alignment that takes too long goes on unaligned; blocked channels stay blocked (BA-13)") {
  BarrierAligner aligner(3);
  aligner.on_announcement(0, cp(1));
  CHECK(kinds(aligner.on_barrier(0, cp(1))) == Kinds{Kind::Started, Kind::Block});
  CHECK(kinds(aligner.on_timeout(cp(1))) == Kinds{Kind::Prioritise, Kind::TakeUnalignedSnapshot});
  CHECK(aligner.on_timeout(cp(1)).empty());
  CHECK(aligner.on_overtaking_barrier(1, cp(1)).empty());
  CHECK(kinds(aligner.on_overtaking_barrier(2, cp(1))) ==
        Kinds{Kind::Ended, Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
}

TEST_CASE("when only announcements have come, the snapshot waits for the first barrier (BA-13)") {
  BarrierAligner aligner(2);
  CHECK(aligner.on_announcement(0, cp(1)).empty());
  CHECK(aligner.pending());
  CHECK(kinds(aligner.on_timeout(cp(1))) == Kinds{Kind::Prioritise});
  CHECK(kinds(aligner.on_announcement(1, cp(1))) == Kinds{Kind::Prioritise});
  CHECK(kinds(aligner.on_overtaking_barrier(0, cp(1))) == Kinds{Kind::Started, Kind::TakeUnalignedSnapshot});
}

TEST_CASE("an alignment that ends in time is an aligned one, and its timeout means nothing (BA-13)") {
  BarrierAligner aligner(2);
  aligner.on_announcement(0, cp(1));
  aligner.on_barrier(0, cp(1));
  CHECK(kinds(aligner.on_barrier(1, cp(1))) ==
        Kinds{Kind::Block, Kind::Ended, Kind::TakeSnapshot, Kind::ResumeAfterSnapshot});
  CHECK(aligner.on_timeout(cp(1)).empty());
}

TEST_CASE("an overtaking barrier turns an alignment into an unaligned checkpoint (BA-12)") {
  BarrierAligner aligner(3);
  aligner.on_barrier(0, cp(1));
  CHECK(kinds(aligner.on_overtaking_barrier(1, cp(1))) == Kinds{Kind::Prioritise, Kind::TakeUnalignedSnapshot});
  CHECK(kinds(aligner.on_overtaking_barrier(2, cp(1))) ==
        Kinds{Kind::Ended, Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
}

TEST_CASE("an ended channel counts as aligned for what is pending, unaligned too (BA-8)") {
  BarrierAligner aligner(3);
  aligner.on_overtaking_barrier(0, cp(1));
  CHECK(aligner.on_end_of_partition(1).empty());
  CHECK(kinds(aligner.on_end_of_partition(2)) == Kinds{Kind::Ended, Kind::CaptureEnded, Kind::ResumeAfterSnapshot});
}

TEST_CASE("a newer barrier gives up the pending unaligned checkpoint (BA-5, BA-31)") {
  BarrierAligner aligner(2);
  aligner.on_overtaking_barrier(0, cp(1));
  const AlignmentEffects newer = aligner.on_overtaking_barrier(1, cp(2));
  CHECK(kinds(newer) == Kinds{Kind::AlignmentAborted, Kind::Decline, Kind::ResumeAfterAbort, Kind::Started,
                              Kind::Prioritise, Kind::TakeUnalignedSnapshot});
  CHECK(effect(newer, Kind::AlignmentAborted).checkpoint == cp(1));
  CHECK(aligner.on_overtaking_barrier(1, cp(1)).empty());
}

TEST_CASE("whatever comes, a snapshot is taken at most once and every blocked channel goes on (BA-4..BA-13)") {
  CHECK(rc::check("one-checkpoint handler", [] {
    constexpr std::uint32_t kChannels = 3;
    BarrierAligner aligner(kChannels);
    std::set<std::uint32_t> blocked;
    std::map<std::uint64_t, int> snapshots;
    std::vector<std::uint64_t> last(kChannels, 0);
    std::vector<bool> ended(kChannels, false);
    const auto apply = [&](const AlignmentEffects& effects) {
      for (const AlignmentEffect& e : effects) {
        if (e.kind == Kind::Block) blocked.insert(e.channel);
        if (e.kind == Kind::Resume) blocked.erase(e.channel);
        if (e.kind == Kind::ResumeAfterSnapshot || e.kind == Kind::ResumeAfterAbort) blocked.clear();
        if (e.kind == Kind::TakeSnapshot || e.kind == Kind::TakeUnalignedSnapshot) ++snapshots[e.checkpoint.value];
      }
    };
    for (int step = *rc::gen::inRange(0, 40); step > 0; --step) {
      const auto channel = *rc::gen::inRange<std::uint32_t>(0, kChannels);
      const auto what = *rc::gen::inRange(0, 12);
      if (ended[channel]) continue;
      const std::uint64_t next = last[channel] + *rc::gen::inRange<std::uint64_t>(1, 3);
      if (what < 5 && blocked.count(channel) == 0) {
        apply(aligner.on_barrier(channel, cp(last[channel] = next)));
      } else if (what < 9) {
        apply(aligner.on_overtaking_barrier(channel, cp(last[channel] = next)));
      } else if (what == 9) {
        apply(aligner.on_timeout(aligner.current()));
      } else if (what == 10 && blocked.count(channel) == 0) {
        apply(aligner.on_cancel_marker(channel, cp(next)));
      } else if (what == 11 && blocked.count(channel) == 0) {
        ended[channel] = true;
        apply(aligner.on_end_of_partition(channel));
      }
      if (!aligner.pending()) RC_ASSERT(blocked.empty());
    }
    for (const auto& [checkpoint, times] : snapshots) RC_ASSERT(times == 1);
  }));
}
