#pragma once

// RocksDB's key of a cell (ST-3): key-group prefix, big-endian, one byte when the maximum parallelism allows it; then
// the key; then the namespace; then, for an entry of a map, the user key. Two forms, told apart by their last byte:
//
//   prefix key 00                                          VoidNamespace, which is that one zero byte, and no user key
//   prefix key namespace user-key sizes 01                 where bytes could belong to either neighbour, their sizes
//                                                          follow: fixed32 of the namespace, fixed32 of the key
//
// The sizes come last, so that the entries of one map share a prefix and can be scanned.

#include <cstdint>

#include "weir/engine/bytes.h"
#include "weir/engine/types.h"

namespace weir::engine {

class CellKeys {
 public:
  explicit CellKeys(std::uint32_t max_parallelism) : prefix_(max_parallelism <= 128 ? 1 : 2) {}

  struct Parts {
    KeyGroup group;
    BytesView key;
    BytesView name_space;  // empty: VoidNamespace
    BytesView user_key;
  };

  void encode(KeyGroup group, BytesView key, Bytes& out) const {
    out.clear();
    append_prefix(group.value, out);
    out.append(key);
    out.push_back(kVoid);
  }
  void encode(KeyGroup group, BytesView key, BytesView name_space, Bytes& out) const {
    name_space.empty() ? encode(group, key, out) : encode_entry(group, key, name_space, {}, out);
  }
  void encode_entry(KeyGroup group, BytesView key, BytesView name_space, BytesView user_key, Bytes& out) const {
    encode_stem(group, key, name_space, out);
    out.append(user_key);
    append_size(name_space.size(), out);
    append_size(key.size(), out);
    out.push_back(kSized);
  }
  // What the entries of a map have in common. Others may have it too: compare the parts.
  void encode_stem(KeyGroup group, BytesView key, BytesView name_space, Bytes& out) const {
    out.clear();
    append_prefix(group.value, out);
    out.append(key).append(name_space);
  }
  // False: no composite key of this form, and it has no parts.
  bool well_formed(BytesView cell) const {
    if (cell.size() <= prefix_) return false;
    if (cell.back() == kVoid) return true;
    if (cell.back() != kSized || cell.size() < prefix_ + 2 * kSize + 1) return false;
    BytesView rest = cell.substr(prefix_, cell.size() - prefix_ - 1);
    const std::size_t key = take_size(rest);
    const std::size_t name_space = take_size(rest);
    return key <= rest.size() && name_space <= rest.size() - key;
  }
  Parts parts(BytesView cell) const {
    Parts p{group(cell), {}, {}, {}};
    BytesView rest = cell.substr(prefix_, cell.size() - prefix_ - 1);
    if (cell.back() == kVoid) {
      p.key = rest;
      return p;
    }
    const std::size_t key = take_size(rest);
    const std::size_t name_space = take_size(rest);
    p.key = rest.substr(0, key);
    p.name_space = rest.substr(key, name_space);
    p.user_key = rest.substr(key + name_space);
    return p;
  }
  KeyGroup group(BytesView cell) const {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(cell[i]); };
    return KeyGroup{static_cast<std::uint16_t>(prefix_ == 1 ? byte(0) : byte(0) << 8 | byte(1))};
  }
  BytesView key(BytesView cell) const { return parts(cell).key; }
  // Smaller than every cell of this key group and greater than those of the groups before it.
  Bytes lower_bound(KeyGroup group) const {
    Bytes out;
    append_prefix(group.value, out);
    return out;
  }

 private:
  static constexpr char kVoid = 0;
  static constexpr char kSized = 1;
  static constexpr std::size_t kSize = sizeof(std::uint32_t);

  void append_prefix(std::uint16_t group, Bytes& out) const {
    if (prefix_ == 2) out.push_back(static_cast<char>(group >> 8));
    out.push_back(static_cast<char>(group & 0xFF));
  }
  static void append_size(std::size_t size, Bytes& out) {
    char bytes[kSize];
    store_little(bytes, static_cast<std::uint32_t>(size));
    out.append(bytes, kSize);
  }
  static std::size_t take_size(BytesView& rest) {
    const auto size = load_little<std::uint32_t>(rest.data() + rest.size() - kSize);
    rest.remove_suffix(kSize);
    return size;
  }

  std::size_t prefix_;
};

}  // namespace weir::engine
