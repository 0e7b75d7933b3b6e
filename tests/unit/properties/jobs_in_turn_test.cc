// What properties make of a job that goes on with what another one has left.

#include <algorithm>

#include "coordination/split_ownership.h"
#include "storage/storage_tidy.h"
#include "trace_builder.h"
#include "weir/engine/ha_store.h"
#include "weir/engine/hash.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

// One property and the history that it is told by, over several jobs.
template <class Property>
class Jobs final : public sim::Observer {
 public:
  Jobs(const WordJob& job, engine::JobOptions options) : options_(options) {
    history_.begin(*job.graph, options);
    REQUIRE(check_.begin({job.graph.get(), options, job.reference.get(), &history_}));
  }
  void tell(const Story& story) { story.play(*this, trace_); }
  void next(const WordJob& job, engine::CheckpointId restored, bool claimed) {
    check_.before_stage();
    history_.on_stage(*job.graph, restored);
    check_.on_stage({job.graph.get(), options_, job.reference.get(), &history_, ++stage_, restored, claimed, "job-2/"});
  }
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override {
    if (watches(History::watched(), event)) history_.on_event(event, index);
    if (watches(check_.watched(), event)) check_.on_event(event, index);
  }
  void on_visible(const sim::VisibleRecord&) override {}
  Verdict verdict() {
    Verdict verdict;
    check_.judge({}, trace_, verdict);
    return verdict;
  }

 private:
  static bool watches(std::span<const sim::TraceKind> kinds, const sim::TraceEvent& event) {
    return std::find(kinds.begin(), kinds.end(), event.kind) != kinds.end();
  }
  engine::JobOptions options_;
  History history_;
  Property check_;
  sim::Trace trace_;
  std::uint32_t stage_ = 0;
};

}  // namespace

TEST_CASE("splits of readers that had finished before a rescale are not missed (P5, CO-50, CO-53)") {
  const WordJob wider(true, 3);
  for (const bool finished : {true, false}) {
    Story first;
    first.deploy(1, 0, {0, 0});
    if (finished) first.attempt_state("kafka-source/0", 1, AttemptState::Finished);
    first.trigger(1);
    first.take_snapshots(1, 1, {6, 1});
    first.acknowledge(1, 1);
    first.complete(1, 1);
    Story second(wider);
    second.trigger(2);
    second.at("kafka-source/0", EventKind::SplitSnapshot, 1, 2, 3);
    second.complete(2, 1);

    Jobs<SplitOwnership> jobs(word_job(), {});
    jobs.tell(first);
    jobs.next(wider, {1}, false);
    jobs.tell(second);
    const Verdict v = jobs.verdict();
    CHECK((v.answer == Answer::Holds) == finished);
    if (!finished) CHECK(v.reason == "split 0 of kafka-source has no owner in checkpoint 2");
  }
}

TEST_CASE(
    "a claimed checkpoint goes when the outcome is in the store, also after its leader was ousted (CO-49, RE-15)") {
  engine::JobOptions options;
  options.high_availability = engine::HighAvailability::Store;
  options.checkpoint.retention = engine::Retention::OnCancellation;
  for (const bool outcome : {true, false}) {
    Story first;
    first.trigger(1, 0);
    first.add(WorldEventKind::StorageWritten, engine::kStorageActor, 10, 0, engine::hash_bytes("chk-1/_metadata"));
    first.coordinator(EventKind::CheckpointCompleted, 0, 1, 10);
    first.job_state(engine::JobState::Canceled);
    Story second;
    const std::string entry = outcome ? engine::outcome_entry("job-2/") : "job-2/counter";
    second.add(WorldEventKind::HaWritten, engine::kHaStoreActor, 1, 0, engine::hash_bytes(entry));
    second.add(WorldEventKind::StorageRemoved, engine::kStorageActor, 0, 0, engine::hash_bytes("chk-1/_metadata"));

    Jobs<StorageTidy> jobs(word_job(), options);
    jobs.tell(first);
    jobs.next(word_job(), {1}, true);
    jobs.tell(second);
    CHECK((jobs.verdict().answer == Answer::Holds) == outcome);
  }
}

TEST_CASE("a claimed checkpoint has no pointer to wait for, one of the job's own has (SP-12, CO-44)") {
  engine::JobOptions options;
  options.high_availability = engine::HighAvailability::Store;
  options.checkpoint.retention = engine::Retention::OnCancellation;
  const auto write = [](Story& story, const std::string& path) {
    story.add(WorldEventKind::StorageWritten, engine::kStorageActor, 10, 0, engine::hash_bytes(path));
  };
  for (const bool pointer_removed : {true, false}) {
    Story first;
    first.trigger(1, 0);
    write(first, "chk-1/_metadata");
    first.coordinator(EventKind::CheckpointCompleted, 0, 1, 10);
    first.job_state(engine::JobState::Canceled);
    Story second;
    for (const std::uint64_t id : {2, 3}) {
      second.trigger(id, 0);
      write(second, "job-2/chk-" + std::to_string(id) + "/_metadata");
      second.coordinator(EventKind::CheckpointCompleted, 0, id, 10);
      if (id == 3) second.add(WorldEventKind::HaRemoved, engine::kHaStoreActor, 1, 2, 0);
      const std::string replaced = id == 2 ? "chk-1/_metadata" : "job-2/chk-2/_metadata";
      second.add(WorldEventKind::StorageRemoved, engine::kStorageActor, 0, 0, engine::hash_bytes(replaced));
    }
    if (!pointer_removed) {
      second.drop([](const sim::TraceEvent& e) { return e.kind == sim::TraceKind(WorldEventKind::HaRemoved); });
    }

    Jobs<StorageTidy> jobs(word_job(), options);
    jobs.tell(first);
    jobs.next(word_job(), {1}, true);
    jobs.tell(second);
    CHECK((jobs.verdict().answer == Answer::Holds) == pointer_removed);
  }
}
