// What properties make of a job that another JobManager takes over (G-1, CO-33, CO-46, RE-13, RE-15).

#include "trace_builder.h"
#include "weir/engine/hash.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

constexpr engine::ActorId kFirst = engine::actor_of(engine::kJobManager);
constexpr engine::ActorId kSecond = engine::actor_of(engine::kStandbyJobManager);

// Checkpoints of which one subtask, totals/0, writes a file.
struct Lives {
  static std::uint64_t hash(std::uint64_t checkpoint, const char* file) {
    return engine::hash_bytes("chk-" + std::to_string(checkpoint) + "/" + file);
  }
  Lives() { deploy(1); }
  void deploy(std::uint32_t attempt) {
    by(EventKind::AttemptDeployed, attempt, word_job().subtask("totals/0").value, 1);
  }
  std::uint32_t by(EventKind kind, std::uint32_t detail, std::uint64_t a, std::uint64_t b = 0) {
    return story.add(kind, leader, detail, a, b);
  }
  std::uint32_t store(WorldEventKind kind, std::uint64_t checkpoint) {
    return story.add(kind, engine::kHaStoreActor, 1, checkpoint, 0);
  }
  std::uint32_t write(std::uint64_t checkpoint, const char* file) {
    const std::uint64_t id = std::uint64_t{word_job().subtask("totals/0").value} << 48 | ++writes;
    return story.add(WorldEventKind::StorageWritten, engine::kStorageActor, 10, id, hash(checkpoint, file));
  }
  std::uint32_t remove(std::uint64_t checkpoint, const char* file) {
    return story.add(WorldEventKind::StorageRemoved, engine::kStorageActor, 0, 0, hash(checkpoint, file));
  }
  void take(std::uint64_t id, std::uint32_t attempt = 1) {
    by(EventKind::CheckpointTriggered, 0, id, 1);
    write(id, "state");
    story.at("totals/0", EventKind::AckSent, attempt, id);
    by(EventKind::AckReceived, attempt, id, word_job().subtask("totals/0").value);
    by(EventKind::StateReported, 0, id, hash(id, "state"));
    write(id, "_metadata");
  }
  std::uint32_t complete(std::uint64_t id) { return by(EventKind::CheckpointCompleted, 0, id, 10); }
  void decide(engine::ActorId to, std::uint64_t session) {
    leader = to;
    story.add(WorldEventKind::LeadershipGranted, engine::kHaStoreActor, to.value, session);
  }
  void grant(engine::ActorId to, std::uint32_t session) {
    decide(to, session);
    by(EventKind::JobRecovered, session, 0);
  }
  Verdict verdict(const char* property, sim::RunEnd end = sim::RunEnd::JobFinished) const {
    engine::JobOptions options;
    options.high_availability = engine::HighAvailability::Store;
    return Judged(story, end, options)[property];
  }
  // Without what this short story leaves out: the acknowledgements of all others.
  bool complains(const char* property, const std::string& of) const {
    const Verdict v = verdict(property);
    for (const std::string& detail : v.details) {
      if (detail.find(of) != std::string::npos) return true;
    }
    return v.reason.find(of) != std::string::npos;
  }

  Story story;
  engine::ActorId leader = kFirst;
  std::uint64_t writes = 0;
};

}  // namespace

TEST_CASE("what is in the store is complete, though its leader died before it heard of that (G-1, RE-13)") {
  Lives l;
  l.take(1);
  l.store(WorldEventKind::HaWritten, 1);
  l.grant(kSecond, 2);
  l.by(EventKind::RestoreChosen, 0, 1);
  CHECK_FALSE(l.complains("checkpoint-order", "restored from"));
}

TEST_CASE("a restore from an older one than the newest in the store is told (RE-8, CO-45)") {
  Lives l;
  l.take(1);
  l.store(WorldEventKind::HaWritten, 1);
  l.complete(1);
  l.take(2);
  l.store(WorldEventKind::HaWritten, 2);
  l.grant(kSecond, 2);
  l.by(EventKind::RestoreChosen, 0, 1);
  CHECK(l.complains("checkpoint-order", "restored from checkpoint 1, though checkpoint 2"));
}

TEST_CASE("a completion that is told before the store has it is told in turn (G-1, RE-15)") {
  Lives l;
  l.take(1);
  l.complete(1);
  CHECK(l.complains("checkpoint-order", "checkpoint 1 was completed without being in the store"));
}

TEST_CASE("ids ascend over the lives of JobManagers (CO-47, P8)") {
  Lives l;
  l.take(1);
  l.grant(kSecond, 2);
  l.deploy(1001);
  l.take(1, 1001);
  CHECK(l.complains("checkpoint-order", "checkpoint 1 was triggered after checkpoint 1"));
}

TEST_CASE("a JobManager that leads no more may count and restore what it likes, and complete nothing (RE-15)") {
  Lives l;
  l.take(1);
  l.grant(kSecond, 2);
  l.deploy(1001);
  l.leader = kFirst;
  l.by(EventKind::RestoreChosen, 0, 7);
  l.by(EventKind::CheckpointTriggered, 0, 1, 1);
  l.by(EventKind::AckReceived, 1, 1, word_job().subtask("totals/0").value);
  CHECK(l.verdict("checkpoint-order").answer == Answer::Holds);
  l.complete(1);
  CHECK(l.verdict("checkpoint-order").answer == Answer::Violated);
}

TEST_CASE("one that leads again without having heard that it did not acts as the old one until then (RE-13, RE-15)") {
  for (const bool heard : {false, true}) {
    Lives l;
    l.take(1);
    l.store(WorldEventKind::HaWritten, 1);
    l.complete(1);
    l.grant(kSecond, 2);
    l.take(2);
    l.store(WorldEventKind::HaWritten, 2);
    l.decide(kFirst, 3);
    if (heard) l.by(EventKind::JobRecovered, 3, 0);
    l.by(EventKind::RestoreChosen, 0, 1);
    CHECK(l.complains("checkpoint-order", "restored from checkpoint 1, though checkpoint 2") == heard);
  }
}

TEST_CASE("a pointer in doubt counts until it is removed (CO-33)") {
  for (const bool removed : {false, true}) {
    Lives l;
    l.take(1);
    l.store(WorldEventKind::HaWritten, 1);
    l.complete(1);
    l.take(2);
    l.store(WorldEventKind::HaWritten, 2);
    l.store(WorldEventKind::HaAnswerLost, 2);
    l.by(EventKind::CheckpointAborted, static_cast<std::uint32_t>(engine::AbortReason::FinalizeCheckpointFailure), 2);
    if (removed) l.store(WorldEventKind::HaRemoved, 2);
    l.by(EventKind::RestoreChosen, 0, 1);
    CHECK_FALSE(l.complains("checkpoint-order", "aborted after it had completed"));
    CHECK(l.complains("checkpoint-order", "though checkpoint 2") == !removed);
  }
}

TEST_CASE("a file goes after the pointer to its checkpoint, however many are retained (P6, CO-48)") {
  for (const bool first : {false, true}) {
    Lives l;
    for (const std::uint64_t id : {1u, 2u}) {
      l.take(id);
      l.store(WorldEventKind::HaWritten, id);
      l.complete(id);
    }
    if (first) l.remove(1, "state");
    l.store(WorldEventKind::HaRemoved, 1);
    if (!first) l.remove(1, "state");
    CHECK(l.complains("storage-tidy", "a file of checkpoint 1 was deleted while") == first);
  }
}

TEST_CASE("a leader answers for what it found in the store, and for nothing else of the one before (P7, CO-44)") {
  Lives l;
  l.take(1);
  l.store(WorldEventKind::HaWritten, 1);
  l.complete(1);
  l.take(2);
  l.grant(kSecond, 2);
  CHECK_FALSE(l.complains("storage-tidy", "of checkpoint 2"));
  CHECK(l.complains("storage-tidy", "a file of checkpoint 1, which the coordinator knew of, is left over"));
  l.store(WorldEventKind::HaRemoved, 1);
  l.remove(1, "_metadata");
  l.remove(1, "state");
  CHECK(l.verdict("storage-tidy").answer == Answer::Holds);
}

TEST_CASE("a job that is lost with its JobManager is explained (CO-46)") {
  Story story;
  for (const char* property : {"exactly-once", "liveness"}) {
    const Verdict v = Judged(story, sim::RunEnd::JobLost)[property];
    CHECK(v.answer == Answer::Inconclusive);
    CHECK(v.reason.find("CO-46") != std::string::npos);
  }
}
