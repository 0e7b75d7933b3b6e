// Any sequence of calls on all kinds of keyed state, with several snapshots open, restores and rescaling in between, on
// heap, on RocksDB, on RocksDB with incremental checkpoints, and with a changelog over either, beside a plain model.
// Steps are values, so that a counterexample shrinks and reads as a program.

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <ostream>
#include <tuple>

#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/changelog/changelog.h"
#include "state/heap_backend.h"

namespace {

using namespace weir::engine;
using weir::engine::testing::group_of;
using weir::engine::testing::MemoryStorage;
using weir::engine::testing::registered;
using weir::engine::testing::StateWorld;

enum class Do : std::uint8_t {
  SetValue,
  ClearValue,
  AddToList,
  AddAllToList,
  SetList,
  ClearList,
  MergeLists,
  PutInMap,
  PutNullInMap,
  RemoveFromMap,
  ClearMap,
  Reduce,
  ClearReduced,
  MergeReduced,
  Aggregate,
  ClearAggregate,
  OpenSnapshot,
  WriteSnapshot,
  DropSnapshot,
  Restore,
  Rescale,
  RunBackground,
  Materialize,
};
constexpr const char* kNames[] = {
    "set value",     "clear value",   "add to list",     "add all to list", "set list",      "clear list",
    "merge lists",   "put in map",    "put null in map", "remove from map", "clear map",     "reduce",
    "clear reduced", "merge reduced", "aggregate",       "clear aggregate", "open snapshot", "write snapshot",
    "drop snapshot", "restore",       "rescale",         "run background",  "materialize"};
constexpr int kSteps = 23;

const std::vector<std::string> kKeys{"", "a", "b", std::string("a\0", 2), "zz", "\xFF"};
const std::vector<std::string> kNamespaces{"", "w", "window"};
// Heap and plain RocksDB write the canonical form whichever it is.
constexpr SnapshotKind kKinds[] = {SnapshotKind::Checkpoint, SnapshotKind::Checkpoint, SnapshotKind::Checkpoint,
                                   SnapshotKind::FullCheckpoint};
const std::vector<std::string> kUserKeys{"", "x", "xy", "\xFE"};

struct Step {
  int what, key, name_space, user_key, value;
};
std::ostream& operator<<(std::ostream& out, const Step& s) {
  return out << "\n  " << kNames[s.what] << " key=" << s.key << " namespace=" << s.name_space
             << " user-key=" << s.user_key << " value=" << s.value;
}

rc::Gen<Step> any_step() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, kSteps), rc::gen::inRange(0, static_cast<int>(kKeys.size())),
                     rc::gen::inRange(0, static_cast<int>(kNamespaces.size())),
                     rc::gen::inRange(0, static_cast<int>(kUserKeys.size())), rc::gen::inRange(-3, 300)),
      [](const auto& t) {
        return Step{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t), std::get<4>(t)};
      });
}

// Cells by (key, namespace), one map a state.
using Where = std::pair<std::string, std::string>;
using Entries = std::map<std::string, std::optional<int>>;
struct Model {
  std::map<Where, std::string> value;
  std::map<Where, std::vector<std::int64_t>> list;
  std::map<Where, Entries> map;
  std::map<Where, std::int64_t> reduced;
  std::map<Where, std::pair<int, int>> aggregate;

  std::uint64_t digest() const {
    std::uint64_t sum = 0;
    for (const auto& [at, v] : value) sum += cell("value", at, serialize(v));
    for (const auto& [at, v] : list) {
      Bytes bytes;
      for (const std::int64_t element : v) bytes += serialize(element);
      sum += cell("list", at, bytes);
    }
    for (const auto& [at, entries] : map) {
      for (const auto& [key, v] : entries) {
        const std::uint64_t entry = combine(address(at), hash_bytes(serialize(key)));
        sum += combine(hash_bytes("map"), combine(entry, hash_bytes(serialize(v))));
      }
    }
    for (const auto& [at, v] : reduced) sum += cell("reduced", at, serialize(v));
    for (const auto& [at, v] : aggregate) sum += cell("aggregate", at, serialize(v));
    return sum;
  }
  static std::uint64_t address(const Where& at) {
    return at.second.empty() ? hash_bytes(at.first) : combine(hash_bytes(at.first), hash_bytes(at.second));
  }
  static std::uint64_t cell(BytesView state, const Where& at, BytesView bytes) {
    return combine(hash_bytes(state), combine(address(at), hash_bytes(bytes)));
  }
};

struct CountAndSum final : AggregateFunction<int, std::pair<int, int>, int> {
  std::pair<int, int> create_accumulator() const override { return {0, 0}; }
  void add(const int& v, std::pair<int, int>& acc) const override { acc = {acc.first + 1, acc.second + v}; }
  int get_result(const std::pair<int, int>& acc) const override { return acc.first * 1000 + acc.second; }
  void merge(std::pair<int, int>& into, const std::pair<int, int>& other) const override {
    into = {into.first + other.first, into.second + other.second};
  }
};

// One backend. States register when they are first used, so that some stay orphans after a restore.
struct Subject {
  enum class Checkpoints : std::uint8_t { Whole, Incremental, Changelog };
  explicit Subject(StateBackendKind backend_kind, Checkpoints of = Checkpoints::Whole)
      : kind(backend_kind), checkpoints(of), backend(make()) {}

  Backend make() { return make(world, StateWorld::kAll, AttemptId{attempt}); }
  Backend make(StateWorld& in, KeyGroupRange range, AttemptId id) const {
    return in.make(kind, range, id, StateWorld::kMaxParallelism, checkpoints == Checkpoints::Incremental,
                   checkpoints == Checkpoints::Changelog);
  }

  KeyedStateBackend& state() { return *backend.state; }
  void at(const Where& where) {
    state().set_current_namespace(where.second);
    state().set_current_key(where.first, group_of(where.first));
  }
  // The attempt dies; the next one restores all of `parts`.
  void restart(const std::vector<Bytes>& parts, bool register_first) {
    start_again(register_first);
    for (const Bytes& bytes : parts) RC_ASSERT(state().restore(bytes).ok());
  }
  void start_again(bool register_first) {
    pending.clear();
    materialization.reset();
    value.reset(), list.reset(), map.reset(), reduced.reset(), aggregate.reset();
    backend = {};
    ++attempt;
    backend = make();
    if (register_first) get_value(), get_list(), get_map(), get_reduced(), get_aggregate();
  }
  ValueState<std::string>& get_value() {
    if (!value) value.emplace(state(), ValueStateDescriptor<std::string>{"value"});
    return *value;
  }
  ListState<std::int64_t>& get_list() {
    if (!list) list.emplace(state(), ListStateDescriptor<std::int64_t>{"list"});
    return *list;
  }
  MapState<std::string, int>& get_map() {
    if (!map) map.emplace(state(), MapStateDescriptor<std::string, int>{"map"});
    return *map;
  }
  ReducingState<std::int64_t>& get_reduced() {
    const auto add = [](std::int64_t a, std::int64_t b) { return a + b; };
    if (!reduced) reduced.emplace(state(), ReducingStateDescriptor<std::int64_t>{"reduced", add});
    return *reduced;
  }
  AggregatingState<int, std::pair<int, int>, int>& get_aggregate() {
    if (!aggregate) {
      aggregate.emplace(state(), AggregatingStateDescriptor<int, std::pair<int, int>, int>{
                                     "aggregate", std::make_shared<CountAndSum>()});
    }
    return *aggregate;
  }

  StateBackendKind kind;
  Checkpoints checkpoints;
  StateWorld world;
  std::uint32_t attempt = 1;
  Backend backend;
  std::optional<ValueState<std::string>> value;
  std::optional<ListState<std::int64_t>> list;
  std::optional<MapState<std::string, int>> map;
  std::optional<ReducingState<std::int64_t>> reduced;
  std::optional<AggregatingState<int, std::pair<int, int>, int>> aggregate;
  std::vector<std::unique_ptr<PendingStateSnapshot>> pending;
  std::optional<Changelog::Materialization> materialization;  // under way
};

class Program {
 public:
  void run(const Step& s) {
    const Where where{kKeys[static_cast<std::size_t>(s.key)], kNamespaces[static_cast<std::size_t>(s.name_space)]};
    const auto what = static_cast<Do>(s.what);
    if (what >= Do::OpenSnapshot) {
      whole(what, static_cast<std::size_t>(s.user_key), s.value);
    } else {
      for (Subject* subject : all_) subject->at(where);
      call(what, where, kUserKeys[static_cast<std::size_t>(s.user_key)], s.value);
      check(where);
    }
  }
  void check_everything() {
    for (Subject* s : all_) RC_ASSERT(s->state().digest(StateWorld::kAll) == model_.digest());
    whole(Do::OpenSnapshot, 0, 0);
    while (!at_snapshot_.empty()) whole(Do::WriteSnapshot, 0, 0);
    for (Subject* s : all_) check_keys(*s);
  }

 private:
  template <class F>
  void each(F f) {
    for (Subject* s : all_) f(*s);
  }

  void call(Do what, const Where& at, const std::string& user_key, int v) {
    switch (what) {
      case Do::SetValue: {
        const std::string text = "text " + std::to_string(v);
        each([&](Subject& s) { s.get_value().update(text); });
        model_.value[at] = text;
        return;
      }
      case Do::ClearValue:
        each([&](Subject& s) { s.get_value().clear(); });
        model_.value.erase(at);
        return;
      case Do::AddToList:
        each([&](Subject& s) { s.get_list().add(v); });
        model_.list[at].push_back(v);
        return;
      case Do::AddAllToList:
        each([&](Subject& s) { s.get_list().add_all({v, v + 1}); });
        model_.list[at].insert(model_.list[at].end(), {v, v + 1});
        return;
      case Do::SetList:
        each([&](Subject& s) { s.get_list().update({v}); });
        model_.list[at] = {v};
        return;
      case Do::ClearList:
        each([&](Subject& s) { s.get_list().update({}); });
        model_.list.erase(at);
        return;
      case Do::MergeLists:
        each([&](Subject& s) { s.get_list().merge_namespaces(at.second, others(at)); });
        merge(model_.list, at, [](auto& into, const auto& from) { into.insert(into.end(), from.begin(), from.end()); });
        return;
      case Do::PutInMap:
        each([&](Subject& s) { s.get_map().put(user_key, v); });
        model_.map[at][user_key] = v;
        return;
      case Do::PutNullInMap:
        each([&](Subject& s) { s.get_map().put(user_key, std::nullopt); });
        model_.map[at][user_key] = std::nullopt;
        return;
      case Do::RemoveFromMap:
        each([&](Subject& s) { s.get_map().remove(user_key); });
        if (const auto found = model_.map.find(at); found != model_.map.end()) {
          found->second.erase(user_key);
          if (found->second.empty()) model_.map.erase(found);
        }
        return;
      case Do::ClearMap:
        each([&](Subject& s) { s.get_map().clear(); });
        model_.map.erase(at);
        return;
      case Do::Reduce:
        each([&](Subject& s) { s.get_reduced().add(v); });
        model_.reduced[at] += v;
        return;
      case Do::ClearReduced:
        each([&](Subject& s) { s.get_reduced().clear(); });
        model_.reduced.erase(at);
        return;
      case Do::MergeReduced:
        each([&](Subject& s) { s.get_reduced().merge_namespaces(at.second, others(at)); });
        merge(model_.reduced, at, [](auto& into, const auto& from) { into += from; });
        return;
      case Do::Aggregate:
        each([&](Subject& s) { s.get_aggregate().add(v); });
        model_.aggregate[at].first += 1;
        model_.aggregate[at].second += v;
        return;
      default:
        each([&](Subject& s) { s.get_aggregate().clear(); });
        model_.aggregate.erase(at);
        return;
    }
  }
  static std::vector<Bytes> others(const Where& at) {
    std::vector<Bytes> out;
    for (const std::string& name_space : kNamespaces) {
      if (name_space != at.second) out.push_back(name_space);
    }
    return out;
  }
  template <class Cells, class Fold>
  static void merge(Cells& cells, const Where& target, Fold fold) {
    std::optional<typename Cells::mapped_type> merged;
    for (const Bytes& source : others(target)) {
      const auto found = cells.find({target.first, source});
      if (found == cells.end()) continue;
      merged ? fold(*merged, found->second) : void(merged = found->second);
      cells.erase(found);
    }
    if (!merged) return;
    const auto own = cells.find(target);
    own == cells.end() ? void(cells[target] = *merged) : fold(own->second, *merged);
  }

  void whole(Do what, std::size_t pick, int v) {
    if (what == Do::OpenSnapshot) {
      const SnapshotRequest request{CheckpointId{++last_checkpoint_}, kKinds[pick % std::size(kKinds)]};
      each([&](Subject& s) { s.pending.push_back(s.state().snapshot(request)); });
      checkpoints_.push_back(request.checkpoint);
      at_snapshot_.push_back(model_);
    } else if (what == Do::RunBackground) {
      for (Subject* s : {&rocks_, &incremental_, &rocks_log_}) s->backend.work->run_one();
    } else if (what == Do::Materialize) {
      for (Subject* s : {&heap_log_, &rocks_log_}) materialize(*s);
    } else if (!at_snapshot_.empty()) {
      pick %= at_snapshot_.size();
      const Model then = at_snapshot_[pick];
      if (what == Do::DropSnapshot) return abort(pick);
      const Bytes bytes = write(pick, then);
      const CheckpointId checkpoint = checkpoints_[pick];
      std::vector<KeyedStateHandle> handles;
      for (Subject* s : in_files_) handles.push_back(upload(*s, pick, v % 3 != 0));
      if (what == Do::WriteSnapshot) return drop(pick);
      if (v % 5 == 0) std::swap(handles[1], handles[2]);  // either backend goes on from the other's log
      at_snapshot_.clear();
      checkpoints_.clear();
      model_ = then;
      const auto parts = what == Do::Restore ? std::vector<Bytes>{bytes} : rescaled(bytes, then, 2 + pick % 3);
      for (Subject* s : {&heap_, &rocks_}) s->restart(parts, v % 2 == 0);
      for (std::size_t i = 0; i < handles.size(); ++i) {
        Subject& subject = *in_files_[i];
        subject.start_again(v % 2 == 0);
        const auto restored =
            what == Do::Restore ? std::vector{handles[i]} : rescaled(subject, handles[i], then, 2 + pick % 3);
        const CheckpointId base = what == Do::Restore ? checkpoint : kNoCheckpoint;
        RC_ASSERT(restore(subject.state(), restored, storage_, base).ok());
        RC_ASSERT(subject.state().digest(StateWorld::kAll) == then.digest());
      }
    }
  }
  // The snapshot in files, which is acknowledged and, unless that is lost, confirmed.
  KeyedStateHandle upload(Subject& subject, std::size_t pick, bool confirm) {
    const std::string directory = "chk-" + std::to_string(checkpoints_[pick].value) + "/" + subject_name(subject);
    const auto handle = registered(store(std::move(subject.pending[pick]), StateWorld::kAll, directory, storage_));
    if (confirm) subject.state().notify_checkpoint_complete(checkpoints_[pick]);
    return handle;
  }
  std::string subject_name(const Subject& subject) const {
    const auto at = std::find(std::begin(in_files_), std::end(in_files_), &subject) - std::begin(in_files_);
    return std::to_string(at) + "-" + std::to_string(subject.attempt);
  }
  // SN-21: begun at one step and durable at a later one, if no restart comes between.
  void materialize(Subject& subject) {
    auto& part = subject.materialization;
    if (!part) return void(part = subject.state().changelog()->begin_materialization());
    auto file = std::make_shared<MaterializedFile>(
        MaterializedFile{"shared/materialized-" + std::to_string(part->id) + "/" + subject_name(subject)});
    storage_.put(file->path, part->write());
    subject.state().changelog()->materialized(*part, std::move(file));
    part.reset();
  }
  void abort(std::size_t pick) {
    for (Subject* s : in_files_) s->state().notify_checkpoint_aborted(checkpoints_[pick]);
    drop(pick);
  }
  // P15, SN-2: whatever happened since, what is written is what the state was, and the same from both backends.
  Bytes write(std::size_t pick, const Model& then) {
    const Bytes bytes = heap_.pending[pick]->write();
    RC_ASSERT(bytes == rocks_.pending[pick]->write());
    const auto reader = make_heap_backend(StateWorld::kAll);
    RC_ASSERT(reader->restore(bytes).ok());
    RC_ASSERT(reader->digest(StateWorld::kAll) == then.digest());
    return bytes;
  }
  void drop(std::size_t pick) {
    const auto at = static_cast<std::ptrdiff_t>(pick);
    each([&](Subject& s) { s.pending.erase(s.pending.begin() + at); });
    at_snapshot_.erase(at_snapshot_.begin() + at);
    checkpoints_.erase(checkpoints_.begin() + at);
  }
  // Cut for more subtasks, each of which copies its part and takes a snapshot of its own kind.
  std::vector<KeyedStateHandle> rescaled(const Subject& subject, const KeyedStateHandle& handle, const Model& then,
                                         std::size_t parallelism) {
    std::vector<KeyedStateHandle> parts;
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      const KeyGroupRange range =
          key_group_range(StateWorld::kMaxParallelism, static_cast<std::uint32_t>(parallelism), i);
      KeyedStateHandle cut = handle;
      cut.range = range;
      StateWorld world;
      Backend part = subject.make(world, range, AttemptId{1});
      RC_ASSERT(restore(*part.state, {cut}, storage_).ok());
      sum += part.state->digest(range);
      const std::string directory = "chk-" + std::to_string(++last_checkpoint_) + "/part-" + std::to_string(i);
      parts.push_back(registered(store(part.state->snapshot(CheckpointId{1}), range, directory, storage_)));
    }
    RC_ASSERT(sum == then.digest());
    return parts;
  }
  // RS-4: cut for more subtasks, each of which writes a snapshot of its own.
  std::vector<Bytes> rescaled(const Bytes& bytes, const Model& then, std::size_t parallelism) {
    std::vector<Bytes> parts;
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < parallelism; ++i) {
      const KeyGroupRange range =
          key_group_range(StateWorld::kMaxParallelism, static_cast<std::uint32_t>(parallelism), i);
      StateWorld world;
      Backend part = world.make(i % 2 == 0 ? StateBackendKind::Heap : StateBackendKind::RocksDb, range);
      RC_ASSERT(part.state->restore(bytes).ok());
      sum += part.state->digest(range);
      parts.push_back(part.state->snapshot(CheckpointId{1})->write());
    }
    RC_ASSERT(sum == then.digest());
    return parts;
  }

  template <class Cells>
  static const typename Cells::mapped_type* find(const Cells& cells, const Where& at) {
    const auto found = cells.find(at);
    return found != cells.end() ? &found->second : nullptr;
  }
  template <class T>
  static bool equal(const T* a, const T* b) {
    return a == nullptr || b == nullptr ? a == b : *a == *b;
  }
  // What a step touched is read back, and every other state of the same cell with it once it is registered.
  void check(const Where& at) {
    each([&](Subject& s) {
      if (s.value) RC_ASSERT(equal(s.value->get(), find(model_.value, at)));
      if (s.list) {
        const auto* list = find(model_.list, at);
        RC_ASSERT(s.list->get() == (list != nullptr ? *list : std::vector<std::int64_t>{}));
      }
      if (s.map) check_map(*s.map, find(model_.map, at));
      if (s.reduced) RC_ASSERT(equal(s.reduced->get(), find(model_.reduced, at)));
      if (s.aggregate) {
        const auto* acc = find(model_.aggregate, at);
        RC_ASSERT(s.aggregate->get() ==
                  (acc != nullptr ? std::optional<int>(acc->first * 1000 + acc->second) : std::nullopt));
      }
    });
  }
  static void check_map(MapState<std::string, int>& map, const Entries* expected) {
    Entries found;
    for (auto& [key, value] : map.entries()) RC_ASSERT(found.emplace(key, value).second);
    RC_ASSERT(found == (expected != nullptr ? *expected : Entries{}));
    RC_ASSERT(map.is_empty() == found.empty());
    for (const std::string& key : kUserKeys) {
      const auto at = found.find(key);
      RC_ASSERT(map.contains(key) == (at != found.end()));
      RC_ASSERT(equal(map.get(key), at != found.end() && at->second ? &*at->second : nullptr));
    }
  }
  void check_keys(Subject& s) {  // ST-5
    s.get_map();
    for (const std::string& name_space : kNamespaces) {
      std::vector<StateKey> expected;
      for (const auto& [at, entries] : model_.map) {
        if (at.second == name_space) expected.push_back({at.first, group_of(at.first)});
      }
      RC_ASSERT(s.state().get_keys("map", name_space) == expected);
    }
  }

  Subject heap_{StateBackendKind::Heap};
  Subject rocks_{StateBackendKind::RocksDb};
  Subject incremental_{StateBackendKind::RocksDb, Subject::Checkpoints::Incremental};
  Subject heap_log_{StateBackendKind::Heap, Subject::Checkpoints::Changelog};
  Subject rocks_log_{StateBackendKind::RocksDb, Subject::Checkpoints::Changelog};
  Subject* const in_files_[3] = {&incremental_, &heap_log_, &rocks_log_};
  Subject* const all_[5] = {&heap_, &rocks_, &incremental_, &heap_log_, &rocks_log_};
  MemoryStorage storage_;  // of those in files
  std::uint64_t last_checkpoint_ = 0;
  std::vector<CheckpointId> checkpoints_;  // parallel to `pending`
  Model model_;
  std::vector<Model> at_snapshot_;  // parallel to `pending`
};

}  // namespace

TEST_CASE(
    "keyed state equals a plain model on heap, RocksDB, incremental RocksDB and changelogs alike (P15, SN-12, SN-13, "
    "SN-16, SN-18, SN-2, SN-7, SN-8, SN-9, SN-20..SN-24, ST-2..ST-6, RS-4)") {
  REQUIRE(rc::check([] {
    const auto steps = *rc::gen::scale(2.0, rc::gen::container<std::vector<Step>>(any_step()));
    Program program;
    for (const Step& step : steps) program.run(step);
    program.check_everything();
  }));
}
