#include "weir/engine/operator_state.h"

#include <catch2/catch.hpp>

#include "fakes/core_jobs.h"
#include "fakes/core_world.h"
#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"
#include "weir/engine/process_function.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Mode = OperatorStateMode;
using Groups = std::vector<RawState::Group>;
constexpr KeyGroupRange kRange{KeyGroup{10}, KeyGroup{20}};

void fill(OperatorStateStore& store) {
  store.list("splits") = {"a", "", "ccc"};
  store.union_list("all") = {"u"};
  store.broadcast("rules") = {{"k", "v"}, {"l", ""}};
  store.list("empty");
}

// Flink's CheckpointedFunction in all its parts: counts what it saw and keeps it in operator state.
struct Remember final : ProcessFunction<std::string, std::string>, CheckpointedFunction {
  void initialize_state(FunctionInitializationContext& context) override {
    restored = context.is_restored();
    restored_id = context.restored_checkpoint_id();
    seen = context.get_list_state<std::uint64_t>("seen");
    names = context.get_broadcast_state<std::string, std::uint64_t>("names");
    for (const std::uint64_t n : seen.get()) count += n;
  }
  void process_element(const std::string& value, Collector<std::string>&) override {
    ++count;
    names.put(value, count);
  }
  void snapshot_state(const FunctionSnapshotContext& context) override {
    taken = context.checkpoint_id;
    seen.update({count});
  }
  bool restored = false;
  std::optional<CheckpointId> restored_id;
  OperatorListState<std::uint64_t> seen;
  BroadcastState<std::string, std::uint64_t> names;
  std::uint64_t count = 0;
  CheckpointId taken{};
};

struct Remembering {
  explicit Remembering(CoreWorld& world) : attempt(world), op(std::unique_ptr<Remember>(function)) {
    op.set_output(collected.any());
  }
  CoreAttempt attempt;
  CoreCollector<std::string> collected{attempt.chain};
  Remember* function = new Remember;
  detail::ProcessOperator<std::string, std::string> op;
};

}  // namespace

TEST_CASE("operator state comes back as it was written, by name and mode (ST-8, ST-9)") {
  OperatorStateStore store, back;
  fill(store);
  const EncodedOperatorState encoded = encode_operator_state(store);
  REQUIRE(encoded.parts.size() == 3);  // an empty list has no element to restore
  CHECK(encoded.parts[0].offsets.size() == 3);
  CHECK(encoded.parts[2].mode == Mode::Broadcast);
  CHECK(encoded.parts[2].offsets.size() == 1);
  REQUIRE(read_operator_state(encoded.bytes, encoded.parts, back).ok());
  CHECK(back.list("splits") == store.list("splits"));
  CHECK(back.union_list("all") == store.union_list("all"));
  CHECK(back.broadcast("rules") == store.broadcast("rules"));
}

TEST_CASE("single elements are read by their offsets, from several snapshots (SN-11, RS-8)") {
  OperatorStateStore store, back;
  fill(store);
  const EncodedOperatorState encoded = encode_operator_state(store);
  const auto& offsets = encoded.parts[0].offsets;
  REQUIRE(read_operator_state(encoded.bytes, {{"splits", Mode::SplitDistribute, {offsets[2]}}}, back).ok());
  REQUIRE(read_operator_state(encoded.bytes, {{"splits", Mode::SplitDistribute, {offsets[0]}}}, back).ok());
  CHECK(back.list("splits") == OperatorStateStore::List{"ccc", "a"});
}

TEST_CASE("a snapshot is a deep copy (SN-11)") {
  OperatorStateStore store, back;
  fill(store);
  const EncodedOperatorState encoded = encode_operator_state(store);
  store.list("splits").clear();
  store.broadcast("rules")["k"] = "changed";
  REQUIRE(read_operator_state(encoded.bytes, encoded.parts, back).ok());
  CHECK(back.list("splits").size() == 3);
  CHECK(back.broadcast("rules")["k"] == "v");
}

TEST_CASE("one name has one mode, also over a restore (ST-8)") {
  OperatorStateStore store, restored;
  fill(store);
  CHECK_THROWS_AS(store.union_list("splits"), OperatorFailure);
  const EncodedOperatorState encoded = encode_operator_state(store);
  REQUIRE(read_operator_state(encoded.bytes, encoded.parts, restored).ok());
  CHECK_NOTHROW(restored.list("splits"));
  try {
    restored.broadcast("all");
    FAIL("the mode was changed");
  } catch (const OperatorFailure& failure) {
    CHECK(failure.message ==
          "operator state 'all' is a union list, also in the restored snapshot: it cannot be used as a broadcast "
          "state; give the new state another name");
  }
  OperatorStateStore other;
  other.list("all");
  CHECK(read_operator_state(encoded.bytes, encoded.parts, other).code() == StatusCode::Invalid);
}

TEST_CASE("state that nobody asks for any more is written again (ST-6)") {
  OperatorStateStore store, restored;
  fill(store);
  const EncodedOperatorState encoded = encode_operator_state(store);
  REQUIRE(read_operator_state(encoded.bytes, encoded.parts, restored).ok());
  CHECK(encode_operator_state(restored).bytes == encoded.bytes);
}

TEST_CASE("an empty copy of broadcast state is a copy (RS-10)") {
  OperatorStateStore store;
  store.broadcast("rules");
  CHECK(encode_operator_state(store).parts.size() == 1);
  CHECK(encode_operator_state(OperatorStateStore()).bytes.empty());
}

TEST_CASE("broken operator state and offsets into nowhere are refused") {
  OperatorStateStore store;
  fill(store);
  const EncodedOperatorState encoded = encode_operator_state(store);
  for (std::size_t size = 0; size < encoded.bytes.size(); ++size) {
    OperatorStateStore back;
    const Status status = read_operator_state(BytesView(encoded.bytes).substr(0, size), encoded.parts, back);
    REQUIRE(status.code() == StatusCode::Corrupt);
  }
  for (const std::uint64_t offset : {encoded.bytes.size(), std::size_t{1} << 40}) {
    OperatorStateStore back;
    const Status status = read_operator_state(encoded.bytes, {{"splits", Mode::SplitDistribute, {offset}}}, back);
    CHECK(status.code() == StatusCode::Corrupt);
    CHECK(status.message().find("no element of 'splits' at offset") != std::string::npos);
  }
}

TEST_CASE("raw partitions come back one by one (ST-11)") {
  const EncodedOperatorState encoded = encode_raw_partitions({"one", "", "three"});
  std::vector<Bytes> back;
  const std::vector<OperatorStatePart> last{
      {encoded.parts[0].name, Mode::SplitDistribute, {encoded.parts[0].offsets[2]}}};
  REQUIRE(read_raw_partitions(encoded.bytes, last, back).ok());
  REQUIRE(read_raw_partitions(encoded.bytes, encoded.parts, back).ok());
  CHECK(back == std::vector<Bytes>{"three", "one", "", "three"});
  CHECK(encode_raw_partitions({}).bytes.empty());
}

TEST_CASE("raw keyed state is cut at key groups (ST-11, RS-5)") {
  const Groups groups{{KeyGroup{10}, "ten"}, {KeyGroup{15}, "fifteen"}, {KeyGroup{20}, "twenty"}};
  const Bytes bytes = encode_raw_groups(kRange, groups);
  Groups back;
  REQUIRE(read_raw_groups(bytes, kRange, back).ok());
  CHECK(back == groups);
  back.clear();
  REQUIRE(read_raw_groups(bytes, {KeyGroup{11}, KeyGroup{19}}, back).ok());
  CHECK(back == Groups{groups[1]});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE(read_raw_groups(BytesView(bytes).substr(0, size), kRange, back).code() == StatusCode::Corrupt);
  }
  CHECK(back.size() == 1);
  CHECK_THROWS_AS(encode_raw_groups(kRange, {groups[1], groups[0]}), InvariantViolation);
}

TEST_CASE("a function is told whether and from what it was restored, before it opens (ST-12)") {
  CoreWorld world;
  Remembering first(world);
  first.op.open(first.attempt.context);
  CHECK_FALSE(first.function->restored);
  CHECK_FALSE(first.function->restored_id);
  first.op.collect("x");
  first.op.collect("y");
  first.op.snapshot_state(CheckpointId{4});
  CHECK(first.function->taken == CheckpointId{4});
  CHECK(first.function->names.entries() == std::vector<std::pair<std::string, std::uint64_t>>{{"x", 1}, {"y", 2}});

  Remembering second(world);
  second.attempt.restore(CheckpointId{4}, "seen", first.attempt.state.list("seen"));
  second.op.open(second.attempt.context);
  CHECK(second.function->restored);
  CHECK(second.function->restored_id == CheckpointId{4});
  CHECK(second.function->count == 2);

  Remembering nothing(world);
  nothing.attempt.context.restored = CheckpointId{4};  // the checkpoint has nothing of it
  nothing.op.open(nothing.attempt.context);
  CHECK(nothing.function->restored);
}

TEST_CASE("elements of another type are the user's error") {
  OperatorStateStore::List list{"abc"};
  CHECK_THROWS_AS(OperatorListState<std::uint64_t>("n", list).get(), OperatorFailure);
}
