#pragma once

// Cursor types over byte strings: little-endian fixed words and LEB128 varints.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

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

// Copies without a call when there is little to copy, which is the rule for records and keys. No overlap.
inline void copy_bytes(char* to, const char* from, std::size_t n) {
  const auto both_ends = [&](auto word) {  // two words that may overlap cover everything between
    using Word = decltype(word);
    Word first;
    Word last;
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + n - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + n - sizeof(Word), &last, sizeof(Word));
  };
  struct Sixteen {
    std::uint64_t words[2];
  };
  if (n > 32) {
    std::memcpy(to, from, n);
  } else if (n >= 16) {
    both_ends(Sixteen{});
  } else if (n >= 8) {
    both_ends(std::uint64_t{});
  } else if (n >= 4) {
    both_ends(std::uint32_t{});
  } else if (n > 0) {
    to[0] = from[0];
    to[n / 2] = from[n / 2];
    to[n - 1] = from[n - 1];
  }
}

// Whether two short strings are equal, again without a call when they are short.
inline bool equal_bytes(BytesView a, BytesView b) {
  if (a.size() != b.size()) return false;
  if (a.size() != 8) return a == b;
  return load_little<std::uint64_t>(a.data()) == load_little<std::uint64_t>(b.data());
}

// Bytes being put together: like a string, but growing leaves the new part unwritten, and clearing keeps the memory.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(const ByteBuffer& other) { append(other.view()); }
  ByteBuffer(ByteBuffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ByteBuffer& operator=(ByteBuffer other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  BytesView view() const { return {data_.get(), size_}; }
  operator BytesView() const { return view(); }  // NOLINT: a buffer reads as what it holds
  Bytes bytes() const { return Bytes(view()); }

  void clear() { size_ = 0; }
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) grow(capacity);
  }
  // Makes room for `n` more bytes, which the caller writes. Valid until the next call.
  char* extend(std::size_t n) {
    if (capacity_ - size_ < n) [[unlikely]]
      grow(std::max(size_ + n, 2 * capacity_));
    char* const at = data_.get() + size_;
    size_ += n;
    return at;
  }
  void append(BytesView bytes) { copy_bytes(extend(bytes.size()), bytes.data(), bytes.size()); }
  void push_back(char c) { *extend(1) = c; }

 private:
  static constexpr std::size_t kLeast = 64;

  void grow(std::size_t capacity) {
    capacity = std::max(capacity, kLeast);
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class ByteWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit ByteWriter(ByteBuffer& out) : out_(&out) {}

  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) void fixed(T v) {
    store_little(out_->extend(sizeof(T)), v);
  }
  void varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_->push_back(static_cast<char>(v | 0x80));
    out_->push_back(static_cast<char>(v));
  }
  void raw(BytesView bytes) { out_->append(bytes); }
  void sized(BytesView bytes) {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  ByteBuffer* out_;
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
