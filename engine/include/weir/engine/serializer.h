#pragma once

// How a record or state value becomes bytes. Specialise `Serializer<T>` for a type of your own, or give the struct a
// member list:
//
//   struct Click {
//     std::string user;
//     std::int64_t at;
//     static constexpr auto fields() { return std::tuple{&Click::user, &Click::at}; }
//     static constexpr auto field_names() { return std::array{"user", "at"}; }  // if reports shall name them
//   };
//
// `read` overwrites its target, so that a reused object keeps its capacity and the record path does not allocate.
// `describe` says how a value reads in reports: {user: "ann", at: 17}. A Serializer of your own may leave it out.

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

// Appends how the value reads in reports; without a `describe` of its own its bytes, as text is quoted.
template <class T>
void describe_into(const T& value, std::string& out);

// "in quotes", with \xNN for every byte that does not print.
void append_quoted(BytesView text, std::string& out);

namespace detail {

void describe_number(double value, std::string& out);  // the shortest digits that read back
void describe_number(float value, std::string& out);

// Elements one after the other, with what stands around and before each.
class ListText {
 public:
  ListText(std::string& out, char end) : out_(out), end_(end) {}
  ~ListText() { out_ += end_; }
  ListText(const ListText&) = delete;
  ListText& operator=(const ListText&) = delete;
  template <class T>
  void add(const T& value, std::string_view name = {}) {
    if (!first_) out_ += ", ";
    first_ = false;
    if (!name.empty()) out_.append(name).append(": ");
    describe_into(value, out_);
  }

 private:
  std::string& out_;
  char end_;
  bool first_ = true;
};

}  // namespace detail

// Words and the structs of them are written inline however often a file does so: their writer then lives in registers.
template <class T>
struct Serializer<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
  [[gnu::always_inline]] static void write(T v, ByteWriter& w) { w.fixed(v); }
  static void read(T& v, ByteReader& r) { v = r.fixed<T>(); }
  static void describe(T v, std::string& out) { out += std::to_string(v); }
};

template <>
struct Serializer<bool> {
  [[gnu::always_inline]] static void write(bool v, ByteWriter& w) { w.fixed<std::uint8_t>(v ? 1 : 0); }
  static void read(bool& v, ByteReader& r) { v = r.fixed<std::uint8_t>() != 0; }
  static void describe(bool v, std::string& out) { out += v ? "true" : "false"; }
};

template <>
struct Serializer<double> {
  [[gnu::always_inline]] static void write(double v, ByteWriter& w) { w.fixed(std::bit_cast<std::uint64_t>(v)); }
  static void read(double& v, ByteReader& r) { v = std::bit_cast<double>(r.fixed<std::uint64_t>()); }
  static void describe(double v, std::string& out) { detail::describe_number(v, out); }
};

template <>
struct Serializer<float> {
  [[gnu::always_inline]] static void write(float v, ByteWriter& w) { w.fixed(std::bit_cast<std::uint32_t>(v)); }
  static void read(float& v, ByteReader& r) { v = std::bit_cast<float>(r.fixed<std::uint32_t>()); }
  static void describe(float v, std::string& out) { detail::describe_number(v, out); }
};

template <class T>
struct Serializer<T, std::enable_if_t<std::is_enum_v<T>>> {
  using Under = std::underlying_type_t<T>;
  [[gnu::always_inline]] static void write(T v, ByteWriter& w) { w.fixed(static_cast<Under>(v)); }
  static void read(T& v, ByteReader& r) { v = static_cast<T>(r.fixed<Under>()); }
  static void describe(T v, std::string& out) { out += std::to_string(static_cast<Under>(v)); }
};

template <>
struct Serializer<std::string> {
  static void write(const std::string& v, ByteWriter& w) { w.sized(v); }
  static void read(std::string& v, ByteReader& r) { v.assign(r.sized()); }
  static void describe(const std::string& v, std::string& out) { append_quoted(v, out); }
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
  static void describe(const std::pair<A, B>& v, std::string& out) {
    out += '{';
    detail::ListText list(out, '}');
    list.add(v.first);
    list.add(v.second);
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
  static void describe(const std::tuple<Ts...>& v, std::string& out) {
    out += '{';
    detail::ListText list(out, '}');
    std::apply([&](const Ts&... parts) { (list.add(parts), ...); }, v);
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
  static void describe(const std::optional<T>& v, std::string& out) {
    if (v) {
      describe_into(*v, out);
    } else {
      out += "none";
    }
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
  static void describe(const std::vector<T>& v, std::string& out) {
    out += '[';
    detail::ListText list(out, ']');
    for (const auto& element : v) list.add(static_cast<const T&>(element));
  }
};

// A user struct with a static `fields()` that returns a tuple of member pointers.
template <class T>
struct Serializer<T, std::void_t<decltype(T::fields())>> {
  [[gnu::always_inline]] static void write(const T& v, ByteWriter& w) { write_all(v, w, Fields{}); }
  static void read(T& v, ByteReader& r) {
    std::apply([&](auto... members) { (read_one(v.*members, r), ...); }, T::fields());
  }
  static void describe(const T& v, std::string& out) {
    out += '{';
    detail::ListText list(out, '}');
    std::size_t at = 0;
    std::apply([&](auto... members) { (list.add(v.*members, name_of(at++)), ...); }, T::fields());
  }

 private:
  static constexpr std::string_view name_of([[maybe_unused]] std::size_t field) {
    if constexpr (requires { T::field_names(); }) {
      static_assert(T::field_names().size() == std::tuple_size_v<decltype(T::fields())>, "a name for every field");
      return T::field_names()[field];
    } else {
      return {};
    }
  }
  using Fields = std::make_index_sequence<std::tuple_size_v<decltype(T::fields())>>;
  template <std::size_t... At>
  [[gnu::always_inline]] static void write_all(const T& v, ByteWriter& w, std::index_sequence<At...>) {
    (write_one(v.*std::get<At>(T::fields()), w), ...);
  }
  template <class F>
  [[gnu::always_inline]] static void write_one(const F& field, ByteWriter& w) {
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

template <class T>
void describe_into(const T& value, std::string& out) {
  if constexpr (requires { Serializer<T>::describe(value, out); }) {
    Serializer<T>::describe(value, out);
  } else {
    append_quoted(serialize(value), out);
  }
}

template <Serializable T>
std::string describe(const T& value) {
  std::string out;
  describe_into(value, out);
  return out;
}

// How the records of a topic read in reports; what a sink says about what it writes.
struct TopicRecords {
  std::string topic;
  // Nothing when the bytes are no such record.
  std::optional<std::string> (*describe)(BytesView record) = nullptr;
};

template <Serializable T>
TopicRecords records_of(std::string topic) {
  return {std::move(topic), [](BytesView record) -> std::optional<std::string> {
            T value{};
            if (!deserialize(record, value)) return std::nullopt;
            return describe(value);
          }};
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
