#include "state/local_state_store.h"

#include <catch2/catch.hpp>
#include <memory>

namespace weir::engine {
namespace {

using Ids = std::vector<CheckpointId>;

CheckpointId id(std::uint64_t n) { return {n}; }
LocalCopy copy_of(std::uint64_t n) { return {id(n), {}, {}, {}}; }

struct Store : LocalStateStore {
  explicit Store(std::initializer_list<std::uint64_t> copies, const DefectSet& defects = {})
      : Store(std::make_shared<DefectSet>(defects)) {
    for (const std::uint64_t n : copies) REQUIRE(add(copy_of(n)));
  }

 private:
  explicit Store(std::shared_ptr<DefectSet> defects) : LocalStateStore(*defects), kept(std::move(defects)) {}
  std::shared_ptr<DefectSet> kept;
};

DefectSet with(Defect defect) {
  DefectSet set;
  set.add(defect);
  return set;
}

constexpr KeyGroupRange kAll{{0}, {127}};
constexpr KeyGroupRange kHalf{{0}, {63}};
constexpr OperatorId kOp{7};

StateHandle file(const std::string& path) { return {path, {}, 3}; }
SubtaskState keyed(KeyGroupRange range, const std::string& path) { return {{{kOp, {{{range, file(path)}}}}}}; }
OperatorStateHandle list(std::vector<std::uint64_t> offsets, const std::string& path) {
  return {{{"held", OperatorStateMode::Union, std::move(offsets)}}, file(path)};
}
SubtaskState lists(std::vector<OperatorStateHandle> handles) { return {{{kOp, {{}, {}, std::move(handles)}}}}; }

// A local copy of `state`, of which these files are on the disk.
LocalCopy holding(SubtaskState state, const std::vector<std::string>& files) {
  LocalCopy copy{id(3), std::move(state), {}, {}};
  for (const std::string& path : files) copy.files[path] = "local/" + path;
  return copy;
}

}  // namespace

TEST_CASE("a copy counts for its own checkpoint only (SN-25)") {
  const Store store{3, 5};
  REQUIRE(store.find(id(3)) != nullptr);
  CHECK(store.find(id(3))->checkpoint == id(3));
  CHECK(store.find(id(4)) == nullptr);
  CHECK(store.find(kNoCheckpoint) == nullptr);
  const Store dirty({3, 5}, with(Defect::UseNewestLocalCopy));
  CHECK(dirty.find(id(3))->checkpoint == id(5));
}

TEST_CASE("a confirmation prunes what is older, an abort what was aborted (SN-25)") {
  Store store{1, 2, 3, 4};
  CHECK(store.confirm(id(3)) == Ids{id(1), id(2)});
  CHECK(store.find(id(3)) != nullptr);
  CHECK(store.abort(id(4), id(3)) == Ids{id(4)});
  CHECK(store.abort(id(9), id(3)).empty());
  CHECK(store.find(id(4)) == nullptr);
  CHECK(store.find(id(3)) != nullptr);
}

TEST_CASE("defect: the copy of an aborted checkpoint passes for the completed one") {
  Store store({3, 4}, with(Defect::KeepLocalCopyOfAborted));
  CHECK(store.abort(id(4), id(3)).empty());
  CHECK(store.find(id(3))->checkpoint == id(4));
}

TEST_CASE("what is stored after a newer confirmation, or after disposal, is discarded (SN-25)") {
  Store store{1};
  store.confirm(id(3));
  CHECK_FALSE(store.add(copy_of(2)));
  CHECK(store.add(copy_of(3)));
  CHECK(store.dispose() == Ids{id(3)});
  CHECK_FALSE(store.add(copy_of(4)));
  CHECK(store.find(id(4)) == nullptr);
}

TEST_CASE("a restore keeps the copy it uses, and no other") {
  Store store{2, 3, 4};
  CHECK(store.keep_only(store.find(id(3))) == Ids{id(2), id(4)});
  CHECK(store.keep_only(nullptr) == Ids{id(3)});
}

TEST_CASE("a keyed handle is read locally if it is of the same key groups (RS-6)") {
  const LocalCopy copy = holding(keyed(kAll, "a"), {"a"});
  const LocalChoice whole = choose_local(keyed(kAll, "a"), copy, {});
  CHECK(whole.files == copy.files);
  CHECK(whole.remote_files == 0);
  const LocalChoice cut = choose_local(keyed(kHalf, "b"), copy, {});
  CHECK(cut.files.empty());
  CHECK(cut.remote_files == 1);
  CHECK(cut.state == keyed(kHalf, "b"));
}

TEST_CASE("operator state that was dealt out anew is read from checkpoint storage (RS-6)") {
  const LocalCopy copy = holding(lists({list({0, 8}, "a")}), {"a"});
  CHECK(choose_local(lists({list({0, 8}, "a")}), copy, {}).files.size() == 1);
  CHECK(choose_local(lists({list({8}, "a")}), copy, {}).state == lists({list({8}, "a")}));
  const SubtaskState of_both = lists({list({0, 8}, "a"), list({0}, "b")});
  const LocalChoice several = choose_local(of_both, copy, {});
  CHECK(several.state == of_both);
  CHECK(choose_local(of_both, copy, with(Defect::UseLocalCopyOfDealtState)).state == lists({list({0, 8}, "a")}));
}

TEST_CASE("what an operator has not in its copy is read from checkpoint storage") {
  const LocalChoice other = choose_local(keyed(kAll, "b"), holding(lists({list({0}, "a")}), {"a"}), {});
  CHECK(other.state == keyed(kAll, "b"));
  CHECK(other.remote_files == 1);
  const LocalChoice none = choose_local(keyed(kAll, "b"), holding({}, {}), {});
  CHECK(none.state == keyed(kAll, "b"));
  CHECK(choose_remote(keyed(kAll, "b")).remote_files == 1);
}

}  // namespace weir::engine
