#pragma once

// Map state with the behaviour of flink-semantics 5.1. On heap a cell is one sorted map, on RocksDB every entry is one
// of its own. Either iterates in an order of its own that is the same in every run; Flink leaves it open, so a job must
// not rely on it.

#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "weir/engine/state_access.h"

namespace weir::engine {

// A null value is an empty optional; a key with one is contained.
template <class K, class V>
class MapState {
 public:
  using Cell = MapCell<K, V>;
  using Entry = std::pair<K, std::optional<V>>;

  MapState() = default;
  MapState(KeyedStateBackend& backend, MapStateDescriptor<K, V> descriptor)
      : access_(backend, {std::move(descriptor.name), StateKind::Map, false, schema_of<K>(), schema_of<V>()},
                descriptor.ttl) {}

  const std::string& name() const { return access_.name(); }

  // Null: no entry, or a null value. Valid until the next call on this state.
  const V* get(const K& key) {
    const CellEntry* found = find(key);
    return found != nullptr && found->value ? &*found->value : nullptr;
  }
  bool contains(const K& key) { return find(key) != nullptr; }
  void put(const K& key, const V& value) {
    edit(key, [&](CellEntry& e) { e.value = value; });
  }
  template <detail::MaybeOf<V> O>
  void put(const K& key, const O& value) {
    edit(key, [&](CellEntry& e) { e.value = value; });
  }
  void put_all(const std::vector<Entry>& entries) {
    for (const auto& [key, value] : entries) put(key, value);
  }
  void remove(const K& key) {
    encode_key(key);
    erase_entry(user_key_);
  }
  bool is_empty() { return scan(true).empty(); }
  // Removes every entry of the current cell and nothing else.
  void clear() {
    if (HeapCells<Cell>* table = access_.table()) return table->erase();
    for (const auto& [user_key, entry] : all(false)) access_.bytes().remove({access_.slot(), user_key});
  }

  // What was there at the call: entries may be put and removed while the result is walked.
  std::vector<Entry> entries() {
    std::vector<Entry> out;
    for (auto& [user_key, entry] : scan(false)) out.emplace_back(std::move(entry.key), std::move(entry.value));
    return out;
  }
  std::vector<K> keys() {
    std::vector<K> out;
    for (auto& entry : entries()) out.push_back(std::move(entry.first));
    return out;
  }
  std::vector<std::optional<V>> values() {
    std::vector<std::optional<V>> out;
    for (auto& entry : entries()) out.push_back(std::move(entry.second));
    return out;
  }
  // Walks the entries of the moment it was made; `remove` takes the last one it returned out of the state.
  class Iterator {
   public:
    explicit Iterator(MapState& state) : state_(&state), entries_(state.entries()) {}
    bool has_next() const { return next_ < entries_.size(); }
    const Entry& next() { return entries_[next_++]; }
    void remove() { state_->remove(entries_[next_ - 1].first); }

   private:
    MapState* state_;
    std::vector<Entry> entries_;
    std::size_t next_ = 0;
  };
  Iterator iterator() { return Iterator(*this); }

 private:
  using CellEntry = typename Cell::Entry;
  using Codec = CellCodec<Cell>;
  using Found = std::vector<std::pair<Bytes, CellEntry>>;

  struct Collect final : ByteCells::EntryVisitor {
    Collect(MapState& map, bool one) : state(map), only_one(one) {}
    bool entry(BytesView user_key, BytesView value) override {
      auto& [bytes, e] = found.emplace_back();
      bytes.assign(user_key);
      if (!deserialize(user_key, e.key) || !state.decode(value, e)) fail_state_type(state.name());
      return !only_one;
    }
    MapState& state;
    bool only_one;
    Found found;
  };

  void encode_key(const K& key) {
    user_key_.clear();
    serialize_into(key, user_key_);
  }
  bool decode(BytesView bytes, CellEntry& entry) {
    ByteReader reader(bytes);
    Codec::read_value(entry, access_.ttl().on(), reader);
    return !reader.failed() && reader.at_end();
  }
  bool expired(const CellEntry& e) const { return access_.ttl().on() && access_.ttl().expired(e.stamp, access_.now()); }

  const CellEntry* find(const K& key) {
    access_.clean_up();
    encode_key(key);
    const CellEntry* found = fetch(user_key_);
    if (found == nullptr || !access_.ttl().on()) return found;
    if (expired(*found)) {  // ST-14: removed when found, shown once more if the job wants it
      fetched_ = *found;
      erase_entry(user_key_);
      return access_.ttl().shows_expired() ? &fetched_ : nullptr;
    }
    if (!access_.ttl().refreshes_on_read()) return found;
    fetched_ = *found;
    store(key, fetched_);
    return &fetched_;
  }
  const CellEntry* fetch(BytesView user_key) {
    if (HeapCells<Cell>* table = access_.table()) {
      const Cell* cell = table->find();
      if (cell == nullptr) return nullptr;
      const auto found = cell->entries.find(user_key);
      return found != cell->entries.end() ? &found->second : nullptr;
    }
    if (!access_.bytes().get({access_.slot(), user_key}, bytes_)) return nullptr;
    if (!decode(bytes_, fetched_)) fail_state_type(name());
    return &fetched_;
  }
  template <class Change>
  void edit(const K& key, Change change) {
    access_.clean_up();
    encode_key(key);
    if (access_.table() == nullptr) {
      change(fetched_);
      return store(key, fetched_);
    }
    CellEntry& entry = heap_entry(key);
    change(entry);
    if (access_.ttl().on()) entry.stamp = to_ns(access_.now());
  }
  CellEntry& heap_entry(const K& key) {
    auto& entries = access_.table()->edit().entries;
    auto found = entries.find(BytesView(user_key_));
    if (found == entries.end()) {
      found = entries.try_emplace(user_key_.bytes()).first;
      found->second.key = key;
    }
    return found->second;
  }
  // `user_key_` is the key's. Marks the entry as accessed now.
  void store(const K& key, CellEntry& entry) {
    if (access_.ttl().on()) entry.stamp = to_ns(access_.now());
    if (access_.table() != nullptr) {
      CellEntry& to = heap_entry(key);
      to.value = entry.value;
      to.stamp = entry.stamp;
      return;
    }
    encoded_.clear();
    {
      ByteWriter writer(encoded_);
      Codec::write_value(entry, access_.ttl().on(), writer);
    }
    access_.bytes().put({access_.slot(), user_key_.view()}, encoded_);
  }
  // The cell goes with its last entry.
  void erase_entry(BytesView user_key) {
    HeapCells<Cell>* table = access_.table();
    if (table == nullptr) return access_.bytes().remove({access_.slot(), user_key});
    const Cell* cell = table->find();
    if (cell == nullptr || cell->entries.find(user_key) == cell->entries.end()) return;
    if (cell->entries.size() == 1) return table->erase();
    auto& entries = table->edit().entries;
    entries.erase(entries.find(user_key));
  }
  // Copies of the entries, or of the first one only.
  Found all(bool one) {
    Collect collect(*this, one);
    if (access_.table() == nullptr) {
      access_.bytes().each_entry(access_.slot(), collect);
    } else if (const Cell* cell = access_.table()->find()) {
      const auto first = cell->entries.begin();
      collect.found.assign(first, one ? std::next(first) : cell->entries.end());
    }
    return std::move(collect.found);
  }
  // Those the job is to see. Iterating reads them: what has expired goes, what is refreshed on read is (ST-14).
  Found scan(bool one) {
    access_.clean_up();
    if (!access_.ttl().on()) return all(one);
    Found seen;
    for (auto& [user_key, entry] : all(false)) {
      const bool gone = expired(entry);
      if (gone) erase_entry(user_key);
      if (gone && !access_.ttl().shows_expired()) continue;
      if (!gone && access_.ttl().refreshes_on_read()) {
        encode_key(entry.key);
        store(entry.key, entry);
      }
      seen.emplace_back(std::move(user_key), std::move(entry));
    }
    return seen;
  }

  StateAccess<Cell> access_;
  ByteBuffer user_key_;
  CellEntry fetched_;
  Bytes bytes_;
  ByteBuffer encoded_;
};

}  // namespace weir::engine
