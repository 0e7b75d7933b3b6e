#include "state/rocksdb/rocks_cells.h"

#include <algorithm>

#include "state/state_form.h"
#include "weir/engine/hash.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

// One entry of a map as a cell of its own, which is what CellOps work on, and back.
void wrap_entry(BytesView user_key, BytesView value, ByteBuffer& out) {
  ByteWriter writer(out);
  writer.sized(user_key);
  writer.sized(value);
}
BytesView unwrap_value(BytesView cell) {
  ByteReader reader(cell);
  reader.sized();
  return reader.sized();
}

}  // namespace

std::vector<std::string> names_of(const std::vector<StateMeta>& states) {
  std::vector<std::string> names;
  for (const StateMeta& state : states) names.push_back(state.name);
  return names;
}

std::optional<std::uint16_t> RocksStates::find(BytesView name) const {
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    if (states_[i].meta.name == name) return i;
  }
  return std::nullopt;
}

std::uint16_t RocksStates::create(const StateMeta& meta) {
  states_.push_back({meta});
  return store_.create_family(meta.name).value;
}

FamilyIndex RocksStates::register_state(const StateRegistration& now, KeyGroupRange range, Time at) {
  const std::optional<std::uint16_t> known = find(now.meta.name);
  const std::uint16_t number = known ? *known : create(now.meta);
  State& state = states_[number];
  if (state.ops != nullptr) fail_registered_twice(state.meta, now.meta);
  FormChange change = compare_states(state.meta, now.meta);
  if (change.outcome == Compatibility::Incompatible) {
    throw OperatorFailure{FailureCause::UserFunction, std::move(change.why)};
  }
  if (change.outcome == Compatibility::AfterMigration) migrate(number, now, range, at);
  state = {now.meta, now.ttl, now.ops};
  return {number};
}

// A crash half-way restarts from the checkpoint, as working state dies with its attempt.
void RocksStates::migrate(std::uint16_t number, const StateRegistration& now, KeyGroupRange range, Time at) {
  const StateMeta& written = states_[number].meta;
  const WrittenForm form = written_form(written, at);
  const bool map = written.kind == StateKind::Map;
  ByteBuffer old;
  ByteBuffer rewritten;
  each_cell(FamilyIndex{number}, nullptr, range, [&](const CellKeys::Parts& p, BytesView value) {
    old.clear();
    rewritten.clear();
    map ? wrap_entry(p.user_key, value, old) : old.append(value);
    if (!now.ops->rewrite(form, now.meta.stamped, old, rewritten)) fail_state_type(now.meta.name);
    map ? keys_.encode_entry(p.group, p.key, p.name_space, p.user_key, composite_)
        : keys_.encode(p.group, p.key, p.name_space, composite_);
    store_.add_to_batch({number}, composite_, map ? unwrap_value(rewritten) : rewritten.view());
  });
  store_.write_batch();
}

Status RocksStates::check(const KeyedSnapshotContent& content) const {
  for (const StateMeta& meta : content.states) {
    const std::optional<std::uint16_t> known = find(meta.name);
    if (!known) continue;
    const State& state = states_[*known];
    const FormChange change = compare_states(meta, state.meta);
    if (change.outcome == Compatibility::Incompatible) return Status(StatusCode::Corrupt, change.why);
    if (change.outcome == Compatibility::AfterMigration && state.ops == nullptr) {
      return Status(StatusCode::Corrupt, "state '" + meta.name + "' is restored in two forms, as " + state.meta.value +
                                             " and as " + meta.value);
    }
  }
  return {};
}

Status RocksStates::restore(const KeyedSnapshotContent& content, Time now) {
  if (Status s = check(content); !s.ok()) return s;
  std::vector<std::uint16_t> numbers;
  for (const StateMeta& meta : content.states) {
    const std::optional<std::uint16_t> known = find(meta.name);
    numbers.push_back(known ? *known : create(meta));
  }
  for (const SnapshotCell& cell : content.cells) {
    const StateMeta& written = content.states[cell.state];
    if (add(cell, written, numbers[cell.state], now)) continue;
    store_.drop_batch();
    return Status(StatusCode::Corrupt, "keyed snapshot: a cell of state '" + written.name +
                                           "' does not decode as the type the state is registered with");
  }
  store_.write_batch();
  return {};
}

bool RocksStates::add(const SnapshotCell& cell, const StateMeta& written, std::uint16_t number, Time now) {
  const State& state = states_[number];
  if (compare_states(written, state.meta).outcome != Compatibility::AfterMigration) {
    return add_bytes(cell, number, cell.cell);
  }
  ByteBuffer rewritten;
  if (!state.ops->rewrite(written_form(written, now), state.meta.stamped, cell.cell, rewritten)) return false;
  return add_bytes(cell, number, rewritten);
}

bool RocksStates::add_bytes(const SnapshotCell& cell, std::uint16_t number, BytesView bytes) {
  if (states_[number].meta.kind != StateKind::Map) {
    keys_.encode(cell.group, cell.key, cell.name_space, composite_);
    store_.add_to_batch({number}, composite_, bytes);
    return true;
  }
  ByteReader entries(bytes);
  while (!entries.at_end()) {
    const BytesView user_key = entries.sized();
    const BytesView value = entries.sized();
    if (entries.failed()) return false;
    keys_.encode_entry(cell.group, cell.key, cell.name_space, user_key, composite_);
    store_.add_to_batch({number}, composite_, value);
  }
  return true;
}

std::uint64_t RocksStates::digest(KeyGroupRange range) {
  std::uint64_t sum = 0;
  for (std::uint16_t i = 0; i < states_.size(); ++i) {
    const StateMeta& meta = states_[i].meta;
    if (meta.stamped) continue;
    const std::uint64_t name = hash_bytes(meta.name);
    each_cell(FamilyIndex{i}, nullptr, range, [&](const CellKeys::Parts& at, BytesView value) {
      const std::uint64_t address = hash_address(hash_bytes(at.key), at.name_space);
      sum += meta.kind == StateKind::Map ? digest_entry(name, address, at.user_key, value)
                                         : digest_cell(name, address, value);
    });
  }
  return sum;
}

std::vector<StateKey> RocksStates::keys_of(BytesView state_name, BytesView name_space, KeyGroupRange range) {
  const std::optional<std::uint16_t> number = find(state_name);
  if (!number || states_[*number].ops == nullptr) return {};
  std::vector<StateKey> keys;
  each_cell(FamilyIndex{*number}, nullptr, range, [&](const CellKeys::Parts& at, BytesView) {
    if (at.name_space == name_space) keys.push_back({Bytes(at.key), at.group});
  });
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());  // a map has one for each entry
  return keys;
}

}  // namespace weir::engine
