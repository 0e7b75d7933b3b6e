#include "checkpoint/shared_state_registry.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>

#include "state/confirmed_uploads.h"

namespace weir::engine {
namespace {

constexpr CheckpointId cp(std::uint64_t n) { return CheckpointId{n}; }
using Paths = std::vector<std::string>;

SharedFile file(const std::string& path, std::uint64_t size = 1) { return {path, path, size, false}; }
SharedFile placeholder(const std::string& path) { return {path, path, 0, true}; }

SubtaskState state_of(std::vector<SharedFile> files) {
  OperatorSubtaskState state;
  state.managed_keyed.push_back({{KeyGroup{0}, KeyGroup{127}}, {}, std::move(files)});
  return {{{OperatorId{1}, state}}};
}
const std::vector<SharedFile>& files_in(const SubtaskState& state) {
  return state.operators[0].state.managed_keyed[0].shared;
}
Status add(SharedStateRegistry& registry, std::vector<SharedFile> files, CheckpointId checkpoint) {
  SubtaskState state = state_of(std::move(files));
  return registry.register_all(state, checkpoint);
}
CompletedCheckpoint checkpoint_with(CheckpointId id, std::vector<SharedFile> files, bool claimed) {
  return {id,
          {{OperatorId{1}, "op", 1, 128, {{state_of(std::move(files)).operators[0].state, false}}}},
          CheckpointKind::Periodic,
          {},
          claimed};
}

TEST_CASE("a placeholder is filled in with what is registered (SH-1, SH-3)") {
  SharedStateRegistry registry;
  REQUIRE(add(registry, {file("a", 7)}, cp(1)).ok());
  SubtaskState state = state_of({placeholder("a"), file("b")});
  REQUIRE(registry.register_all(state, cp(2)).ok());
  CHECK(files_in(state)[0] == file("a", 7));
  CHECK(registry.size() == 2);
}

TEST_CASE("a placeholder for an unknown file is an error, and nothing of the acknowledgement is kept (SH-1)") {
  SharedStateRegistry registry;
  const Status status = add(registry, {file("new"), placeholder("gone")}, cp(2));
  CHECK(status.code() == StatusCode::Invalid);
  CHECK(status.message().find("gone") != std::string::npos);
  CHECK_FALSE(registry.knows("new"));
}

TEST_CASE("another file under a registered path is an error (SH-1)") {
  SharedStateRegistry registry;
  REQUIRE(add(registry, {file("a", 7)}, cp(1)).ok());
  CHECK(add(registry, {file("a", 7)}, cp(2)).ok());
  CHECK(add(registry, {file("a", 8)}, cp(3)).code() == StatusCode::Invalid);
}

TEST_CASE("a file goes when the lowest retained checkpoint is newer than its last use (SH-4)") {
  SharedStateRegistry registry;
  REQUIRE(add(registry, {file("a"), file("b")}, cp(1)).ok());
  REQUIRE(add(registry, {placeholder("b"), file("c")}, cp(3)).ok());
  REQUIRE(add(registry, {placeholder("a")}, cp(2)).ok());  // late: the order of registration does not matter
  CHECK(registry.unregister_unused(cp(2)).files.empty());
  CHECK(registry.unregister_unused(cp(3)).files == Paths{"a"});
  CHECK(registry.unregister_unused(cp(4)).files == Paths{"b", "c"});
  CHECK(registry.size() == 0);
}

TEST_CASE("files of a checkpoint that the job does not own are never deleted (SH-2, SH-5)") {
  SharedStateRegistry registry;
  REQUIRE(registry.register_restored(checkpoint_with(cp(5), {file("theirs")}, false)).ok());
  REQUIRE(add(registry, {placeholder("theirs"), file("ours")}, cp(6)).ok());
  CHECK(registry.unregister_unused(cp(9)).files == Paths{"ours"});
  CHECK_FALSE(registry.knows("theirs"));
}

TEST_CASE("checkpoints that outlive the job keep the shared files that they use, and only those (CO-49)") {
  SharedStateRegistry registry;
  REQUIRE(registry.register_restored(checkpoint_with(cp(5), {file("theirs")}, false)).ok());
  REQUIRE(add(registry, {file("a"), file("b")}, cp(6)).ok());
  REQUIRE(add(registry, {placeholder("a"), file("of-an-aborted-one")}, cp(7)).ok());  // newer than the kept one
  CHECK(registry.unregister_all_but({"a", "b"}) == Paths{"of-an-aborted-one"});
  CHECK(registry.size() == 0);
}

TEST_CASE("a claimed checkpoint whose own directory holds shared files is in use until they are not (SH-8)") {
  SharedStateRegistry registry;
  REQUIRE(registry.register_restored(checkpoint_with(cp(5), {file("chk-5/a"), file("shared/b")}, true)).ok());
  REQUIRE(add(registry, {placeholder("chk-5/a")}, cp(6)).ok());
  CHECK(registry.unregister_unused(cp(6)).in_use == std::set<CheckpointId>{cp(5)});
  const auto unused = registry.unregister_unused(cp(7));
  CHECK(unused.in_use.empty());
  CHECK(unused.files == Paths{"chk-5/a"});
}

// --- uploads --------------------------------------------------------------------------------------------------------

TEST_CASE("only files of a checkpoint known to be complete are used again (SN-13, SN-14)") {
  ConfirmedUploads uploads;
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).upload == Paths{"1.sst"});
  uploads.uploaded(cp(1), {{"1.sst", "shared/1", 5, false}});
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).reused.empty());  // not confirmed yet
  uploads.notify_complete(cp(1));
  const auto plan = uploads.plan({"1.sst", "2.sst"}, SharingStrategy::Reuse);
  CHECK(plan.reused == std::vector<SharedFile>{{"1.sst", "shared/1", 5, true}});
  CHECK(plan.upload == Paths{"2.sst"});
}

TEST_CASE("a full checkpoint and a savepoint use nothing again (SN-16)") {
  ConfirmedUploads uploads;
  uploads.restored(cp(1), {{"1.sst", "shared/1", 5, false}});
  CHECK(uploads.base() == cp(1));
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Full).upload == Paths{"1.sst"});
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Exclusive).upload == Paths{"1.sst"});
}

TEST_CASE("notifications of unknown, older and aborted checkpoints do not move the base (SN-15)") {
  ConfirmedUploads uploads;
  uploads.uploaded(cp(2), {{"1.sst", "shared/1", 5, false}});
  uploads.uploaded(cp(3), {{"1.sst", "shared/1", 5, false}});
  uploads.notify_complete(cp(1));
  CHECK(uploads.base() == cp(0));
  uploads.notify_complete(cp(3));
  uploads.notify_complete(cp(2));
  uploads.notify_complete(cp(9));
  CHECK(uploads.base() == cp(3));
  uploads.uploaded(cp(4), {{"4.sst", "shared/4", 5, false}});
  uploads.notify_aborted(cp(4));
  uploads.notify_complete(cp(4));
  CHECK(uploads.base() == cp(3));
}

TEST_CASE("a file that a newer snapshot uploaded again is not taken from the base any more (SN-15)") {
  ConfirmedUploads uploads;
  uploads.restored(cp(1), {{"1.sst", "shared/1", 5, false}});
  uploads.uploaded(cp(2), {{"1.sst", "shared/1-again", 5, false}});
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).upload == Paths{"1.sst"});
}

TEST_CASE("a copy uploaded before its base was confirmed counts as well, until it is aborted (SN-15)") {
  ConfirmedUploads uploads;
  uploads.uploaded(cp(1), {{"1.sst", "shared/1", 5, false}});
  uploads.uploaded(cp(2), {{"1.sst", "shared/1-again", 5, false}});
  uploads.notify_complete(cp(1));
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).reused.empty());
  uploads.notify_aborted(cp(2));
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).reused.size() == 1);
}

TEST_CASE("a copy that is still on its way counts as well, so that the older one may go meanwhile (SN-15)") {
  ConfirmedUploads uploads;
  uploads.uploaded(cp(1), {{"1.sst", "shared/1", 5, false}});
  uploads.begun(cp(2), {"1.sst"});  // 1 was not confirmed then
  uploads.notify_complete(cp(1));
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).reused.empty());
  uploads.notify_aborted(cp(2));
  CHECK(uploads.plan({"1.sst"}, SharingStrategy::Reuse).reused.size() == 1);
}

// --- both, against a model that knows everything
// -----------------------------------------------------------------------

// A task that takes incremental snapshots, a coordinator that loses some of its acknowledgements and notifications, and
// the naive view of both: which checkpoints are retained, which of them uses what.
struct Story {
  explicit Story(std::size_t num_retained) : most(num_retained) {}

  // Files come and never come back, as in an LSM tree.
  void work() {
    live.push_back(std::to_string(++names) + ".sst");
    if (live.size() > 3 && *rc::gen::arbitrary<bool>()) live.pop_front();
  }

  struct Snapshot {
    SubtaskState state;
    Paths paths;
  };
  Snapshot snapshot(CheckpointId id) {
    const auto plan = uploads.plan({live.begin(), live.end()}, SharingStrategy::Reuse);
    std::vector<SharedFile> files = plan.reused;
    for (const std::string& name : plan.upload) {
      files.push_back({name, "shared/" + std::to_string(++physical), names, false});
      existing.insert(files.back().path);
    }
    uploads.uploaded(id, files);
    Snapshot taken{state_of(files), {}};
    for (const SharedFile& f : files) taken.paths.push_back(f.path);
    return taken;
  }

  void acknowledge(CheckpointId id, Snapshot& taken) {
    RC_ASSERT(registry.register_all(taken.state, id).ok());  // no unknown placeholder, whatever was lost
    for (const SharedFile& f : files_in(taken.state)) RC_ASSERT(!f.placeholder && f.size != 0u);
    for (const std::string& path : taken.paths) last_use[path] = std::max(last_use[path], id);
  }

  void complete(CheckpointId id, const Snapshot& taken) {
    retained.emplace_back(id, taken.paths);
    if (retained.size() > most) retained.pop_front();
    const CheckpointId lowest = retained.front().first;
    for (const std::string& path : registry.unregister_unused(lowest).files) {
      RC_ASSERT(existing.erase(path) == 1u);
      RC_ASSERT(last_use.at(path) < lowest);
    }
    for (const auto& [path, used] : last_use) RC_ASSERT(existing.count(path) == (used < lowest ? 0u : 1u));  // P7
  }

  void check() const {
    for (const auto& [id, paths] : retained) {
      for (const std::string& path : paths) RC_ASSERT(existing.count(path) == 1u);  // P6
    }
  }

  std::size_t most;
  SharedStateRegistry registry;
  ConfirmedUploads uploads;
  std::deque<std::string> live;
  std::uint64_t names = 0, physical = 0;
  std::set<std::string> existing;
  std::map<std::string, CheckpointId> last_use;  // of what was acknowledged
  std::deque<std::pair<CheckpointId, Paths>> retained;
};

TEST_CASE("nothing a retained checkpoint uses is deleted, and nothing else is kept longer than SH-10 says (P6, P7)") {
  CHECK(rc::check([] {
    Story story(*rc::gen::inRange<std::size_t>(1, 4));
    const auto rounds = *rc::gen::inRange<std::uint64_t>(1, 40);
    for (std::uint64_t n = 1; n <= rounds; ++n) {
      story.work();
      Story::Snapshot taken = story.snapshot(cp(n));
      const auto fate = *rc::gen::inRange(0, 6);
      if (fate == 0) continue;  // the acknowledgement is lost, or still on its way and stays there
      story.acknowledge(cp(n), taken);
      if (fate == 1) {  // aborted, and the task hears of it or not
        if (*rc::gen::arbitrary<bool>()) story.uploads.notify_aborted(cp(n));
      } else {
        story.complete(cp(n), taken);
        if (fate != 2) story.uploads.notify_complete(cp(n));
      }
      story.check();
    }
  }));
}

TEST_CASE("defect discard-unclaimed-shared-files: the user's files go with the others") {
  DefectSet defects;
  defects.add(Defect::DiscardUnclaimedSharedFiles);
  for (const bool defect : {false, true}) {
    SharedStateRegistry registry(defect ? defects : DefectSet{});
    REQUIRE(registry.register_restored(checkpoint_with(cp(3), {file("a")}, false)).ok());
    CHECK(registry.unregister_unused(cp(4)).files == (defect ? Paths{"a"} : Paths{}));
  }
}

}  // namespace
}  // namespace weir::engine
