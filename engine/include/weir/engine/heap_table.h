#pragma once

// The heap backend's tables: one per state, of typed cells.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/heap_index.h"

namespace weir::engine {

// The cells, at the index of their entry.
template <class C>
class HeapCells final : public HeapTable {
 public:
  using HeapTable::HeapTable;

  const C* find() const {
    const std::uint32_t at = locate_current();
    return at == kNone ? nullptr : &cells_[at];
  }
  // The current cell to write to, made when there is none. What it was is kept by copy, not by move: the job may write
  // a value that it read from this very cell.
  C& edit() {
    const std::uint32_t at = locate_current();
    if (at == kNone) return cells_[add_current()];
    if (versions_->must_keep(entries_[at].written)) [[unlikely]]
      keep(at, C(cells_[at]));
    return cells_[at];
  }
  void erase() {
    const std::uint32_t at = locate_current();
    if (at != kNone) erase_at(at);
  }

  // Incremental cleanup (ST-15): looks at the next `count` cells, round and round.
  [[gnu::cold]] void expire_some(std::uint32_t count, Time now) {
    for (; count > 0 && !entries_.empty(); --count) {
      if (cleanup_ >= entries_.size()) cleanup_ = 0;
      const std::uint32_t at = cleanup_++;
      if (entries_[at].live) expire_at(at, now);
    }
  }

  void write_cell(std::uint32_t cell, ByteBuffer& out) const override {
    ByteWriter writer(out);
    const C& c = (cell & kOld) != 0 ? old_cells_[cell & ~kOld] : cells_[cell];
    CellCodec<C>::write(c, state_.meta.stamped, writer);
  }
  void reserve(std::size_t cells) override {
    reserve_entries(cells);
    cells_.reserve(entries_.capacity());
  }
  bool restore_cell(BytesView key, BytesView name_space, KeyGroup group, BytesView cell) override {
    const std::uint64_t hash = hash_address(hash_bytes(key), name_space);
    const auto key_size = static_cast<std::uint32_t>(key.size());
    address_.assign(key).append(name_space);
    std::uint32_t at = locate(address_, key_size, hash);
    if (at == kNone) at = add_cell(address_, key_size, hash, group, SnapshotVersions::kRestored);
    ByteReader reader(cell);
    CellCodec<C>::read(cells_[at], state_.meta.stamped, reader);
    return !reader.failed() && reader.at_end();
  }
  std::uint64_t digest(KeyGroupRange range) const override;
  [[gnu::cold]] void trim() override;

 private:
  std::uint32_t add_current() {
    return add_cell(key_->address, key_->key_size, key_->hash, key_->group, versions_->now());
  }
  std::uint32_t add_cell(BytesView address, std::uint32_t key_size, std::uint64_t hash, KeyGroup group,
                         Version written) {
    const std::uint32_t at = add(address, key_size, hash, group, written);
    if (at < cells_.size()) return at;
    cells_.reserve(entries_.capacity());
    cells_.emplace_back();
    return at;
  }
  [[gnu::noinline]] void keep(std::uint32_t at, C&& was) {
    keep_old(entries_[at]);
    old_cells_.reserve(old_.capacity());
    old_cells_.push_back(std::move(was));
    entries_[at].written = versions_->now();
  }
  void erase_at(std::uint32_t at) {
    if (versions_->must_keep(entries_[at].written)) keep(at, std::move(cells_[at]));
    remove_entry(at);
    cells_[at] = C{};
  }
  [[gnu::cold]] void expire_at(std::uint32_t at, Time now) {
    if (!CellCodec<C>::has_expired(cells_[at], state_.ttl, now)) return;
    C rest = cells_[at];
    if (CellCodec<C>::expire(rest, state_.ttl, now) == Expiry::All) return erase_at(at);
    if (versions_->must_keep(entries_[at].written)) keep(at, std::move(cells_[at]));
    cells_[at] = std::move(rest);
  }

  std::vector<C> cells_;
  std::vector<C> old_cells_;  // parallel to `old_`
  Bytes address_;             // scratch of `restore_cell`
  std::uint32_t cleanup_ = 0;
};

template <class C>
std::uint64_t HeapCells<C>::digest(KeyGroupRange range) const {
  ByteBuffer bytes;
  bytes.reserve(64);
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const Entry& e = entries_[i];
    if (!e.live || !range.contains(e.group)) continue;
    bytes.clear();
    write_cell(i, bytes);
    sum += state_.meta.kind == StateKind::Map ? digest_map(name_hash_, e.hash, bytes)
                                              : digest_cell(name_hash_, e.hash, bytes);
  }
  return sum;
}

template <class C>
void HeapCells<C>::trim() {
  std::size_t kept = 0;
  for (std::size_t i = 0; !versions_->none_open() && i < old_.size(); ++i) {
    if (!versions_->shown_in(old_[i].from, old_[i].until)) continue;
    if (kept != i) {
      old_[kept] = std::move(old_[i]);
      old_cells_[kept] = std::move(old_cells_[i]);
    }
    ++kept;
  }
  old_.erase(old_.begin() + static_cast<std::ptrdiff_t>(kept), old_.end());
  old_cells_.erase(old_cells_.begin() + static_cast<std::ptrdiff_t>(kept), old_cells_.end());
}

// All tables of one heap backend, and what was restored for states that nobody registered so far (ST-6).
class HeapTables {
 public:
  HeapTables(const CurrentKey& key, const SnapshotVersions& versions) : key_(&key), versions_(&versions) {}
  virtual ~HeapTables() = default;

  // Throws OperatorFailure when the name is taken, or restored cells are not of this kind or type.
  template <class C>
  HeapCells<C>* add_table(StateRegistration state) {
    auto made = std::make_unique<HeapCells<C>>(std::move(state), *key_, *versions_);
    auto* table = made.get();
    adopt(std::move(made));
    return table;
  }
  const std::vector<std::unique_ptr<HeapTable>>& all() const { return tables_; }
  // Names of restored states that are not registered, ascending.
  virtual std::vector<std::string> orphans() const = 0;

 protected:
  virtual void adopt(std::unique_ptr<HeapTable> table) = 0;

  std::vector<std::unique_ptr<HeapTable>> tables_;

 private:
  const CurrentKey* key_;
  const SnapshotVersions* versions_;
};

}  // namespace weir::engine
