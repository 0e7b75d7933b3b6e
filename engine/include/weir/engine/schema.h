#pragma once

// The serializer snapshot of a type (flink-semantics 5.4): its wire form in words, kept beside the bytes, so that a
// later program can tell whether it still reads them, and how.
//
//   i64  bool  f64  string  [string]  ?f64  (i32,string)  {user:string,at:i64}@2  opaque
//
// A struct that may evolve names its fields; it may also number its versions, for the reader of an error message:
//
//   static constexpr auto fields() { return std::tuple{&Click::user, &Click::at}; }
//   static constexpr auto field_names() { return std::array{"user", "at"}; }
//   static constexpr std::uint32_t kSchemaVersion = 2;
//
// A specialised Serializer takes part with `kSchemaName`, `kSchemaVersion` and, to read what older versions wrote,
// `static void read_version(T&, ByteReader&, std::uint32_t version)`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/engine/serializer.h"

namespace weir::engine {

// The four outcomes of flink-semantics 5.4.
enum class Compatibility : std::uint8_t {
  AsIs,            // same description
  Reconfigured,    // same bytes under another description: fields got names, or the version another number
  AfterMigration,  // old bytes are read by their own description and written by the new one (ST-19)
  Incompatible,
};
Compatibility compare_schemas(std::string_view written, std::string_view now);

// A description taken apart.
struct SchemaNode {
  enum class Form : std::uint8_t { Word, List, Optional, Tuple, Struct, Custom };
  Form form = Form::Word;
  std::string name;           // of a word or a custom type
  std::uint32_t version = 0;  // 0: none
  bool reads_older = false;   // custom
  std::vector<std::string> field_names;
  std::vector<SchemaNode> parts;
};
std::optional<SchemaNode> parse_schema(std::string_view text);
// Bytes that a number or bool takes; 0: no such word, or "string" or "opaque".
std::size_t size_of_word(std::string_view name);
// Steps over one value. What has no known end fails the reader: custom types, "opaque", and words that nobody wrote.
void skip_value(const SchemaNode& schema, ByteReader& reader);

namespace detail {

template <class T>
concept NamesFields = requires {
  T::field_names();
};
template <class T>
concept NumbersVersions = requires {
  T::kSchemaVersion;
};
template <class T>
concept HasFields = requires {
  T::fields();
};
template <class T>
concept ReadsVersions = requires(T& v, ByteReader& r) {
  Serializer<T>::read_version(v, r, std::uint32_t{});
};

}  // namespace detail

// How a type is described, and how it is read from bytes of a compatible description.
template <class T>
struct Schema {
  static void describe(std::string& out) {
    if constexpr (std::is_enum_v<T>) {
      Schema<std::underlying_type_t<T>>::describe(out);
    } else if constexpr (std::is_same_v<T, bool>) {
      out += "bool";
    } else if constexpr (std::is_arithmetic_v<T>) {
      out += std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
      out += std::to_string(8 * sizeof(T));
    } else if constexpr (detail::HasFields<T>) {
      describe_fields(out);
    } else {
      describe_custom(out);
    }
  }
  static void read_as(const SchemaNode& written, T& v, ByteReader& r) {
    if constexpr (detail::HasFields<T>) {
      read_fields(written, v, r);
    } else if constexpr (detail::ReadsVersions<T>) {
      Serializer<T>::read_version(v, r, written.version);
    } else {
      Serializer<T>::read(v, r);
    }
  }

 private:
  [[gnu::cold]] static void describe_fields(std::string& out) {
    out += '{';
    std::size_t i = 0;
    const auto field = [&]<class M>(M T::*) {
      if (i > 0) out += ',';
      if constexpr (detail::NamesFields<T>) (out += T::field_names()[i]) += ':';
      Schema<M>::describe(out);
      ++i;
    };
    std::apply([&](auto... members) { (field(members), ...); }, T::fields());
    out += '}';
    if constexpr (detail::NumbersVersions<T>) (out += '@') += std::to_string(T::kSchemaVersion);
  }
  static void describe_custom(std::string& out) {
    if constexpr (requires { Serializer<T>::kSchemaName; }) {
      ((out += Serializer<T>::kSchemaName) += '@') += std::to_string(Serializer<T>::kSchemaVersion);
      if constexpr (detail::ReadsVersions<T>) out += '+';
    } else {
      out += "opaque";
    }
  }
  // ST-19: a field the writer did not have keeps its default, one that is gone is stepped over.
  [[gnu::cold]] static void read_fields(const SchemaNode& written, T& v, ByteReader& r) {
    const auto read_member = [&](const SchemaNode& part, std::size_t wanted) {
      std::size_t i = 0;
      const auto one = [&]<class M>(M T::*member) {
        if (i++ == wanted) Schema<M>::read_as(part, v.*member, r);
      };
      std::apply([&](auto... members) { (one(members), ...); }, T::fields());
    };
    if constexpr (detail::NamesFields<T>) {
      if (!written.field_names.empty()) {
        v = T{};
        const auto names = T::field_names();
        for (std::size_t i = 0; i < written.parts.size(); ++i) {
          std::size_t at = 0;
          while (at < names.size() && written.field_names[i] != names[at]) ++at;
          at < names.size() ? read_member(written.parts[i], at) : skip_value(written.parts[i], r);
        }
        return;
      }
    }
    for (std::size_t i = 0; i < written.parts.size(); ++i) read_member(written.parts[i], i);
  }
};

template <>
struct Schema<std::string> {
  static void describe(std::string& out) { out += "string"; }
  static void read_as(const SchemaNode&, std::string& v, ByteReader& r) { Serializer<std::string>::read(v, r); }
};

template <class T>
struct Schema<std::vector<T>> {
  static void describe(std::string& out) {
    out += '[';
    Schema<T>::describe(out);
    out += ']';
  }
  static void read_as(const SchemaNode& written, std::vector<T>& v, ByteReader& r) {
    v.clear();
    for (std::uint64_t n = r.varint(); n > 0 && !r.failed(); --n) {
      Schema<T>::read_as(written.parts.front(), v.emplace_back(), r);
    }
  }
};

template <class T>
struct Schema<std::optional<T>> {
  static void describe(std::string& out) {
    out += '?';
    Schema<T>::describe(out);
  }
  static void read_as(const SchemaNode& written, std::optional<T>& v, ByteReader& r) {
    v.reset();
    if (r.fixed<std::uint8_t>() != 0) Schema<T>::read_as(written.parts.front(), v.emplace(), r);
  }
};

template <class... Ts>
struct Schema<std::tuple<Ts...>> {
  static void describe(std::string& out) {
    out += '(';
    std::size_t i = 0;
    ((out += i++ > 0 ? "," : "", Schema<Ts>::describe(out)), ...);
    out += ')';
  }
  static void read_as(const SchemaNode& written, std::tuple<Ts...>& v, ByteReader& r) {
    [[maybe_unused]] std::size_t i = 0;
    std::apply([&](Ts&... parts) { (Schema<Ts>::read_as(written.parts[i++], parts, r), ...); }, v);
  }
};

template <class A, class B>
struct Schema<std::pair<A, B>> {
  static void describe(std::string& out) { Schema<std::tuple<A, B>>::describe(out); }
  static void read_as(const SchemaNode& written, std::pair<A, B>& v, ByteReader& r) {
    Schema<A>::read_as(written.parts[0], v.first, r);
    Schema<B>::read_as(written.parts[1], v.second, r);
  }
};

template <class T>
[[gnu::cold]] std::string schema_of() {
  std::string out;
  Schema<T>::describe(out);
  return out;
}

}  // namespace weir::engine
