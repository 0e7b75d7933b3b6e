#include "recovery/redistribution.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

using Mode = OperatorStateMode;
using Offsets = std::vector<std::uint64_t>;

// A subtask's handle in a file of its own, whose elements are numbered.
OperatorStateHandle handle(const std::string& path, std::vector<OperatorStatePart> parts) {
  return {std::move(parts), {path, {}, 1}};
}
OperatorStatePart part(const std::string& name, Mode mode, std::uint64_t elements) {
  OperatorStatePart made{name, mode, {}};
  for (std::uint64_t i = 0; i < elements; ++i) made.offsets.push_back(i);
  return made;
}

// What a new subtask reads of one name, in the order it reads it: "path:offset".
std::vector<std::string> elements(const std::vector<OperatorStateHandle>& handles, const std::string& name) {
  std::vector<std::string> all;
  for (const OperatorStateHandle& h : handles) {
    for (const OperatorStatePart& p : h.parts) {
      for (const std::uint64_t offset : p.offsets) {
        if (p.name == name) all.push_back(h.state.path + ":" + std::to_string(offset));
      }
    }
  }
  return all;
}
using Names = std::vector<std::string>;

TEST_CASE("split lists are dealt out with a rotating start: the worked example (RS-8, RS-11)") {
  const HandlesBySubtask old{{handle("0", {part("A", Mode::SplitDistribute, 3), part("B", Mode::SplitDistribute, 2)})},
                             {handle("1", {part("A", Mode::SplitDistribute, 2), part("B", Mode::SplitDistribute, 2)})}};
  const HandlesBySubtask now = redistribute(old, 3);
  CHECK(elements(now[0], "A") == Names{"0:0", "0:1"});
  CHECK(elements(now[1], "A") == Names{"0:2", "1:0"});
  CHECK(elements(now[2], "A") == Names{"1:1"});
  CHECK(elements(now[2], "B") == Names{"0:0", "0:1"});
  CHECK(elements(now[0], "B") == Names{"1:0"});
  CHECK(elements(now[1], "B") == Names{"1:1"});
}

TEST_CASE("a list that divides evenly does not move the start (RS-8)") {
  const HandlesBySubtask old{{handle("0", {part("A", Mode::SplitDistribute, 4), part("B", Mode::SplitDistribute, 1)})}};
  const HandlesBySubtask now = redistribute(old, 2);
  CHECK(elements(now[0], "A") == Names{"0:0", "0:1"});
  CHECK(elements(now[0], "B") == Names{"0:0"});
  CHECK(elements(now[1], "B").empty());
}

TEST_CASE("every new subtask gets a whole union list (RS-9)") {
  const HandlesBySubtask old{{handle("0", {part("U", Mode::Union, 2)})}, {handle("1", {part("U", Mode::Union, 1)})}};
  for (const auto& subtask : redistribute(old, 3)) CHECK(elements(subtask, "U") == Names{"0:0", "0:1", "1:0"});
  for (const auto& subtask : keep(old)) CHECK(elements(subtask, "U") == Names{"0:0", "0:1", "1:0"});
}

TEST_CASE("broadcast state comes from old subtask i modulo the reported copies (RS-10)") {
  const HandlesBySubtask old{
      {handle("0", {part("M", Mode::Broadcast, 1)})}, {}, {handle("2", {part("M", Mode::Broadcast, 1)})}};
  const HandlesBySubtask now = redistribute(old, 5);
  CHECK(elements(now[0], "M") == Names{"0:0"});
  CHECK(elements(now[1], "M") == Names{"2:0"});
  CHECK(elements(now[4], "M") == Names{"0:0"});
  const HandlesBySubtask kept = keep(old);  // partly reported: nobody starts with an empty copy
  CHECK(elements(kept[1], "M") == Names{"2:0"});
  CHECK(elements(kept[2], "M") == Names{"0:0"});
}

TEST_CASE("without a change of parallelism every subtask gets exactly its old handles (RS-7)") {
  HandlesBySubtask old;
  for (int i = 0; i < 3; ++i) {
    old.push_back({handle(std::to_string(i), {part("A", Mode::SplitDistribute, 2), part("M", Mode::Broadcast, 1)})});
  }
  old[1][0].parts.erase(old[1][0].parts.begin());  // no list there; its copy of the map counts as reported
  CHECK(keep(old) == old);
}

TEST_CASE("split lists stay with their subtask while a union list beside them does not (RS-7, RS-9)") {
  const HandlesBySubtask old{{handle("0", {part("A", Mode::SplitDistribute, 2), part("U", Mode::Union, 1)})},
                             {handle("1", {part("A", Mode::SplitDistribute, 1)})}};
  const HandlesBySubtask now = keep(old);
  CHECK(elements(now[0], "A") == Names{"0:0", "0:1"});
  CHECK(elements(now[1], "A") == Names{"1:0"});
  CHECK(elements(now[1], "U") == Names{"0:0"});
}

TEST_CASE("keyed handles are cut to the ranges of the new subtasks, both ends exactly (RS-4, RS-5)") {
  const std::vector<KeyedStateHandle> old{{{KeyGroup{0}, KeyGroup{63}}, {"0", {}, 1}},
                                          {{KeyGroup{64}, KeyGroup{127}}, {"1", {}, 1}}};
  const auto cut = intersect(old, {KeyGroup{43}, KeyGroup{85}});
  REQUIRE(cut.size() == 2);
  CHECK(cut[0].range == KeyGroupRange{KeyGroup{43}, KeyGroup{63}});
  CHECK(cut[1].range == KeyGroupRange{KeyGroup{64}, KeyGroup{85}});
  CHECK(cut[1].state.path == "1");
  CHECK(intersect(old, {KeyGroup{64}, KeyGroup{64}}).size() == 1);
}

TEST_CASE("every key group belongs to one new subtask, whatever the parallelisms (RS-4, P12)") {
  for (std::uint32_t from = 1; from <= 8; ++from) {
    for (std::uint32_t to = 1; to <= 8; ++to) {
      std::vector<KeyedStateHandle> old;
      for (std::uint32_t i = 0; i < from; ++i)
        old.push_back({key_group_range(128, from, i), {std::to_string(i), {}, 1}});
      std::vector<std::string> owner(128);
      for (std::uint32_t i = 0; i < to; ++i) {
        for (const KeyedStateHandle& h : intersect(old, key_group_range(128, to, i))) {
          for (std::uint32_t g = h.range.first.value; g <= h.range.last.value; ++g) {
            REQUIRE(owner[g].empty());
            owner[g] = h.state.path;
            REQUIRE(key_group_range(128, from, static_cast<std::uint32_t>(std::stoul(owner[g])))
                        .contains(KeyGroup{static_cast<std::uint16_t>(g)}));
          }
        }
      }
      REQUIRE(std::count(owner.begin(), owner.end(), "") == 0);
    }
  }
}

// Any old distribution of a few names.
HandlesBySubtask arbitrary(std::size_t parallelism) {
  HandlesBySubtask old(parallelism);
  for (std::size_t i = 0; i < parallelism; ++i) {
    std::vector<OperatorStatePart> parts;
    for (const char* name : {"A", "B", "C"}) {
      parts.push_back(part(name, Mode::SplitDistribute, *rc::gen::inRange<std::uint64_t>(0, 6)));
    }
    parts.push_back(part("U", Mode::Union, *rc::gen::inRange<std::uint64_t>(0, 4)));
    if (*rc::gen::arbitrary<bool>()) old[i].push_back(handle(std::to_string(i), parts));
  }
  return old;
}

Names everything(const HandlesBySubtask& handles, const std::string& name) {
  Names all;
  for (const auto& subtask : handles) {
    for (std::string& element : elements(subtask, name)) all.push_back(std::move(element));
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST_CASE("a rescale conserves every element of split lists and spreads them evenly, unions are complete (P13)") {
  CHECK(rc::check([] {
    const auto from = *rc::gen::inRange<std::size_t>(1, 9);
    const auto to = *rc::gen::inRange<std::uint32_t>(1, 9);
    const HandlesBySubtask old = arbitrary(from);
    const HandlesBySubtask now = redistribute(old, to);
    RC_ASSERT(now.size() == to);
    std::size_t most = 0, least = 1000;
    for (const auto& subtask : now) {
      std::size_t all = 0;
      for (const char* name : {"A", "B", "C"}) all += elements(subtask, name).size();
      most = std::max(most, all);
      least = std::min(least, all);
      Names united = elements(subtask, "U");
      std::sort(united.begin(), united.end());
      RC_ASSERT(united == everything(old, "U"));
    }
    for (const char* name : {"A", "B", "C"}) RC_ASSERT(everything(now, name) == everything(old, name));
    RC_ASSERT(most - least <= 1u);  // what the rotation is for
  }));
}

DefectSet with(Defect defect) {
  DefectSet defects;
  defects.add(defect);
  return defects;
}

TEST_CASE("defects of redistribution: a list for everybody, no copy for additional subtasks, a range cut short") {
  const HandlesBySubtask old{{handle("0", {part("A", Mode::SplitDistribute, 2), part("M", Mode::Broadcast, 1)})},
                             {handle("1", {part("A", Mode::SplitDistribute, 1), part("M", Mode::Broadcast, 1)})}};
  for (const auto& subtask : redistribute(old, 3, with(Defect::SplitListToAll))) {
    CHECK(elements(subtask, "A") == Names{"0:0", "0:1", "1:0"});
  }
  const HandlesBySubtask now = redistribute(old, 3, with(Defect::NoBroadcastForNewSubtasks));
  CHECK(elements(now[1], "M") == Names{"1:0"});
  CHECK(elements(now[2], "M").empty());
  const std::vector<KeyedStateHandle> keyed{{{KeyGroup{0}, KeyGroup{63}}, {"k", {}, 1}}};
  const auto cut = intersect(keyed, {KeyGroup{0}, KeyGroup{42}}, with(Defect::LoseLastKeyGroup));
  CHECK(cut.front().range == KeyGroupRange{KeyGroup{0}, KeyGroup{41}});
  CHECK(intersect(keyed, {KeyGroup{0}, KeyGroup{63}}, with(Defect::LoseLastKeyGroup)) == keyed);
}

}  // namespace
}  // namespace weir::engine
