#pragma once

// RocksDB's key of a cell (ST-3): key-group prefix, big-endian, one byte when the maximum parallelism allows it; then
// the key; then the namespace. VoidNamespace is one zero byte, of fixed length, so no length is needed to tell them
// apart.

#include <cstdint>

#include "weir/engine/types.h"

namespace weir::engine {

class CellKeys {
 public:
  explicit CellKeys(std::uint32_t max_parallelism) : prefix_(max_parallelism <= 128 ? 1 : 2) {}

  void encode(KeyGroup group, BytesView key, Bytes& out) const {
    out.clear();
    append_prefix(group.value, out);
    out.append(key);
    out.push_back(kVoidNamespace);
  }
  KeyGroup group(BytesView cell) const {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(cell[i]); };
    return KeyGroup{static_cast<std::uint16_t>(prefix_ == 1 ? byte(0) : byte(0) << 8 | byte(1))};
  }
  BytesView key(BytesView cell) const { return cell.substr(prefix_, cell.size() - prefix_ - 1); }
  // Smaller than every cell of this key group and greater than those of the groups before it.
  Bytes lower_bound(KeyGroup group) const {
    Bytes out;
    append_prefix(group.value, out);
    return out;
  }

 private:
  static constexpr char kVoidNamespace = 0;
  void append_prefix(std::uint16_t group, Bytes& out) const {
    if (prefix_ == 2) out.push_back(static_cast<char>(group >> 8));
    out.push_back(static_cast<char>(group & 0xFF));
  }

  std::size_t prefix_;
};

}  // namespace weir::engine
