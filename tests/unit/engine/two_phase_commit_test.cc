#include <catch2/catch.hpp>

#include "fakes/core_world.h"
#include "weir/engine/connectors.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Strings = std::vector<std::string>;
using State = CoreLog::State;

constexpr CheckpointId cp(std::uint64_t n) { return CheckpointId{n}; }

struct SinkWorld : CoreWorld {
  SinkWorld() { log.create("out", {{}, {}}); }
};

// One attempt of the sink "op/0-of-1".
struct Sink {
  explicit Sink(CoreWorld& world) : attempt(world) {}
  Sink(CoreWorld& world, CheckpointId restored, const OperatorStateStore::List& state) : attempt(world) {
    attempt.restore(restored, "transactions", state);
  }
  Sink& open() { return log.open(attempt.context), *this; }
  void write(const std::string& value) { log.append(value, Origin{}); }
  OperatorStateStore::List snapshot(CheckpointId checkpoint) {
    log.snapshot(checkpoint);
    return attempt.state.list("transactions");
  }
  CoreAttempt attempt;
  detail::TwoPhaseCommitLog log{"out"};
};

std::vector<std::uint64_t> transactions_of(const CoreWorld& world, EventKind kind) {
  std::vector<std::uint64_t> ids;
  for (const Event& e : world.events.of(kind)) ids.push_back(info(kind).has_checkpoint ? e.b : e.a);
  return ids;
}
using Ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("nothing is visible before the checkpoint is complete (10.1)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.write("b");
  CHECK(world.log.committed().empty());
  CHECK(world.log.transactions[0].state == State::Flushed);
  sink.log.notify_complete(cp(1));
  CHECK(world.log.committed() == Strings{"a"});
  CHECK(transactions_of(world, EventKind::TransactionBegun) == Ids{1, 2});
  CHECK(transactions_of(world, EventKind::TransactionPreCommitted) == Ids{1});
  CHECK(transactions_of(world, EventKind::TransactionCommitSent) == Ids{1});
}

TEST_CASE("a completed checkpoint commits every older pending one, ascending, and no newer one (TX-2)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  for (std::uint64_t n = 1; n <= 4; ++n) {
    sink.write("r" + std::to_string(n));
    sink.snapshot(cp(n));
  }
  sink.log.notify_complete(cp(3));
  CHECK(world.log.committed() == Strings{"r1", "r2", "r3"});
  CHECK(transactions_of(world, EventKind::TransactionCommitSent) == Ids{1, 2, 3});
  sink.log.notify_complete(cp(2));
  CHECK(world.log.committed() == Strings{"r1", "r2", "r3"});
  sink.log.notify_complete(cp(4));
  CHECK(world.log.committed().size() == 4);
}

TEST_CASE("the records of an aborted checkpoint are committed with the next one (10.1)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.log.notify_aborted(cp(1));
  sink.write("b");
  sink.snapshot(cp(2));
  sink.log.notify_complete(cp(2));
  CHECK(world.log.committed() == Strings{"a", "b"});
}

TEST_CASE("a restore commits what the checkpoint had pre-committed and aborts everything later (TX-1, TX-3, TX-17)") {
  SinkWorld world;
  Sink first(world);
  first.open();
  first.write("a");
  const auto state = first.snapshot(cp(1));
  first.write("b");       // transaction 2: `current` of checkpoint 1
  first.snapshot(cp(2));  // pre-committed for a checkpoint that is never completed
  first.write("c");       // transaction 3: unknown to checkpoint 1

  Sink second(world, cp(1), state);
  second.open();
  CHECK(world.log.committed() == Strings{"a"});
  CHECK(world.log.transactions[1].state == State::Aborted);
  CHECK(world.log.transactions[2].state == State::Aborted);
  CHECK(world.log.open_transactions("op/0-of-1") == std::vector{TransactionId{4}});

  second.write("b");
  second.snapshot(cp(3));
  second.log.notify_complete(cp(3));
  CHECK(world.log.committed() == Strings{"a", "b"});
}

TEST_CASE("restoring the same checkpoint again and again changes nothing (TX-1, RE-9)") {
  SinkWorld world;
  Sink first(world);
  first.open();
  first.write("a");
  const auto state = first.snapshot(cp(1));
  first.log.notify_complete(cp(1));
  for (int i = 0; i < 3; ++i) {
    Sink again(world, cp(1), state);
    again.open();
    again.write("b");
  }
  CHECK(world.log.committed() == Strings{"a"});
  CHECK(world.log.open_transactions("op/0-of-1").size() == 1);
}

TEST_CASE("a fresh start aborts what an attempt before the first checkpoint left open (TX-17)") {
  SinkWorld world;
  Sink first(world);
  first.open();
  first.write("a");
  first.snapshot(cp(1));
  Sink second(world);
  second.open();
  CHECK(world.log.transactions[0].state == State::Aborted);
  CHECK(world.log.transactions[1].state == State::Aborted);
}

TEST_CASE("who opens after it was replaced fails, and what its successor has promised stays (TX-16, RP-2)") {
  SinkWorld world;
  Sink successor(world);
  successor.attempt.context.attempt = AttemptId{100002};
  successor.open().write("promised");
  successor.snapshot(cp(1));
  Sink zombie(world);
  zombie.attempt.context.attempt = AttemptId{100001};
  CHECK_THROWS_AS(zombie.open(), OperatorFailure);
  successor.write("written on");
  successor.log.notify_complete(cp(1));
  CHECK(world.log.committed() == Strings{"promised"});
}

// A sink of that place among its siblings.
struct PlacedSink : Sink {
  PlacedSink(CoreWorld& world, std::uint32_t index, std::uint32_t parallelism) : Sink(world) {
    place(index, parallelism);
  }
  PlacedSink(CoreWorld& world, std::uint32_t index, std::uint32_t parallelism, const OperatorStateStore::List& state)
      : Sink(world, cp(1), state) {
    place(index, parallelism);
  }
  void place(std::uint32_t index, std::uint32_t parallelism) {
    attempt.context.index = index;
    attempt.context.parallelism = parallelism;
  }
};

TEST_CASE("a fresh start also aborts what a job of another parallelism left open (TX-16, TX-17)") {
  SinkWorld world;
  for (std::uint32_t index = 0; index < 3; ++index) {
    PlacedSink before(world, index, 3);
    before.open().write("lost with its job");
    before.log.snapshot(cp(1));  // pre-committed, but the checkpoint never completed
  }
  world.log.register_producer("op/other/0-of-9", AttemptId{1}).value();
  PlacedSink sibling(world, 1, 2);
  sibling.open();
  PlacedSink first(world, 0, 2);
  first.open();
  CHECK(world.log.open_producers("op/") == Strings{"op/0-of-2", "op/1-of-2"});
}

TEST_CASE("a restore aborts what a job in between had begun, and commits what the checkpoint promises (TX-1, TX-16)") {
  SinkWorld world;
  PlacedSink taker(world, 0, 3);
  taker.open().write("promised");
  const auto state = taker.snapshot(cp(1));
  PlacedSink between(world, 1, 2);
  between.open().write("replayed");
  between.log.snapshot(cp(2));
  PlacedSink now(world, 0, 5, state);
  now.open();
  CHECK(world.log.committed() == Strings{"promised"});
  CHECK(world.log.open_producers("op/") == Strings{"op/0-of-5"});
}

TEST_CASE("a subtask recovers every element it is given, and none is fine too (TX-6)") {
  SinkWorld world;
  Sink a(world), b(world);
  b.attempt.context.index = 1;
  a.open();
  b.open();
  a.write("a");
  b.write("b");
  OperatorStateStore::List both = a.snapshot(cp(1));
  both.push_back(b.snapshot(cp(1)).front());

  Sink merged(world, cp(1), both);
  merged.open();
  CHECK(world.log.committed() == Strings{"a", "b"});
  Sink empty(world, cp(1), {});
  empty.attempt.context.index = 1;
  empty.open();
  CHECK(world.log.open_transactions("op/1-of-1").size() == 1);
}

TEST_CASE("a zombie is fenced and fails (TX-16)") {
  SinkWorld world;
  Sink zombie(world);
  zombie.open();
  Sink heir(world);
  heir.open();
  CHECK_THROWS_AS(zombie.write("late"), OperatorFailure);
  CHECK_THROWS_AS(zombie.snapshot(cp(1)), OperatorFailure);
}

TEST_CASE("one failed commit does not keep the others back, then fails the attempt (10.1)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.write("b");
  sink.snapshot(cp(2));
  world.log.refused_commits[TransactionId{1}] = Status(StatusCode::Unknown, "no answer");
  try {
    sink.log.notify_complete(cp(2));
    FAIL("the failed commit was swallowed");
  } catch (const OperatorFailure& failure) {
    CHECK(failure.cause == FailureCause::SinkFailed);
    CHECK(failure.message == "op/0-of-1: committing: no answer");
  }
  CHECK(world.log.committed() == Strings{"b"});
}

TEST_CASE("a failed commit or abort during a restore fails the attempt") {
  SinkWorld world;
  Sink first(world);
  first.open();
  const auto state = first.snapshot(cp(1));
  world.log.refuse_abort = Status(StatusCode::Unavailable, "down");
  Sink no_abort(world, cp(1), state);
  CHECK_THROWS_AS(no_abort.open(), OperatorFailure);
  world.log.refused_commits[TransactionId{1}] = Status(StatusCode::NotFound, "timed out");
  Sink no_commit(world, cp(1), state);
  CHECK_THROWS_AS(no_commit.open(), OperatorFailure);
}

TEST_CASE("after the end of data the last transaction is pre-committed once and no new one begins (10.1)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  sink.write("last");
  sink.log.finish();
  const auto state = sink.snapshot(cp(1));
  CHECK(world.log.transactions.size() == 1);
  CHECK_THROWS_AS(sink.write("too late"), OperatorFailure);
  sink.snapshot(cp(2));
  CHECK(transactions_of(world, EventKind::TransactionPreCommitted) == Ids{1});
  sink.log.notify_complete(cp(2));
  sink.log.close();
  CHECK(world.log.committed() == Strings{"last"});

  Sink restored(world, cp(1), state);
  restored.open();
  CHECK(world.log.committed() == Strings{"last"});
}

TEST_CASE("closing aborts the current transaction and leaves the pre-committed ones (TX-22)") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.log.close();
  CHECK(world.log.transactions[0].state == State::Flushed);
  CHECK(world.log.transactions[1].state == State::Aborted);
  sink.log.close();
  CHECK(transactions_of(world, EventKind::TransactionAbortSent) == Ids{2});
}

TEST_CASE("closing does not throw when the broker refuses") {
  SinkWorld world;
  Sink sink(world);
  sink.open();
  world.log.refuse_abort = Status(StatusCode::Unavailable, "down");
  CHECK_NOTHROW(sink.log.close());
  Sink never_opened(world);
  CHECK_NOTHROW(never_opened.log.close());
}

TEST_CASE("a missing topic and a broken state fail the attempt") {
  CoreWorld no_topic;
  Sink sink(no_topic);
  CHECK_THROWS_AS(sink.open(), OperatorFailure);
  SinkWorld world;
  Sink broken(world, cp(1), {"\x01\xff"});
  CHECK_THROWS_AS(broken.open(), OperatorFailure);
}

TEST_CASE("defect commit-at-pre-commit makes records visible at the barrier") {
  SinkWorld world;
  world.defects.add(Defect::CommitAtPreCommit);
  Sink sink(world);
  sink.open();
  sink.write("a");
  const auto state = sink.snapshot(cp(1));
  CHECK(world.log.committed() == Strings{"a"});
  sink.write("b");
  sink.snapshot(cp(2));
  Sink again(world, cp(1), state);
  CHECK_NOTHROW(again.open());
  CHECK(world.log.committed() == Strings{"a", "b"});
}

TEST_CASE("defect abort-transaction-on-notify-aborted loses the records of an aborted checkpoint") {
  SinkWorld world;
  world.defects.add(Defect::AbortTransactionOnNotifyAborted);
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.log.notify_aborted(cp(1));
  sink.write("b");
  sink.snapshot(cp(2));
  sink.log.notify_complete(cp(2));
  CHECK(world.log.committed() == Strings{"b"});
}

TEST_CASE("defect commit-beyond-notified-checkpoint commits what is not complete") {
  SinkWorld world;
  world.defects.add(Defect::CommitBeyondNotifiedCheckpoint);
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.write("b");
  sink.snapshot(cp(2));
  sink.log.notify_complete(cp(1));
  CHECK(world.log.committed() == Strings{"a", "b"});
}

TEST_CASE("defect restore-one-committable loses the transactions behind the first one") {
  SinkWorld world;
  world.defects.add(Defect::RestoreOneCommittable);
  Sink sink(world);
  sink.open();
  sink.write("a");
  sink.snapshot(cp(1));
  sink.write("b");
  const auto state = sink.snapshot(cp(2));
  Sink again(world, cp(2), state);
  again.open();
  CHECK(world.log.committed() == Strings{"a"});
}

TEST_CASE("defect keep-lingering-transactions leaves open what no state knows of") {
  SinkWorld world;
  world.defects.add(Defect::KeepLingeringTransactions);
  Sink lost(world);
  lost.open();
  Sink again(world);
  again.open();
  CHECK(world.log.open_transactions("op/0-of-1").size() == 2);
}
