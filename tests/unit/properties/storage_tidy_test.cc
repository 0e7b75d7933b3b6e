#include <map>

#include "trace_builder.h"
#include "weir/engine/file_segment.h"
#include "weir/engine/hash.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

namespace {

// Histories of checkpoints of which one subtask, totals/0, writes files; it runs on process 1.
struct Files {
  static std::string path(std::uint64_t checkpoint) { return "chk-" + std::to_string(checkpoint) + "/state"; }
  static std::string metadata(std::uint64_t checkpoint) { return "chk-" + std::to_string(checkpoint) + "/_metadata"; }

  Files() { story.coordinator(EventKind::AttemptDeployed, 1, word_job().subtask("totals/0").value, 1); }
  std::uint32_t write(const std::string& file) {
    const std::uint64_t id = std::uint64_t{word_job().subtask("totals/0").value} << 48 | ++writes;
    return story.add(WorldEventKind::StorageWritten, engine::kStorageActor, 10, id, engine::hash_bytes(file));
  }
  std::uint32_t remove(const std::string& file) {
    return story.add(WorldEventKind::StorageRemoved, engine::kStorageActor, 0, 0, engine::hash_bytes(file));
  }
  void trigger(std::uint64_t id) { story.coordinator(EventKind::CheckpointTriggered, 0, id, 1); }
  void send(std::uint64_t id) { story.at("totals/0", EventKind::AckSent, 1, id); }
  std::uint32_t receive(std::uint64_t id, engine::AckClass ack_class = engine::AckClass::Success) {
    story.ack("totals/0", id, 1, ack_class);
    return story.coordinator(EventKind::StateReported, static_cast<std::uint32_t>(ack_class), id,
                             engine::hash_bytes(path(id)));
  }
  std::uint32_t share(std::uint64_t id, const std::string& file,
                      engine::AckClass ack_class = engine::AckClass::Success) {
    return story.coordinator(EventKind::SharedFileReported, static_cast<std::uint32_t>(ack_class), id,
                             engine::hash_bytes(file));
  }
  // With one shared file, which this checkpoint wrote or an earlier one.
  void complete_with(std::uint64_t id, const std::string& file, bool write_it) {
    if (write_it) write(file);
    acknowledge(id);
    share(id, file);
    completed[id] = complete(id);
  }
  void acknowledge(std::uint64_t id) {
    trigger(id);
    write(path(id));
    send(id);
    receive(id);
  }
  std::uint32_t complete(std::uint64_t id) {
    write(metadata(id));
    return story.coordinator(EventKind::CheckpointCompleted, 0, id, 10);
  }
  void remove_all(std::uint64_t id) {
    remove(metadata(id));
    remove(path(id));
  }
  void finish() { story.job_state(engine::JobState::Finished); }

  Verdict verdict(sim::RunEnd end = sim::RunEnd::JobFinished, engine::JobOptions options = {}) const {
    return Judged(story, end, options)["storage-tidy"];
  }

  Story story;
  std::uint64_t writes = 0;
  std::map<std::uint64_t, std::uint32_t> completed;
};

}  // namespace

TEST_CASE("older checkpoints go after newer ones are complete, and everything in the end (P6, P7)") {
  Files files;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    files.acknowledge(id);
    files.complete(id);
    if (id > 1) files.remove_all(id - 1);
  }
  files.finish();
  files.remove_all(3);
  CHECK(files.verdict().answer == Answer::Holds);
}

TEST_CASE("a file that is deleted while its checkpoint is retained is told (P6, SH-6)") {
  Files files;
  files.acknowledge(1);
  const std::uint32_t completed = files.complete(1);
  files.acknowledge(2);
  const std::uint32_t removed = files.remove(Files::path(1));
  const Verdict v = files.verdict(sim::RunEnd::OutOfTime);
  CHECK(v.answer == Answer::Violated);
  CHECK(v.reason == "a file of checkpoint 1 was deleted while that checkpoint was retained");
  CHECK(v.witnesses == Indices{completed, removed});
}

TEST_CASE("as many checkpoints are guarded as are retained (CO-42)") {
  Files files;
  for (std::uint64_t id = 1; id <= 2; ++id) {
    files.acknowledge(id);
    files.complete(id);
  }
  files.remove_all(1);
  CHECK(files.verdict(sim::RunEnd::OutOfTime).answer == Answer::Holds);
  engine::JobOptions two;
  two.checkpoint.num_retained = 2;
  CHECK(files.verdict(sim::RunEnd::OutOfTime, two).answer == Answer::Violated);
}

TEST_CASE("a checkpoint that completes without its files is told (P6)") {
  Files files;
  files.acknowledge(1);
  files.remove(Files::path(1));
  files.complete(1);
  CHECK(mentions(files.verdict(sim::RunEnd::OutOfTime), "a file that it refers to is not in storage"));
  Files bare;
  bare.acknowledge(1);
  bare.story.coordinator(EventKind::CheckpointCompleted, 0, 1, 10);
  CHECK(mentions(bare.verdict(sim::RunEnd::OutOfTime), "its metadata is not in storage"));
}

TEST_CASE("what the coordinator knew of must be gone when the job has finished (P7, SH-10)") {
  for (const auto ack_class : {engine::AckClass::Success, engine::AckClass::Late}) {
    Files files;
    files.trigger(1);
    const std::uint32_t written = files.write(Files::path(1));
    files.send(1);
    const std::uint32_t reported = files.receive(1, ack_class);
    files.story.coordinator(EventKind::CheckpointCompleted, 0, 2, 0);
    files.write(Files::metadata(1));
    files.finish();
    files.remove(Files::metadata(1));
    const Verdict v = files.verdict();
    CHECK(mentions(v, "a file of checkpoint 1, which the coordinator knew of, is left over"));
    CHECK(std::count(v.witnesses.begin(), v.witnesses.end(), written) == 1);
    CHECK(std::count(v.witnesses.begin(), v.witnesses.end(), reported) == 1);
    CHECK_FALSE(mentions(files.verdict(sim::RunEnd::OutOfTime), "is left over"));
  }
}

TEST_CASE("metadata must be gone when the job has finished (P7)") {
  Files files;
  files.acknowledge(1);
  files.complete(1);
  files.finish();
  files.remove(Files::path(1));
  CHECK(files.verdict().reason == "the metadata of checkpoint 1 is left over after the end of the job");
}

TEST_CASE("a lost acknowledgement and a dead writer leave orphans, a living one does not (P7, SH-10, SN-17)") {
  Files lost;
  lost.trigger(1);
  lost.write(Files::path(1));
  lost.send(1);
  lost.finish();
  CHECK(lost.verdict().answer == Answer::Holds);

  Files dead;
  dead.trigger(1);
  dead.write(Files::path(1));
  dead.story.add(WorldEventKind::ProcessCrashed, engine::actor_of(engine::ProcessId{1}), 1);
  dead.finish();
  CHECK(dead.verdict().answer == Answer::Holds);

  Files alive;
  alive.trigger(1);
  const std::uint32_t written = alive.write(Files::path(1));
  alive.finish();
  CHECK(alive.verdict().reason == "totals/0 left a file behind that it never acknowledged");
  CHECK(alive.verdict().witnesses == Indices{written});
}

TEST_CASE("the next attempt's acknowledgement does not excuse what the one before left behind (SN-17)") {
  Files files;
  files.trigger(1);
  files.write(Files::path(1));
  files.story.coordinator(EventKind::AttemptDeployed, 2, word_job().subtask("totals/0").value, 1);
  files.story.at("totals/0", EventKind::AckSent, 2, 2);
  files.finish();
  CHECK(files.verdict().answer == Answer::Violated);
  files.story.at("totals/0", EventKind::AckSent, 1, 1);  // the old one was still alive after all
  CHECK(files.verdict().answer == Answer::Holds);
}

TEST_CASE("files of a checkpoint whose metadata is still being written go when that ends") {
  Files files;
  files.acknowledge(1);
  files.story.coordinator(EventKind::CheckpointAborted, 0, 1);
  files.finish();
  CHECK(files.verdict().answer == Answer::Holds);
}

TEST_CASE("checkpoints that the JobManager keeps have no files to judge (SH-14)") {
  engine::JobOptions in_memory;
  in_memory.checkpoint.storage = engine::CheckpointStorageKind::JobManager;
  CHECK_FALSE(Judged(Files().story, sim::RunEnd::JobFinished, in_memory).has("storage-tidy"));
}

TEST_CASE("a shared file stays while a retained checkpoint refers to it, and goes with the last (P6, P7, SH-4)") {
  Files files;
  files.complete_with(1, "shared/a", true);
  files.complete_with(2, "shared/a", false);
  files.remove_all(1);
  const Files retained = files;
  files.complete_with(3, "shared/b", true);
  files.remove("shared/a");
  files.remove_all(2);
  files.finish();
  files.remove("shared/b");
  files.remove_all(3);
  CHECK(files.verdict().answer == Answer::Holds);

  Files early = retained;
  const std::uint32_t removed = early.remove("shared/a");
  CHECK(early.verdict(sim::RunEnd::OutOfTime).reason ==
        "a file of checkpoint 2 was deleted while that checkpoint was retained");
  CHECK(early.verdict(sim::RunEnd::OutOfTime).witnesses == Indices{early.completed[2], removed});

  Files dangling = retained;
  dangling.finish();
  dangling.remove_all(2);
  CHECK(dangling.verdict().reason ==
        "a file of checkpoint 2, which the coordinator knew of, is left over after the end of the job");
}

TEST_CASE("a shared file that a retained checkpoint refers to is not written again (P15, SN-18)") {
  Files files;
  files.complete_with(1, "shared/a", true);
  const std::uint32_t again = files.write("shared/a");
  CHECK(files.verdict(sim::RunEnd::OutOfTime).reason ==
        "a file of checkpoint 1 was written again while that checkpoint was retained");
  CHECK(files.verdict(sim::RunEnd::OutOfTime).witnesses == Indices{files.completed[1], again});
}

TEST_CASE("a shared file of a late acknowledgement was known all the same and has to go (P7, CO-23)") {
  Files files;
  files.complete_with(1, "shared/a", true);
  files.write("shared/late");
  files.send(1);
  files.share(1, "shared/late", engine::AckClass::Late);
  files.finish();
  files.remove_all(1);
  files.remove("shared/a");
  CHECK(files.verdict().answer == Answer::Violated);
  files.remove("shared/late");
  CHECK(files.verdict().answer == Answer::Holds);
}

TEST_CASE("a shared file whose acknowledgement was lost may stay (SH-10)") {
  Files files;
  files.trigger(1);
  files.write("shared/a");
  files.send(1);
  files.finish();
  CHECK(files.verdict().answer == Answer::Holds);
}

TEST_CASE("an acknowledgement that the registry refuses shows a file used without being known (P6, SN-13)") {
  Files files;
  files.acknowledge(1);
  files.story.ack("totals/0", 2, 1, engine::AckClass::Rejected);
  CHECK(files.verdict(sim::RunEnd::OutOfTime).reason ==
        "an acknowledgement of checkpoint 2 refers to a file that no acknowledged checkpoint brought");
}

namespace {

// Two segments of one merged file, of checkpoints 1 and 2 (SH-15).
struct Merged : Files {
  static constexpr const char* kFile = "taskowned/tm-1-1/1";
  void append(std::uint32_t size) {
    const std::uint64_t id = std::uint64_t{word_job().subtask("totals/0").value} << 48 | ++writes;
    story.add(WorldEventKind::StorageAppended, engine::kStorageActor, size, id, engine::hash_bytes(kFile));
  }
  void take(std::uint64_t id, const std::string& location, std::uint32_t size) {
    trigger(id);
    append(size);
    send(id);
    story.ack("totals/0", id, 1, engine::AckClass::Success);
    story.coordinator(EventKind::StateReported, 0, id, engine::hash_of_location(location));
    complete(id);
  }
  Merged() {
    take(1, "taskowned/tm-1-1/1@0+10", 10);
    take(2, "taskowned/tm-1-1/1@10+5", 5);
    remove(metadata(1));
  }
};

}  // namespace

TEST_CASE("segments of a merged file are judged one by one (SH-15, P6, P7)") {
  Merged files;
  files.finish();
  files.remove(Files::metadata(2));
  SECTION("all of them go with the file") {
    files.remove(Merged::kFile);
    CHECK(files.verdict().answer == Answer::Holds);
  }
  SECTION("the file is left over") { CHECK(files.verdict().answer == Answer::Violated); }
}

TEST_CASE("a merged file with a segment of a retained checkpoint must not go (SH-15, P6)") {
  Merged files;
  const std::uint32_t removed = files.remove(Merged::kFile);
  const Verdict verdict = files.verdict();
  CHECK(verdict.answer == Answer::Violated);
  CHECK(verdict.witnesses.back() == removed);
}

TEST_CASE("a segment that is not where the acknowledgement says is missing (SH-15, P6)") {
  Merged files;
  files.take(3, "taskowned/tm-1-1/1@16+5", 5);
  CHECK(files.verdict().answer == Answer::Violated);
}
