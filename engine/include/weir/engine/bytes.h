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

// Whether two strings are equal, again without a call when they are short.
inline bool equal_bytes(BytesView a, BytesView b) {
  const std::size_t n = a.size();
  if (n != b.size()) return false;
  if (n < 8 || n > 16) return a == b;
  const auto word = [](BytesView bytes, std::size_t at) { return load_little<std::uint64_t>(bytes.data() + at); };
  return word(a, 0) == word(b, 0) && word(a, n - 8) == word(b, n - 8);
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

 private:
  friend class ByteWriter;
  static constexpr std::size_t kLeast = 64;

  [[gnu::noinline]] void grow(std::size_t capacity) {
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

// Puts bytes behind what a buffer holds, or into a piece of memory whose end is the end. The buffer has the bytes when
// the writer is gone; until then they are in `written()`.
class ByteWriter {
 public:
  // `out` must outlive the writer and is not to be touched before that.
  explicit ByteWriter(ByteBuffer& out)
      : begin_(out.data_.get()), at_(begin_ + out.size_), end_(begin_ + out.capacity_), out_(&out) {}
  ByteWriter(char* memory, std::size_t size) : begin_(memory), at_(memory), end_(memory + size) {}
  ~ByteWriter() {
    if (out_ != nullptr) out_->size_ = size();
  }
  ByteWriter(const ByteWriter&) = delete;
  ByteWriter& operator=(const ByteWriter&) = delete;

  // The one call of every record, key and cell: inlined however often a file has it.
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) [[gnu::always_inline]] void fixed(T v) {
    if (!room(sizeof(T))) return;
    store_little(at_, v);
    at_ += sizeof(T);
  }
  void varint(std::uint64_t v) {
    if (!room(v < 0x80 ? 1 : kMaxVarint)) return;
    for (; v >= 0x80; v >>= 7) *at_++ = static_cast<char>(v | 0x80);
    *at_++ = static_cast<char>(v);
  }
  void raw(BytesView bytes) {
    if (!room(bytes.size())) return;
    copy_bytes(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void sized(BytesView bytes) {
    varint(bytes.size());
    raw(bytes);
  }

  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
  BytesView written() const { return {begin_, size()}; }
  Bytes bytes() const { return Bytes(written()); }
  // The piece of memory was too small, and what was written is incomplete. Never so with a buffer.
  bool overflowed() const { return overflowed_; }

 private:
  static constexpr std::size_t kMaxVarint = 10;

  [[gnu::always_inline]] bool room(std::size_t n) {
    if (static_cast<std::size_t>(end_ - at_) >= n) [[likely]]
      return true;
    return make_room(n);
  }
  // Inlined too: a writer whose address nobody is told lives in registers.
  [[gnu::always_inline]] bool make_room(std::size_t n) {
    if (out_ == nullptr) {
      overflowed_ = true;
      end_ = at_;
      return false;
    }
    out_->size_ = size();
    at_ = out_->extend(n);
    begin_ = out_->data_.get();
    end_ = begin_ + out_->capacity_;
    return true;
  }

  char* begin_;
  char* at_;
  char* end_;
  ByteBuffer* out_ = nullptr;
  bool overflowed_ = false;
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
