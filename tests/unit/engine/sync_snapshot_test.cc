#include "task/sync_snapshot.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

struct Written final : PendingStateSnapshot {
  explicit Written(Bytes b) : bytes(std::move(b)) {}
  Bytes write() override { return bytes; }
  Bytes bytes;
};

// One operator with every kind of state.
SyncSnapshot everything(Bytes keyed = Bytes(100, 'k')) {
  OperatorSyncSnapshot op{OperatorId{5}, 2, {KeyGroup{0}, KeyGroup{9}}};
  op.keyed = std::make_unique<Written>(std::move(keyed));
  op.raw_keyed = "raw keyed";
  op.managed_operator = {{{"list", OperatorStateMode::Union, {0}}}, "list bytes"};
  op.raw_operator = {{{"raw", OperatorStateMode::SplitDistribute, {0}}}, "raw bytes"};
  SyncSnapshot snapshot;
  snapshot.operators.push_back(std::move(op));
  return snapshot;
}

CheckpointOptions threshold(std::uint32_t bytes) {
  CheckpointOptions options;
  options.data_inline_threshold = bytes;
  return options;
}

TEST_CASE("every kind of state of an operator gets a handle of its own (SN-4, SH-11)") {
  const auto placed = place_snapshot(everything(), threshold(0), "chk-1/totals/0-1");
  REQUIRE(placed.ok());
  const auto& [id, state] = placed.value().state.operators.at(0);
  CHECK(id == OperatorId{5});
  CHECK(state.managed_keyed[0] == KeyedStateHandle{{KeyGroup{0}, KeyGroup{9}}, {"chk-1/totals/0-1/2-keyed", {}, 100}});
  CHECK(state.raw_keyed[0].state.path == "chk-1/totals/0-1/2-raw-keyed");
  CHECK(state.managed_operator[0].parts[0].mode == OperatorStateMode::Union);
  CHECK(state.raw_operator[0].state.size == 9);
  CHECK(placed.value().files.size() == 4);
  CHECK(private_files(placed.value().state).size() == 4);
  CHECK(size_of(placed.value().state) == 100 + 9 + 10 + 9);
}

TEST_CASE("a state below the threshold is inlined and has no file (SH-12)") {
  const auto placed = place_snapshot(everything(), threshold(100), "d");
  REQUIRE(placed.value().files.size() == 1);  // 100 bytes are not smaller than 100
  CHECK(placed.value().files[0].path == "d/2-keyed");
  CHECK(placed.value().state.operators[0].state.raw_keyed[0].state == StateHandle{{}, "raw keyed", 9});
  CHECK(place_snapshot(everything(), threshold(101), "d").value().files.empty());
}

TEST_CASE("the JobManager keeps every state itself, up to a size (SH-14)") {
  CheckpointOptions options;
  options.storage = CheckpointStorageKind::JobManager;
  CHECK(place_snapshot(everything(Bytes(kMaxJobManagerState, 'k')), options, "d").value().files.empty());
  const auto refused = place_snapshot(everything(Bytes(kMaxJobManagerState + 1, 'k')), options, "chk-1/a");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.status().message() ==
        "chk-1/a/2-keyed has 5242881 bytes, more than the JobManager keeps of one state, 5242880: set "
        "checkpoint.storage to filesystem");
}

}  // namespace
}  // namespace weir::engine
