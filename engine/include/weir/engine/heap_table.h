#pragma once

// The heap backend's tables: one open-addressing table per state, from serialized key to a typed value.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/assert.h"
#include "weir/engine/serializer.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

// The key every access applies to; shared by all states of one backend.
struct CurrentKey {
  BytesView bytes;         // serialized
  std::uint64_t hash = 0;  // hash_bytes(bytes)
  KeyGroup group{};
  std::uint64_t turn = 0;  // ascends with every change of the key; 0: no key was set yet
};

// What the backend needs of a table without knowing its value type.
class HeapTable {
 public:
  HeapTable(std::string name, const CurrentKey& key) : name_(std::move(name)), key_(&key) {}
  virtual ~HeapTable() = default;
  const std::string& name() const { return name_; }
  virtual std::size_t size() const = 0;

  // Visits live cells by entry index. `hash` is hash_bytes(key); the views are valid during the call.
  struct Visitor {
    virtual ~Visitor() = default;
    virtual void cell(BytesView key, std::uint64_t hash, KeyGroup group, BytesView value) = 0;
  };
  virtual void visit(Visitor& visitor) const = 0;
  // Inserts or replaces one cell from its serialized form. False when the value does not decode.
  virtual bool restore_cell(BytesView key, std::uint64_t hash, KeyGroup group, BytesView value) = 0;

 protected:
  std::string name_;
  const CurrentKey* key_;
};

// Linear probing over 32-bit indices into a dense entry vector; erased entries are reused. Iteration is by entry
// index, so it depends on the history of calls only, never on hashes or addresses.
template <class T>
class HeapValueTable final : public HeapTable {
 public:
  using HeapTable::HeapTable;

  const T* find() const {
    const std::uint32_t at = locate_current();
    return at == kNone ? nullptr : &entries_[at].value;
  }
  void put(const T& value) {
    const std::uint32_t at = locate_current();
    Entry& entry = at != kNone ? entries_[at] : add(key_->bytes, key_->hash, key_->group);
    entry.value = value;
  }
  void erase() {
    const std::uint32_t at = locate_current();
    if (at == kNone) return;
    forget_current();
    remove_slot(at);
    entries_[at].live = false;
    entries_[at].value = T{};
    free_.push_back(at);
    --live_;
  }
  std::size_t size() const override { return live_; }

  void visit(Visitor& visitor) const override {
    ByteBuffer value;
    for (const Entry& e : entries_) {
      if (!e.live) continue;
      value.clear();
      serialize_into(e.value, value);
      visitor.cell(e.key, e.hash, e.group, value);
    }
  }
  bool restore_cell(BytesView key, std::uint64_t hash, KeyGroup group, BytesView value) override {
    const std::uint32_t at = locate(key, hash);
    return deserialize(value, (at != kNone ? entries_[at] : add(key, hash, group)).value);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  struct Entry {
    Bytes key;
    std::uint64_t hash = 0;
    T value{};
    KeyGroup group{};
    bool live = false;
  };

  std::size_t mask() const { return slots_.size() - 1; }

  // Where the current key's entry is; found once a turn, because most records read a cell and then write it.
  std::uint32_t locate_current() const {
    if (found_turn_ == key_->turn && key_->turn != 0) return found_at_;
    WEIR_ASSERT(key_->turn != 0, "keyed state is used without a current key");
    const std::uint32_t at = locate(key_->bytes, key_->hash);
    if (at != kNone) {
      found_turn_ = key_->turn;
      found_at_ = at;
    }
    return at;
  }
  void forget_current() { found_turn_ = 0; }

  std::uint32_t locate(BytesView key, std::uint64_t hash) const {
    if (slots_.empty()) return kNone;
    for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
      const std::uint32_t at = slots_[i];
      if (at == kNone) return kNone;
      const Entry& e = entries_[at];
      if (e.hash == hash && equal_bytes(e.key, key)) return at;
    }
  }
  // REQUIRES: the key has no entry.
  Entry& add(BytesView key, std::uint64_t hash, KeyGroup group) {
    if ((live_ + 1) * 2 > slots_.size()) grow();
    std::uint32_t at;
    if (free_.empty()) {
      at = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      at = free_.back();
      free_.pop_back();
    }
    Entry& e = entries_[at];
    e.key.assign(key);
    e.hash = hash;
    e.group = group;
    e.live = true;
    ++live_;
    link(at);
    return e;
  }
  void link(std::uint32_t at) {
    std::size_t i = entries_[at].hash & mask();
    while (slots_[i] != kNone) i = (i + 1) & mask();
    slots_[i] = at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, kNone);
    for (std::uint32_t at = 0; at < entries_.size(); ++at) {
      if (entries_[at].live) link(at);
    }
  }
  // Backward-shift deletion keeps probe chains free of tombstones.
  void remove_slot(std::uint32_t at) {
    std::size_t hole = entries_[at].hash & mask();
    while (slots_[hole] != at) hole = (hole + 1) & mask();
    for (std::size_t i = (hole + 1) & mask(); slots_[i] != kNone; i = (i + 1) & mask()) {
      const std::size_t home = entries_[slots_[i]].hash & mask();
      if (((i - home) & mask()) < ((i - hole) & mask())) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = kNone;
  }

  std::vector<std::uint32_t> slots_;  // power of two, at most half full
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::size_t live_ = 0;
  mutable std::uint64_t found_turn_ = 0;  // 0: nothing found
  mutable std::uint32_t found_at_ = 0;
};

// A value of a state nobody registered: kept exactly as it was restored.
struct RawCell {
  Bytes bytes;
};
template <>
struct Serializer<RawCell> {
  static void write(const RawCell& v, ByteWriter& w) { w.raw(v.bytes); }
  static void read(RawCell& v, ByteReader& r) { v.bytes.assign(r.rest()); }
};

// All tables of one heap backend. A state is registered once; a second registration, or restored cells that do not
// decode as the registered type, are a user's error that ends the attempt (flink-semantics 5.1).
class HeapTables {
 public:
  explicit HeapTables(const CurrentKey& key) : key_(&key) {}

  template <class T>
  HeapValueTable<T>* value_table(const std::string& name) {
    auto made = std::make_unique<HeapValueTable<T>>(name, *key_);
    auto* table = made.get();
    adopt(std::move(made));
    return table;
  }
  const std::vector<std::unique_ptr<HeapTable>>& all() const { return tables_; }
  // Restored states that are not registered yet, raw (ST-6); a table moves over when its state registers.
  const std::vector<std::unique_ptr<HeapTable>>& orphans() const { return orphans_; }

  // Inserts or replaces. False when the state is registered and the value does not decode as its type.
  bool restore_cell(BytesView state, BytesView key, std::uint64_t hash, KeyGroup group, BytesView value);

 private:
  void adopt(std::unique_ptr<HeapTable> table);
  HeapTable& table_to_restore(BytesView state);

  const CurrentKey* key_;
  std::vector<std::unique_ptr<HeapTable>> tables_;
  std::vector<std::unique_ptr<HeapTable>> orphans_;
};

}  // namespace weir::engine
