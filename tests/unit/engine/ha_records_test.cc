// The pointer protocol under a store that may say nothing (CO-33, CO-47, CO-48).

#include "checkpoint/ha_records.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>

#include "checkpoint/metadata.h"
#include "unit/engine/fakes/memory_storage.h"

namespace weir::engine {
namespace {

using Step = StoreWrite::Step;

HaAnswer answer(HaOutcome outcome, Bytes content = {}) { return {{}, {}, outcome, std::move(content)}; }

TEST_CASE("what an answer means for a write [ha] (CO-33, CO-48)") {
  CHECK(StoreWrite("mine", 3).on_answer(answer(HaOutcome::Done)) == Step::Applied);
  CHECK(StoreWrite("mine", 3).on_answer(answer(HaOutcome::Exists, "mine")) == Step::Applied);
  CHECK(StoreWrite("mine", 3).on_answer(answer(HaOutcome::Exists, "theirs")) == Step::Refused);
  CHECK(StoreWrite({}, 3).on_answer(answer(HaOutcome::NotFound)) == Step::Applied);
}

TEST_CASE("an outcome that stays unknown is in doubt, not refused [ha] (CO-33)") {
  StoreWrite write("mine", 3);
  CHECK(write.on_answer(answer(HaOutcome::Unknown)) == Step::Retry);
  CHECK(write.on_answer(answer(HaOutcome::Unknown)) == Step::Retry);
  CHECK(write.on_answer(answer(HaOutcome::Unknown)) == Step::InDoubt);
  StoreWrite removal({}, kUnlimitedAttempts);
  for (int i = 0; i < 100; ++i) CHECK(removal.on_answer(answer(HaOutcome::Unknown)) == Step::Retry);
}

TEST_CASE("a refusal after an unknown outcome leaves the doubt [ha] (RE-15)") {
  CHECK(StoreWrite("mine", 3).on_answer(answer(HaOutcome::NotLeader)) == Step::Refused);
  StoreWrite write("mine", 3);
  write.on_answer(answer(HaOutcome::Unknown));
  CHECK(write.on_answer(answer(HaOutcome::NotLeader)) == Step::InDoubt);
}

// A store of which nobody always learns what it did, and what is in it.
struct AmbiguousStore {
  HaAnswer perform(const HaRequest& request, bool applied, bool known) {
    HaAnswer made{request.id, request.session, HaOutcome::Done};
    if (applied) made = apply(request);
    if (!known || !applied) made.outcome = HaOutcome::Unknown;
    return made;
  }
  HaAnswer apply(const HaRequest& request) {
    HaAnswer made{request.id, request.session, HaOutcome::Done};
    if (request.kind == HaRequestKind::Remove) {
      if (entries.erase(request.entry) == 0) made.outcome = HaOutcome::NotFound;
    } else if (request.kind == HaRequestKind::Create && entries.count(request.entry) != 0) {
      made.outcome = HaOutcome::Exists;
      made.content = entries[request.entry];
    } else {
      entries[request.entry] = request.content;
    }
    return made;
  }
  std::map<std::string, Bytes> entries;
};

struct Records {
  void take() {
    while (!effects.empty()) {
      auto effect = effects.take();
      if (auto* request = std::get_if<HaRequest>(&effect)) under_way.push_back(*request);
      if (auto* timer = std::get_if<ArmCheckpointTimer>(&effect)) retries.push_back(timer->argument);
    }
  }
  EffectQueue<CheckpointEffect> effects;
  HaRecords records{"job-2/", SessionId{4}, effects};
  std::deque<HaRequest> under_way;
  std::vector<std::uint64_t> retries;
};

TEST_CASE("pointers are what the answers made of them, whatever was lost on the way [ha] (CO-33, CO-48)") {
  CHECK(rc::check("the reference store agrees", [] {
    Records r;
    AmbiguousStore store;
    std::uint64_t next = 1;
    std::uint64_t last_written = 0;
    for (int step = 0; step < 60; ++step) {
      const int what = *rc::gen::inRange(0, 6);
      if (what == 0) r.records.add_pointer({next++}, "job-2/chk");
      if (what == 1) r.records.remove_pointer({*rc::gen::inRange<std::uint64_t>(1, next + 1)});
      if (what == 2) r.records.store_counter({next});
      r.records.proceed();
      r.take();
      for (const std::uint64_t retry : std::exchange(r.retries, {})) r.records.on_retry(retry);
      r.take();
      RC_ASSERT(r.under_way.size() <= 3u);  // one of each kind
      if (r.under_way.empty()) continue;
      const HaRequest request = r.under_way.front();
      r.under_way.pop_front();
      const bool applied = *rc::gen::inRange(0, 3) != 0;
      const auto ended = r.records.on_answer(store.perform(request, applied, *rc::gen::inRange(0, 3) != 0));
      if (ended.step == Step::Retry) continue;
      const std::string entry = pointer_entry("job-2/", ended.checkpoint);
      if (ended.record == HaRecord::Pointer) {
        RC_ASSERT(ended.checkpoint.value > last_written);  // in order
        last_written = ended.checkpoint.value;
        RC_ASSERT(ended.step != Step::Refused);
        if (ended.step == Step::Applied) RC_ASSERT(store.entries.at(entry) == "job-2/chk 4");
      }
      if (ended.record == HaRecord::Removal) RC_ASSERT(store.entries.count(entry) == 0u);
    }
  }));
}

TEST_CASE("a pointer that waits for its turn can be dropped, one that is being written cannot [ha]") {
  Records r;
  r.records.add_pointer({1}, "job-2/chk-1");
  r.records.add_pointer({2}, "job-2/chk-2");
  r.records.proceed();
  r.take();
  REQUIRE(r.under_way.size() == 1);
  CHECK(r.under_way[0].entry == "job-2/pointer-1");
  CHECK(r.under_way[0].session == SessionId{4});
  CHECK_FALSE(r.records.drop_pointer({1}));
  CHECK(r.records.drop_pointer({2}));
  CHECK(r.records.writing_pointer({1}));
  r.records.on_answer({r.under_way[0].id, SessionId{4}, HaOutcome::Done});
  CHECK(r.records.idle());
}

TEST_CASE("an answer to a request that is not under way is ignored [ha]") {
  Records r;
  r.records.store_counter({2});
  r.records.proceed();
  r.take();
  CHECK(r.records.on_answer({HaRequestId{400}, SessionId{4}, HaOutcome::Done}).step == Step::Retry);
  CHECK_FALSE(r.records.idle());
}

// --- what a leader reads ---------------------------------------------------------------------------------------------

CompletedCheckpoint empty_checkpoint(std::uint64_t id) { return {CheckpointId{id}, {}, CheckpointKind::Periodic, {}}; }

TEST_CASE("a leader reads counter, pointers in order of their ids, and the outcome [ha] (CO-45, CO-47)") {
  testing::MemoryStorage storage;
  storage.files["chk-9/_metadata"] = encode(empty_checkpoint(9));
  storage.files["chk-10/_metadata"] = encode(empty_checkpoint(10));
  const std::vector<HaEntry> entries{
      {"counter", "13"}, {"outcome", "3 12"}, {"pointer-10", "chk-10 2"}, {"pointer-9", "chk-9 1"}};
  const auto read = read_records("", entries, storage, {});
  REQUIRE(read.ok());
  CHECK(read.value().next == CheckpointId{13});
  CHECK(read.value().outcome == JobState::Finished);
  CHECK(read.value().final_savepoint == CheckpointId{12});
  REQUIRE(read.value().checkpoints.size() == 2);
  CHECK(read.value().checkpoints[0].id == CheckpointId{9});
  CHECK(read.value().checkpoints[1].directory == "chk-10");
  CHECK(read.value().checkpoints[1].claimed);
}

TEST_CASE("one checkpoint that cannot be read fails the recovery [ha] (CO-45)") {
  testing::MemoryStorage storage;
  storage.files["chk-9/_metadata"] = encode(empty_checkpoint(9));
  const std::vector<HaEntry> entries{{"pointer-10", "chk-10 2"}, {"pointer-9", "chk-9 1"}};
  CHECK_FALSE(read_records("", entries, storage, {}).ok());
  storage.files["chk-10/_metadata"] = "half";
  CHECK_FALSE(read_records("", entries, storage, {}).ok());
  DefectSet skips;
  skips.add(Defect::SkipUnreadablePointer);
  CHECK(read_records("", entries, storage, skips).value().checkpoints.size() == 1);
}

}  // namespace
}  // namespace weir::engine
