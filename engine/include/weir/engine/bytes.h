#pragma once

// Cursor types over byte strings: little-endian fixed words and LEB128 varints.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "weir/engine/types.h"

namespace weir::engine {

// A word as little-endian bytes, on machines of either endianness; one move where the machine agrees.
template <class T>
void store_little(char* out, T v) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(out, &v, sizeof(T));
  } else {
    auto u = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<T>>(v));
    for (std::size_t i = 0; i < sizeof(T); ++i, u >>= 8) out[i] = static_cast<char>(static_cast<unsigned char>(u));
  }
}
template <class T>
T load_little(const char* in) {
  static_assert(!std::is_same_v<T, bool>, "a byte is not always a bool");
  if constexpr (std::endian::native == std::endian::little) {
    T v;
    std::memcpy(&v, in, sizeof(T));
    return v;
  } else {
    std::uint64_t u = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) u = u << 8 | static_cast<unsigned char>(in[i]);
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(u));
  }
}

class ByteWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit ByteWriter(Bytes& out) : out_(&out) {}

  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) void fixed(T v) {
    char raw[sizeof(T)];
    store_little(raw, v);
    out_->append(raw, sizeof(T));
  }
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      out_->push_back(static_cast<char>(v | 0x80));
      v >>= 7;
    }
    out_->push_back(static_cast<char>(v));
  }
  void raw(BytesView bytes) { out_->append(bytes); }
  void sized(BytesView bytes) {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  Bytes* out_;
};

// Reads what ByteWriter wrote. Running past the end or a malformed varint sets `failed()` and yields zeros; it never
// reads outside the view and never allocates.
class ByteReader {
 public:
  explicit ByteReader(BytesView in) : in_(in) {}

  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) T fixed() {
    if (in_.size() - at_ < sizeof(T)) return fail(), T{};
    const T v = load_little<T>(in_.data() + at_);
    at_ += sizeof(T);
    return v;
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64 && at_ < in_.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(in_[at_++]);
      v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return v;
    }
    fail();
    return 0;
  }
  BytesView raw(std::size_t n) {
    if (in_.size() - at_ < n) return fail(), BytesView{};
    const BytesView v = in_.substr(at_, n);
    at_ += n;
    return v;
  }
  BytesView sized() { return raw(varint()); }
  BytesView rest() { return raw(in_.size() - at_); }
  bool at_end() const { return at_ == in_.size(); }
  std::size_t position() const { return at_; }
  bool failed() const { return failed_; }
  void fail() {
    failed_ = true;
    at_ = in_.size();
  }

 private:
  BytesView in_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace weir::engine
