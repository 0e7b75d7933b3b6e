#pragma once

// How a record or state value becomes bytes. Specialise `Serializer<T>` for a type of your own, or give the struct a
// member list:
//
//   struct Click {
//     std::string user;
//     std::int64_t at;
//     static constexpr auto fields() { return std::tuple{&Click::user, &Click::at}; }
//   };
//
// `read` overwrites its target, so that a reused object keeps its capacity and the record path does not allocate.

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/engine/bytes.h"
#include "weir/engine/hash.h"

namespace weir::engine {

template <class T, class = void>
struct Serializer;  // no serializer for this type: specialise it, or add a static `fields()`

template <class T>
concept Serializable = requires(const T& v, T& target, ByteWriter& w, ByteReader& r) {
  Serializer<T>::write(v, w);
  Serializer<T>::read(target, r);
};

template <class T>
struct Serializer<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
  static void write(T v, ByteWriter& w) { w.fixed(v); }
  static void read(T& v, ByteReader& r) { v = r.fixed<T>(); }
};

template <>
struct Serializer<bool> {
  static void write(bool v, ByteWriter& w) { w.fixed<std::uint8_t>(v ? 1 : 0); }
  static void read(bool& v, ByteReader& r) { v = r.fixed<std::uint8_t>() != 0; }
};

template <>
struct Serializer<double> {
  static void write(double v, ByteWriter& w) { w.fixed(std::bit_cast<std::uint64_t>(v)); }
  static void read(double& v, ByteReader& r) { v = std::bit_cast<double>(r.fixed<std::uint64_t>()); }
};

template <>
struct Serializer<float> {
  static void write(float v, ByteWriter& w) { w.fixed(std::bit_cast<std::uint32_t>(v)); }
  static void read(float& v, ByteReader& r) { v = std::bit_cast<float>(r.fixed<std::uint32_t>()); }
};

template <class T>
struct Serializer<T, std::enable_if_t<std::is_enum_v<T>>> {
  using Under = std::underlying_type_t<T>;
  static void write(T v, ByteWriter& w) { w.fixed(static_cast<Under>(v)); }
  static void read(T& v, ByteReader& r) { v = static_cast<T>(r.fixed<Under>()); }
};

template <>
struct Serializer<std::string> {
  static void write(const std::string& v, ByteWriter& w) { w.sized(v); }
  static void read(std::string& v, ByteReader& r) { v.assign(r.sized()); }
};

template <class A, class B>
struct Serializer<std::pair<A, B>> {
  static void write(const std::pair<A, B>& v, ByteWriter& w) {
    Serializer<A>::write(v.first, w);
    Serializer<B>::write(v.second, w);
  }
  static void read(std::pair<A, B>& v, ByteReader& r) {
    Serializer<A>::read(v.first, r);
    Serializer<B>::read(v.second, r);
  }
};

template <class... Ts>
struct Serializer<std::tuple<Ts...>> {
  static void write(const std::tuple<Ts...>& v, ByteWriter& w) {
    std::apply([&](const Ts&... parts) { (Serializer<Ts>::write(parts, w), ...); }, v);
  }
  static void read(std::tuple<Ts...>& v, ByteReader& r) {
    std::apply([&](Ts&... parts) { (Serializer<Ts>::read(parts, r), ...); }, v);
  }
};

template <class T>
struct Serializer<std::optional<T>> {
  static void write(const std::optional<T>& v, ByteWriter& w) {
    w.fixed<std::uint8_t>(v.has_value() ? 1 : 0);
    if (v) Serializer<T>::write(*v, w);
  }
  static void read(std::optional<T>& v, ByteReader& r) {
    if (r.fixed<std::uint8_t>() == 0) {
      v.reset();
      return;
    }
    if (!v) v.emplace();
    Serializer<T>::read(*v, r);
  }
};

template <class T>
struct Serializer<std::vector<T>> {
  static void write(const std::vector<T>& v, ByteWriter& w) {
    w.varint(v.size());
    for (const auto& element : v) Serializer<T>::write(element, w);
  }
  static void read(std::vector<T>& v, ByteReader& r) {
    v.clear();
    for (std::uint64_t n = r.varint(); n > 0 && !r.failed(); --n) Serializer<T>::read(v.emplace_back(), r);
  }
};

// A user struct with a static `fields()` that returns a tuple of member pointers.
template <class T>
struct Serializer<T, std::void_t<decltype(T::fields())>> {
  static void write(const T& v, ByteWriter& w) {
    std::apply([&](auto... members) { (write_one(v.*members, w), ...); }, T::fields());
  }
  static void read(T& v, ByteReader& r) {
    std::apply([&](auto... members) { (read_one(v.*members, r), ...); }, T::fields());
  }

 private:
  template <class F>
  static void write_one(const F& field, ByteWriter& w) {
    Serializer<F>::write(field, w);
  }
  template <class F>
  static void read_one(F& field, ByteReader& r) {
    Serializer<F>::read(field, r);
  }
};

template <Serializable T>
void serialize_into(const T& value, ByteBuffer& out) {
  ByteWriter writer(out);
  Serializer<T>::write(value, writer);
}

template <Serializable T>
Bytes serialize(const T& value) {
  ByteBuffer out;
  serialize_into(value, out);
  return out.bytes();
}

// False when the bytes are not exactly one value.
template <Serializable T>
bool deserialize(BytesView bytes, T& value) {
  ByteReader reader(bytes);
  Serializer<T>::read(value, reader);
  return !reader.failed() && reader.at_end();
}

// The hash code that places a key in a key group (RS-2). Specialise for key types of your own; enums, pointers and
// identity hashes are refused on purpose.
template <class K>
struct KeyHash {
  static_assert(std::is_integral_v<K>, "this key type has no stable hash code: specialise KeyHash");
  static std::int32_t code(K key) {
    if constexpr (sizeof(K) <= 4) {
      return java_hash(static_cast<std::int32_t>(key));
    } else {
      return java_hash(static_cast<std::int64_t>(key));
    }
  }
};

template <>
struct KeyHash<std::string> {
  static std::int32_t code(std::string_view key) { return java_hash(key); }
};

}  // namespace weir::engine
