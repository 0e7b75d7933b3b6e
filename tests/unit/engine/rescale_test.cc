// A job is stopped after a checkpoint and goes on from it with another parallelism: real JobManager and TaskManager,
// the same log and storage throughout.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "checkpoint/metadata.h"
#include "fakes/cluster_world.h"
#include "fakes/core_jobs.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

constexpr std::uint32_t kPartitions = 8;
constexpr std::uint32_t kRecords = 25;  // in each partition

// What the instances of `Keeper` found when they started.
struct Found {
  std::vector<std::string> split, united;                              // over all subtasks, as far as the list goes
  std::vector<std::vector<std::pair<std::string, std::string>>> maps;  // of each subtask
  std::vector<std::size_t> united_sizes;
};

// Keeps operator state of every kind. Its subtasks write elements that no other subtask writes.
struct Keeper final : ProcessFunction<std::string, std::string>, CheckpointedFunction {
  explicit Keeper(Found* f) : found(f) {}
  void initialize_state(FunctionInitializationContext& context) override {
    split = context.get_list_state<std::string>("split");
    united = context.get_union_list_state<std::string>("united");
    map = context.get_broadcast_state<std::string, std::string>("map");
    if (!context.is_restored()) return;
    for (const std::string& element : split.get()) found->split.push_back(element);
    for (const std::string& element : united.get()) found->united.push_back(element);
    found->united_sizes.push_back(united.get().size());
    found->maps.push_back(map.entries());
  }
  void open(RuntimeContext& context) override {
    index = context.index_of_this_subtask();
    parallelism = context.parallelism();
    map.put("rule", "the same everywhere");
  }
  void process_element(const std::string& word, Collector<std::string>& out) override { out.collect(word); }
  void snapshot_state(const FunctionSnapshotContext&) override {
    const std::string mine = std::to_string(parallelism) + "/" + std::to_string(index);
    split.update({mine + ".a", mine + ".b", mine + ".c"});
    united.update({mine});
  }
  Found* found;
  OperatorListState<std::string> split, united;
  BroadcastState<std::string, std::string> map;
  std::uint32_t index = 0, parallelism = 0;
};

JobSetup job(std::uint32_t parallelism, Found* found = nullptr, std::string counter_uid = "totals",
             CheckpointOptions checkpoint = {}) {
  StreamEnvironment env("words");
  env.set_parallelism(parallelism);
  auto source = env.from_source(LogSource<std::string>("words"), "source").uid("source");
  auto kept = found == nullptr ? source : source.process<Keeper>("keeper", found).uid("keeper");
  kept.key_by(itself)
      .process<CountWords>("count")
      .uid(std::move(counter_uid))
      .sink_to(TransactionalLogSink<Counted>("counts"), "sink")
      .uid("sink");
  JobSetup setup{std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value()), {}, {}};
  setup.options.checkpoint = checkpoint;
  setup.options.checkpoint.enabled = true;
  setup.options.checkpoint.interval = 10ms;
  setup.options.network.records_per_segment = 4;  // no source is through with a split before the first checkpoint
  return setup;
}

struct World : ClusterWorld {
  World() {
    std::vector<std::vector<std::string>> partitions(kPartitions);
    for (std::uint32_t i = 0; i < kPartitions * kRecords; ++i) {
      partitions[i % kPartitions].push_back("w" + std::to_string(i % 13));
    }
    log.create("words", partitions);
    log.create("counts", std::vector<std::vector<std::string>>(kPartitions));
  }

  // Runs a job until its first checkpoint is complete, and a little on: what it does then is not in the checkpoint.
  Bytes checkpoint_of(JobSetup first) {
    start(std::move(first));
    setup.options.cost.source_record = 400us;
    REQUIRE(run_to_completion_of(1));
    schedule.run_for(2ms);
    const Bytes metadata = stored.at("chk-1/_metadata");
    kill();
    return metadata;
  }
  void restore(JobSetup next, const Bytes& metadata, RestoreOptions options = {}) {
    Result<JobSetup> restored = restore_from(std::move(next), metadata, options);
    INFO((restored.ok() ? "" : restored.status().message()));
    REQUIRE(restored.ok());
    start(std::move(restored).value());
  }

  static std::vector<std::string> expected() {
    std::map<std::string, std::int64_t> counts;
    std::vector<std::string> all;
    for (std::uint32_t i = 0; i < kPartitions * kRecords; ++i) {
      const std::string word = "w" + std::to_string(i % 13);
      all.push_back(serialize(Counted{word, ++counts[word]}));
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  std::vector<std::string> committed() const {
    std::vector<std::string> all = log.committed();
    std::sort(all.begin(), all.end());
    return all;
  }
  std::size_t undecided() const {
    using State = CoreLog::State;
    return static_cast<std::size_t>(
        std::count_if(log.transactions.begin(), log.transactions.end(), [](const CoreLog::Transaction& t) {
          return t.state == State::Open || (t.state == State::Flushed && !t.records.empty());
        }));
  }
  // Digest of the keyed state of a whole job: its parts add up.
  std::uint64_t digest(EventKind kind, std::uint64_t checkpoint) const {
    std::uint64_t sum = 0;
    for (const Event& e : events.of(kind)) sum += e.a == checkpoint ? e.b : 0;
    return sum;
  }
  std::set<std::pair<std::uint32_t, std::uint64_t>> splits(EventKind kind, std::uint64_t checkpoint) const {
    std::set<std::pair<std::uint32_t, std::uint64_t>> all;
    for (const Event& e : events.of(kind)) {
      if (e.a == checkpoint) REQUIRE(all.emplace(e.detail, e.b).second);
    }
    return all;
  }
};

}  // namespace

TEST_CASE(
    "every key, split and list element survives a rescale, and results are exactly once (P12, P13, P2, ST-10, SN-1)") {
  for (std::uint32_t from = 1; from <= 8; ++from) {
    for (std::uint32_t to = 1; to <= 8; ++to) {
      INFO("from parallelism " << from << " to " << to);
      Found before, after;
      World world;
      const Bytes metadata = world.checkpoint_of(job(from, &before));
      world.restore(job(to, &after), metadata);
      REQUIRE(world.run_to_end());
      REQUIRE(world.digest(EventKind::SnapshotTaken, 1) != 0);
      REQUIRE(world.digest(EventKind::StateRestored, 1) == world.digest(EventKind::SnapshotTaken, 1));
      REQUIRE(world.splits(EventKind::SplitRestored, 1) == world.splits(EventKind::SplitSnapshot, 1));
      REQUIRE(world.splits(EventKind::SplitRestored, 1).size() == kPartitions);

      std::sort(after.split.begin(), after.split.end());
      REQUIRE(after.split.size() == 3 * from);
      REQUIRE(std::unique(after.split.begin(), after.split.end()) == after.split.end());
      REQUIRE(after.united_sizes == std::vector<std::size_t>(to, from));
      REQUIRE(after.maps.size() == to);
      for (const auto& map : after.maps) REQUIRE(map == after.maps.front());
      REQUIRE(after.maps.front().size() == 1);

      REQUIRE(world.committed() == World::expected());
      REQUIRE(world.undecided() == 0);  // nothing of the old producers holds readers back (TX-17)
    }
  }
}

TEST_CASE("a restored job counts its checkpoints on and leaves the files it started from alone (CO-47, SP-12, SH-5)") {
  World world;
  const Bytes metadata = world.checkpoint_of(job(2));
  world.restore(job(3), metadata);
  const auto before = world.stored;
  REQUIRE(world.run_to_end());
  for (const auto& [path, content] : before) {
    if (path.find("chk-1/") == 0) CHECK(world.stored.count(path) == 1);
  }
  for (const Event& e : world.events.of(EventKind::CheckpointTriggered)) CHECK(e.a >= 1);
  CHECK(world.events.of(EventKind::RestoreChosen).front().a == 1);
  const auto completed = world.events.of(EventKind::CheckpointCompleted);
  REQUIRE(completed.size() >= 2);
  CHECK(completed[1].a == 2);
}

TEST_CASE("every key survives a rescale from incremental checkpoints of RocksDB (P12, RS-4, SN-18)") {
  const auto on_rocksdb = [](JobSetup setup) {
    setup.options.backend = StateBackendKind::RocksDb;
    setup.options.checkpoint.incremental = true;
    return setup;
  };
  for (const auto& [from, to] : {std::pair{1u, 3u}, {2u, 2u}, {3u, 2u}, {4u, 1u}}) {
    INFO("from parallelism " << from << " to " << to);
    World world;
    const Bytes metadata = world.checkpoint_of(on_rocksdb(job(from)));
    const auto before = world.stored;
    world.restore(on_rocksdb(job(to)), metadata);
    REQUIRE(world.run_to_end());
    REQUIRE(world.digest(EventKind::StateRestored, 1) == world.digest(EventKind::SnapshotTaken, 1));
    REQUIRE(world.committed() == World::expected());
    for (const auto& [path, content] : before) {
      if (path.find("chk-1/") != std::string::npos) CHECK(world.stored.count(path) == 1);  // SH-5: not this job's
    }
    std::size_t ours = 0;
    for (const auto& [path, content] : world.stored) ours += before.count(path) == 0 ? 1 : 0;
    CHECK(ours == 0);
  }
}

TEST_CASE("chains may change over a restore (RS-14)") {
  World world;
  Found found;
  const Bytes metadata = world.checkpoint_of(job(2));
  StreamEnvironment env("words");
  env.set_parallelism(3).disable_operator_chaining();
  env.from_source(LogSource<std::string>("words"), "source")
      .uid("source")
      .map(itself, "nothing new")
      .key_by(itself)
      .process<CountWords>("count")
      .uid("totals")
      .filter([](const Counted&) { return true; }, "all of them")
      .sink_to(TransactionalLogSink<Counted>("counts"), "sink")
      .uid("sink");
  JobSetup other = job(3);
  other.graph = std::make_shared<ExecutionGraph>(JobGraph::build(env.graph()).value());
  world.restore(other, metadata);
  REQUIRE(world.run_to_end());
  CHECK(world.committed() == World::expected());
}

TEST_CASE("a renamed uid is refused; allowed, its state is lost and the counts start again (RS-13, RS-15)") {
  World world;
  const Bytes metadata = world.checkpoint_of(job(2));
  const Result<JobSetup> refused = restore_from(job(2, nullptr, "renamed"), metadata);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.status().message().find("state of operator 'totals'") != std::string::npos);
  world.restore(job(2, nullptr, "renamed"), metadata, {ClaimMode::NoClaim, true});
  REQUIRE(world.run_to_end());
  CHECK(world.committed() != World::expected());
}

TEST_CASE("small states lie in the metadata, which alone is enough to start from (SH-12)") {
  CheckpointOptions inlined;
  inlined.data_inline_threshold = 20 * 1024;
  World world;
  const Bytes metadata = world.checkpoint_of(job(2, nullptr, "totals", inlined));
  CHECK(world.stored.size() == 1);
  world.stored.clear();
  world.restore(job(3, nullptr, "totals", inlined), metadata);
  REQUIRE(world.run_to_end());
  CHECK(world.committed() == World::expected());
}

TEST_CASE("checkpoints that the JobManager keeps leave nothing in storage (SH-14)") {
  CheckpointOptions in_memory;
  in_memory.storage = CheckpointStorageKind::JobManager;
  World world;
  world.start(job(2, nullptr, "totals", in_memory));
  REQUIRE(world.run_to_end());
  CHECK(world.events.of(EventKind::CheckpointCompleted).size() >= 1);
  CHECK(world.stored.empty());
  CHECK(world.committed() == World::expected());
}
