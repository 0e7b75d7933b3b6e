#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <optional>

#include "fakes/state_world.h"

using namespace weir::engine;
using weir::engine::testing::StateWorld;
using weir::engine::testing::use_key;

namespace {

// Two states on one backend, beside the plain map they must equal.
struct Subject {
  explicit Subject(StateBackendKind kind) : backend(world.make(kind)) { open(); }
  void open() {
    numbers.emplace(*backend.state, ValueStateDescriptor<std::int64_t>{"numbers"});
    texts.emplace(*backend.state, ValueStateDescriptor<std::string>{"texts", "none"});
  }
  // The attempt dies; the next one restores `bytes`.
  void restart(StateBackendKind kind, const Bytes& bytes, bool restore_first) {
    pending.clear();
    backend = {};
    backend = world.make(kind, StateWorld::kAll, AttemptId{++attempt});
    if (!restore_first) open();
    RC_ASSERT(backend.state->restore(bytes).ok());
    if (restore_first) open();
  }
  Bytes snapshot() { return backend.state->snapshot(CheckpointId{1})->write(); }

  StateWorld world;
  Backend backend;
  std::uint32_t attempt = 1;
  std::optional<ValueState<std::int64_t>> numbers;
  std::optional<ValueState<std::string>> texts;
  std::vector<std::unique_ptr<PendingStateSnapshot>> pending;
};

struct Model {
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, std::string> texts;

  std::uint64_t digest() const {
    std::uint64_t sum = 0;
    for (const auto& [key, value] : numbers) sum += cell("numbers", key, serialize(value));
    for (const auto& [key, value] : texts) sum += cell("texts", key, serialize(value));
    return sum;
  }
  static std::uint64_t cell(BytesView state, BytesView key, BytesView value) {
    return combine(hash_bytes(state), combine(hash_bytes(key), hash_bytes(value)));
  }
};

const std::string* found(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto at = map.find(key);
  return at == map.end() ? nullptr : &at->second;
}

}  // namespace

TEST_CASE("heap and RocksDB agree with a plain map under any sequence of calls, snapshots and restores") {
  constexpr StateBackendKind kKinds[] = {StateBackendKind::Heap, StateBackendKind::RocksDb};
  REQUIRE(rc::check([&] {
    Subject heap(StateBackendKind::Heap);
    Subject rocks(StateBackendKind::RocksDb);
    Subject* const both[] = {&heap, &rocks};
    Model model;
    std::vector<Model> at_snapshot;  // parallel to `pending`
    const auto steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) {
      const std::string key =
          *rc::gen::elementOf(std::vector<std::string>{"", "a", "b", std::string("a\0", 2), "zz", "\xFF"});
      for (Subject* s : both) use_key(*s->backend.state, key);
      const auto action = *rc::gen::inRange(0, 16);
      if (action < 4) {
        const auto value = *rc::gen::arbitrary<std::int64_t>();
        for (Subject* s : both) s->numbers->update(value);
        model.numbers[key] = value;
      } else if (action < 7) {
        const auto value = *rc::gen::arbitrary<std::string>();
        for (Subject* s : both) s->texts->update(value);
        model.texts[key] = value;
      } else if (action < 8) {
        for (Subject* s : both) s->numbers->clear();
        model.numbers.erase(key);
      } else if (action < 9) {
        for (Subject* s : both) s->texts->clear();
        model.texts.erase(key);
      } else if (action < 11) {
        for (Subject* s : both) s->pending.push_back(s->backend.state->snapshot(CheckpointId{1}));
        at_snapshot.push_back(model);
      } else if (action < 13) {
        rocks.backend.work->run_one();
      } else if (action < 14 && !at_snapshot.empty()) {
        // SN-2: whatever happened since, a snapshot is what it was, and the same from both backends.
        const Bytes bytes = heap.pending.front()->write();
        RC_ASSERT(bytes == rocks.pending.front()->write());
        const bool heap_first = *rc::gen::arbitrary<bool>();
        const bool rocks_first = *rc::gen::arbitrary<bool>();
        model = at_snapshot.front();
        at_snapshot.clear();
        heap.restart(kKinds[0], bytes, heap_first);
        rocks.restart(kKinds[1], bytes, rocks_first);
        continue;
      }
      for (Subject* s : both) {
        const auto number = model.numbers.find(key);
        const std::int64_t* stored = s->numbers->get();
        RC_ASSERT((stored != nullptr) == (number != model.numbers.end()));
        if (stored != nullptr) RC_ASSERT(*stored == number->second);
        const std::string* text = found(model.texts, key);
        RC_ASSERT(*s->texts->get() == (text != nullptr ? *text : "none"));
      }
    }
    for (Subject* s : both) RC_ASSERT(s->backend.state->digest(StateWorld::kAll) == model.digest());
    RC_ASSERT(heap.snapshot() == rocks.snapshot());
  }));
}
