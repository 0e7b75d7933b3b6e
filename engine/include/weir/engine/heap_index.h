#pragma once

// The part of the heap backend's tables that knows no types: an open-addressing index per state, from (key, namespace)
// to the number of a cell, with copy-on-write for snapshots (SN-7..SN-9).
//
// Opening a snapshot only moves a version counter. Every cell carries the version it was last written in; the first
// write or removal after a snapshot was opened keeps what the cell was, for the snapshots that are open then. A
// snapshot is what lives and has not been written since, and what was kept for it. Reads hand out const objects, so
// unlike SN-8 a read needs no copy.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/assert.h"
#include "weir/engine/cells.h"
#include "weir/engine/hash.h"
#include "weir/engine/types.h"

namespace weir::engine {

// The cell every access applies to; shared by all states of one backend.
struct CurrentKey {
  BytesView address;           // serialized key, then namespace (empty: VoidNamespace)
  std::uint32_t key_size = 0;  // where the namespace starts
  KeyGroup group{};
  std::uint64_t hash = 0;  // hash_address of it
  std::uint64_t turn = 0;  // ascends with every change of key or namespace; 0: no key was set yet
};

// Of a cell of a state; with VoidNamespace simply that of the key.
inline std::uint64_t hash_address(std::uint64_t key_hash, BytesView name_space) {
  return name_space.empty() ? key_hash : combine(key_hash, hash_bytes(name_space));
}

// Parts of KeyedStateBackend::digest; `address` is a hash_address, `name` the hash of the state's name.
inline std::uint64_t digest_cell(std::uint64_t name, std::uint64_t address, BytesView cell) {
  return combine(name, combine(address, hash_bytes(cell)));
}
inline std::uint64_t digest_entry(std::uint64_t name, std::uint64_t address, BytesView user_key, BytesView value) {
  return digest_cell(name, combine(address, hash_bytes(user_key)), value);
}
inline std::uint64_t digest_map(std::uint64_t name, std::uint64_t address, BytesView cell) {
  std::uint64_t sum = 0;
  for (ByteReader entries(cell); !entries.at_end();) {
    const BytesView user_key = entries.sized();
    sum += digest_entry(name, address, user_key, entries.sized());
  }
  return sum;
}

// The snapshots that are open, by the version of the content they show.
class SnapshotVersions {
 public:
  using Version = std::uint32_t;
  static constexpr Version kRestored = 1;  // of cells that were there before anything was written

  Version now() const { return now_; }
  Version newest_open() const { return open_.empty() ? 0 : open_.back(); }
  bool none_open() const { return open_.empty(); }
  // SN-7, without copying a bucket array: the content is fixed because later writes are of a later version.
  Version open() {
    open_.push_back(now_);
    must_keep_ = now_;
    return now_++;
  }
  void release(Version version) {  // SN-9
    std::erase(open_, version);
    must_keep_ = newest_open();
  }
  bool must_keep(Version written) const { return written <= must_keep_; }
  bool shown_in(Version from, Version until) const {
    for (const Version v : open_) {
      if (from <= v && v <= until) return true;
    }
    return false;
  }

 private:
  Version now_ = kRestored + 1;
  Version must_keep_ = 0;
  std::vector<Version> open_;  // ascending
};

// What the backend needs of a table without knowing its cells' type: the index over them.
class HeapTable {
 public:
  using Version = SnapshotVersions::Version;
  HeapTable(StateRegistration state, const CurrentKey& key, const SnapshotVersions& versions)
      : state_(std::move(state)), name_hash_(hash_bytes(state_.meta.name)), key_(&key), versions_(&versions) {}
  virtual ~HeapTable() = default;
  HeapTable(const HeapTable&) = delete;
  HeapTable& operator=(const HeapTable&) = delete;

  const StateRegistration& state() const { return state_; }
  const std::string& name() const { return state_.meta.name; }
  std::size_t size() const { return live_; }
  std::size_t kept() const { return old_.size(); }  // pre-images

  struct Found {
    BytesView key;
    BytesView name_space;
    KeyGroup group;
    std::uint32_t cell;  // for write_cell
  };
  // Calls use(const Found&) for every cell that a snapshot of `version` shows; the views live until the next change.
  template <class Use>
  void each_at(Version version, Use use) const;
  // Calls changed(const Found&) for every cell written since the snapshot of `mark`, which is open, and removed(const
  // Found&) for those it shows that are gone; their `cell` is unspecified.
  template <class Changed, class Removed>
  void each_since(Version mark, Changed changed, Removed removed) const;
  // Appends the bytes of a cell that was found.
  virtual void write_cell(std::uint32_t cell, ByteBuffer& out) const = 0;
  // Makes room for that many more cells.
  virtual void reserve(std::size_t cells) = 0;
  // Inserts or replaces one cell from its bytes of today. False when they do not decode.
  virtual bool restore_cell(BytesView key, BytesView name_space, KeyGroup group, BytesView cell) = 0;
  virtual std::uint64_t digest(KeyGroupRange range) const = 0;
  // Drops the pre-images that no open snapshot shows any more.
  virtual void trim() = 0;

 protected:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  static constexpr std::uint32_t kOld = 0x8000'0000;  // flag of `cell`: an index of `old_`
  struct Entry {
    Bytes address;
    std::uint64_t hash = 0;
    std::uint32_t key_size = 0;
    Version written = 0;
    KeyGroup group{};
    bool live = false;
  };
  struct Old {  // shown by snapshots of the versions from `from` to `until`
    Bytes address;
    std::uint32_t key_size;
    Version from;
    Version until;
    KeyGroup group;
  };

  // Where the current cell is; found once a turn, because most records read a cell and then write it.
  std::uint32_t locate_current() const {
    return found_turn_ == key_->turn && key_->turn != 0 ? found_at_ : locate_anew();
  }
  std::uint32_t locate_anew() const {
    WEIR_ASSERT(key_->turn != 0, "keyed state is used without a current key");
    const std::uint32_t at = locate(key_->address, key_->key_size, key_->hash);
    if (at != kNone) {
      found_turn_ = key_->turn;
      found_at_ = at;
    }
    return at;
  }
  std::uint32_t locate(BytesView address, std::uint32_t key_size, std::uint64_t hash) const {
    if (slots_.empty()) return kNone;
    const std::uint32_t* const slots = slots_.data();
    const std::size_t last = mask();
    for (std::size_t i = hash & last;; i = (i + 1) & last) {
      const std::uint32_t at = slots[i];
      if (at == kNone) return kNone;
      const Entry& e = entries_[at];
      if (e.hash == hash && e.key_size == key_size && equal_bytes(e.address, address)) return at;
    }
  }
  void reserve_entries(std::size_t cells);
  // REQUIRES: the cell has no entry. The value at the returned index is the caller's to set.
  std::uint32_t add(BytesView address, std::uint32_t key_size, std::uint64_t hash, KeyGroup group, Version written);
  void keep_old(const Entry& entry) {
    if (old_.capacity() == 0) old_.reserve(std::min<std::size_t>(live_, 64));
    old_.push_back({entry.address, entry.key_size, entry.written, versions_->newest_open(), entry.group});
  }
  void remove_entry(std::uint32_t at);

  StateRegistration state_;
  std::uint64_t name_hash_;
  const CurrentKey* key_;
  const SnapshotVersions* versions_;
  std::vector<Entry> entries_;
  std::vector<Old> old_;

 private:
  std::size_t mask() const { return slots_.size() - 1; }
  void link(std::uint32_t at);
  void grow(std::size_t slots);
  void unlink(std::uint32_t at);

  std::vector<std::uint32_t> slots_;  // linear probing; power of two, at most half full
  std::vector<std::uint32_t> free_;
  std::size_t live_ = 0;
  mutable std::uint64_t found_turn_ = 0;  // 0: nothing found
  mutable std::uint32_t found_at_ = 0;
};

// By entry index, so the order depends on the history of calls only, never on hashes or addresses.
template <class Use>
void HeapTable::each_at(Version version, Use use) const {
  const auto show = [&](BytesView address, std::uint32_t key_size, KeyGroup group, std::uint32_t cell) {
    use(Found{address.substr(0, key_size), address.substr(key_size), group, cell});
  };
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    const Entry& e = entries_[i];
    if (e.live && e.written <= version) show(e.address, e.key_size, e.group, i);
  }
  for (std::uint32_t i = 0; i < old_.size(); ++i) {
    const Old& o = old_[i];
    if (o.from <= version && version <= o.until) show(o.address, o.key_size, o.group, i | kOld);
  }
}

template <class Changed, class Removed>
void HeapTable::each_since(Version mark, Changed changed, Removed removed) const {
  const auto found = [](const auto& e, std::uint32_t cell) {
    const BytesView address = e.address;
    return Found{address.substr(0, e.key_size), address.substr(e.key_size), e.group, cell};
  };
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].live && entries_[i].written > mark) changed(found(entries_[i], i));
  }
  for (const Old& o : old_) {
    if (mark < o.from || o.until < mark) continue;
    const Found was = found(o, kNone);
    if (locate(o.address, o.key_size, hash_address(hash_bytes(was.key), was.name_space)) == kNone) removed(was);
  }
}

}  // namespace weir::engine
