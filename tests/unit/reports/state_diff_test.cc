#include "inspect/state_diff.h"

#include <catch2/catch.hpp>

#include "inspect/state_lookup.h"
#include "text/state_text.h"
#include "weir/engine/serializer.h"

using namespace weir::reports;
using namespace weir::engine;

namespace {

SnapshotEntry entry(const std::string& key, std::int64_t value, const std::string& name_space = {}) {
  return {0, KeyGroup{1}, name_space, serialize(key), serialize(value)};
}

SnapshotState totals(std::vector<SnapshotEntry> entries) {
  return {StateForm::Keyed, {"total", StateKind::Value, false, {}, "i64"}, "string", std::move(entries), 0};
}

SnapshotContent content(std::vector<SnapshotState> states, std::uint64_t id = 9) {
  SnapshotOperator op;
  op.id = OperatorId{id};
  op.uid = "op-" + std::to_string(id);
  op.states = std::move(states);
  return {CheckpointId{1}, CheckpointKind::Periodic, 0, {op}, {}};
}

StateDiff only_diff(const SnapshotState& a, const SnapshotState& b) {
  const CheckpointDiff diff = compare_checkpoints(content({a}), content({b}));
  REQUIRE(diff.states.size() == 1);
  return diff.states[0];
}

}  // namespace

TEST_CASE("keys are compared with their namespaces; where they lie makes no difference") {
  SnapshotState a = totals({entry("x", 1), entry("y", 2), entry("y", 3, "w"), entry("z", 4)});
  SnapshotState b = totals({entry("z", 4), entry("y", 3, "w"), entry("y", 5), entry("new", 6)});
  b.entries[0].subtask = 7;
  const StateDiff diff = only_diff(a, b);
  CHECK(diff.only_first == 1);
  CHECK(diff.only_second == 1);
  CHECK(diff.changed == 1);
  CHECK(diff.equal == 2);
  REQUIRE(diff.shown.size() == 3);
  CHECK(diff.shown[0].key == "\"x\"");
  CHECK(diff.shown[1].first == "2");
  CHECK(diff.shown[1].second == "5");
  CHECK(diff.shown[2].side == Side::Second);
  CHECK(only_diff(a, a).same());
}

TEST_CASE("elements of a list are told by their number, a timer is all that it is") {
  SnapshotState list{StateForm::SplitList, {"splits"}, "", {}, 0};
  list.entries = {{0, {}, {}, {}, "a"}, {1, {}, {}, {}, "a"}};
  SnapshotState longer = list;
  longer.entries[1].value = "b";
  longer.entries.push_back({1, {}, {}, {}, "c"});
  const StateDiff diff = only_diff(list, longer);
  CHECK(diff.equal == 1);
  CHECK(diff.changed == 1);
  CHECK(diff.only_second == 1);
  CHECK(diff.shown.at(1).key == "[2]");

  SnapshotState timers = totals({entry("x", 10), entry("x", 20)});
  timers.form = StateForm::Timers;
  SnapshotState later = timers;
  later.entries[1] = entry("x", 30);
  CHECK(only_diff(timers, later).changed == 0);
  CHECK(only_diff(timers, later).only_first == 1);
  CHECK(only_diff(timers, later).only_second == 1);
}

TEST_CASE("what is shown of a difference is bounded, what is counted is not") {
  std::vector<SnapshotEntry> many;
  for (int i = 0; i < 100; ++i) many.push_back(entry(std::to_string(i), i));
  const CheckpointDiff diff = compare_checkpoints(content({totals(many)}), content({totals({})}));
  CHECK(diff.states.at(0).shown.size() == kMostChangesShown);
  CHECK(diff.states.at(0).only_first == 100);
  CHECK(diff_text(diff, "a", "b", Paint(false)).find("and 80 more\n") != std::string::npos);
}

TEST_CASE("operators, states and types that only one has are differences") {
  SnapshotState wider = totals({});
  wider.meta.value = "i32";
  CHECK(only_diff(totals({}), wider).schemas == "value state of i64 by string and value state of i32 by string");
  const CheckpointDiff states = compare_checkpoints(content({totals({entry("x", 1)})}), content({}));
  CHECK_FALSE(states.same());
  CHECK(states.states.at(0).side == Side::First);
  const CheckpointDiff operators = compare_checkpoints(content({}, 1), content({}, 2));
  CHECK(operators.only_first == std::vector<std::string>{"op-1"});
  CHECK(operators.only_second == std::vector<std::string>{"op-2"});
}

TEST_CASE("what is not there is told with what was meant") {
  const SnapshotContent all = content({totals({entry("ann", 1), entry("ann", 2, "w"), entry("bob", 3)})});
  CHECK(find_operator(all, "op-8").status().message().find("did you mean 'op-9'") != std::string::npos);
  const SnapshotOperator* op = find_operator(all, "0000000000000009").value();
  CHECK(find_state(*op, "totl").status().message().find("did you mean 'total'") != std::string::npos);
  const SnapshotState& state = *find_state(*op, "total").value();
  const std::string ann = "ann";
  const auto entries = find_entries(state, &ann);
  REQUIRE(entries.value().size() == 2);
  CHECK(entries.value()[1].name_space == "0x77");
  CHECK(find_entries(state, nullptr).value().size() == 3);
  const std::string nobody = "nobody";
  CHECK(find_entries(state, &nobody).value().empty());
}
