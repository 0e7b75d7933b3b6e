#pragma once

// One state of one operator, by whole cells: the same calls on a table of objects and on a store of bytes, with the
// time to live applied (ST-14). What the kinds of keyed state are built of.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/keyed_backend.h"

namespace weir::engine {

namespace detail {

// What stands for a T or null.
template <class O, class T>
concept MaybeOf = std::is_same_v<O, std::optional<T>> || std::is_same_v<O, std::nullopt_t>;

}  // namespace detail

template <class C>
class StateAccess {
 public:
  StateAccess() = default;
  [[gnu::cold]] StateAccess(KeyedStateBackend& backend, StateMeta meta, const std::optional<StateTtlConfig>& ttl)
      : backend_(&backend), name_(meta.name), ttl_(ttl) {
    if (!ttl_.possible()) fail_ttl(name_);
    meta.stamped = ttl_.on();
    StateRegistration state{std::move(meta), ttl_, &kCellOps<C>};
    if (HeapTables* tables = backend.tables()) {
      table_ = tables->template add_table<C>(std::move(state));
      if (!ttl_.on()) plain_ = table_;
    } else {
      bytes_ = backend.cells();
      slot_ = bytes_->register_state(state);
    }
  }

  const std::string& name() const { return name_; }
  const StateTtl& ttl() const { return ttl_; }
  Time now() const { return backend_->now(); }
  HeapCells<C>* table() const { return table_; }  // null: the backend keeps bytes
  HeapCells<C>* plain() const { return plain_; }  // the table, unless its cells have a time to live: the short way
  ByteCells& bytes() const { return *bytes_; }
  StateSlot slot() const { return slot_; }

  // The current cell as the job is to see it, or null. Valid until the next call.
  const C* read() {
    if (plain_ != nullptr) [[likely]]
      return plain_->find();
    return ttl_.on() ? read_and_expire(ttl_.shows_expired()) : fetch();
  }
  // The same without anything that has expired, whatever the visibility.
  const C* live() { return ttl_.on() ? read_and_expire(false) : fetch(); }
  // The current cell becomes what `assign(C&)` makes of a cell whose content is unspecified.
  template <class Assign>
  void overwrite(Assign assign) {
    if (plain_ != nullptr) [[likely]]
      return assign(plain_->edit());
    clean_up();
    if (table_ != nullptr) {
      assign(table_->edit());
      return;
    }
    assign(decoded_);
    store(decoded_);
  }
  void write(const C& cell) {
    overwrite([&](C& c) { c = cell; });
  }
  void erase() { table_ != nullptr ? table_->erase() : bytes_->remove({slot_}); }
  // Incremental cleanup, once an access (ST-15). RocksDB has none: a compaction filter would take entries away from
  // snapshots that are pinned but not yet written, which it cannot see; expired cells go when they are read, and from
  // full snapshots.
  void clean_up() {
    if (ttl_.on() && table_ != nullptr) table_->expire_some(ttl_.cleanup_per_access(), now());
  }

  // ST-2: folds the source cells in order, removing them, then folds what came out into the target's own, which is the
  // first operand. Without a source value the target stays untouched.
  template <class Fold>
  void merge_namespaces(BytesView target, const std::vector<Bytes>& sources, Fold fold) {
    const NamespaceScope scope(*backend_);
    std::optional<C> merged;
    for (const Bytes& source : sources) {
      backend_->set_current_namespace(source);
      const C* cell = live();
      if (cell == nullptr) continue;
      merged ? fold(*merged, *cell) : void(merged = *cell);
      erase();
    }
    if (!merged) return;
    backend_->set_current_namespace(target);
    if (const C* own = live()) {
      C sum = *own;
      fold(sum, *merged);
      merged = std::move(sum);
    }
    write(*merged);
  }

 private:
  [[gnu::noinline]] const C* fetch() {
    if (table_ != nullptr) return table_->find();
    if (!bytes_->get({slot_}, fetched_)) return nullptr;
    ByteReader reader(fetched_);
    CellCodec<C>::read(decoded_, ttl_.on(), reader);
    if (reader.failed() || !reader.at_end()) fail_state_type(name_);
    return &decoded_;
  }
  [[gnu::noinline]] void store(const C& cell) {
    encoded_.clear();
    {
      ByteWriter writer(encoded_);
      CellCodec<C>::write(cell, ttl_.on(), writer);
    }
    bytes_->put({slot_}, encoded_);
  }
  // ST-14: an expired value is removed when it is found, and shown this last time when the job wants that.
  [[gnu::cold]] const C* read_and_expire(bool show) {
    clean_up();
    const C* found = fetch();
    if (found == nullptr) return nullptr;
    if (!CellCodec<C>::has_expired(*found, ttl_, now())) return ttl_.refreshes_on_read() ? refresh(*found) : found;
    last_seen_ = *found;
    C rest = *found;
    const bool gone = CellCodec<C>::expire(rest, ttl_, now()) == Expiry::All;
    if (gone) {
      erase();
    } else {
      if (ttl_.refreshes_on_read()) CellCodec<C>::touch(rest, now());
      write(rest);
    }
    if (show) return &last_seen_;
    if (gone) return nullptr;
    last_seen_ = std::move(rest);
    return &last_seen_;
  }
  [[gnu::cold]] const C* refresh(const C& cell) {
    last_seen_ = cell;
    CellCodec<C>::touch(last_seen_, now());
    write(last_seen_);
    return &last_seen_;
  }

  KeyedStateBackend* backend_ = nullptr;
  std::string name_;
  StateTtl ttl_;
  HeapCells<C>* plain_ = nullptr;
  HeapCells<C>* table_ = nullptr;
  ByteCells* bytes_ = nullptr;
  StateSlot slot_{};
  C decoded_{};
  C last_seen_{};
  Bytes fetched_;
  ByteBuffer encoded_;
};

}  // namespace weir::engine
