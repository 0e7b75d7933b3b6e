#pragma once

// The content of one cell of keyed state, by kind of state, and its bytes. A cell is what one (state, key, namespace)
// holds; the bytes are those of the keyed snapshot on every backend:
//
//   value, reducing, aggregating   [stamp] value
//   list                           ([stamp] element)*            self-delimiting, so that appending is concatenation
//   (ST-4) map                            (user key sized, ([stamp] null flag value) sized)*    ascending by user key
//
// A stamp, fixed64 of virtual time, is there when the state has a time to live (ST-13).

#include <algorithm>
#include <functional>
#include <map>

#include "weir/engine/schema.h"
#include "weir/engine/state_descriptor.h"

namespace weir::engine {

template <class T>
struct ValueCell {
  T value{};
  std::int64_t stamp = 0;
};

template <class T>
struct ListCell {
  std::vector<T> elements;
  std::vector<std::int64_t> stamps;  // parallel, or empty when the state has no time to live
};

template <class K, class V>
struct MapCell {
  struct Entry {
    K key{};
    std::optional<V> value;
    std::int64_t stamp = 0;
  };
  std::map<Bytes, Entry, std::less<>> entries;  // by serialized user key, as RocksDB and snapshots order them
};

enum class Expiry : std::uint8_t { Nothing, Some, All };

// How bytes of another form are read: by their own schema, and with or without stamps (ST-16: values that get a time to
// live only now count from now).
struct WrittenForm {
  bool stamped;
  SchemaNode value;
  Time now;
};

namespace detail {

inline void write_stamp(bool stamped, std::int64_t stamp, ByteWriter& w) {
  if (stamped) w.fixed(stamp);
}
inline std::int64_t read_stamp(bool stamped, ByteReader& r) { return stamped ? r.fixed<std::int64_t>() : 0; }
inline std::int64_t read_stamp(const WrittenForm& form, ByteReader& r) {
  return form.stamped ? r.fixed<std::int64_t>() : to_ns(form.now);
}

template <class T>
void read_value(const SchemaNode* written, T& v, ByteReader& r) {
  written != nullptr ? Schema<T>::read_as(*written, v, r) : Serializer<T>::read(v, r);
}

}  // namespace detail

// write, read, drop what has expired, and the cell's part of the backend's digest.
template <class C>
struct CellCodec;

template <class T>
struct CellCodec<ValueCell<T>> {
  static void write(const ValueCell<T>& c, bool stamped, ByteWriter& w) {
    detail::write_stamp(stamped, c.stamp, w);
    Serializer<T>::write(c.value, w);
  }
  static void read(ValueCell<T>& c, bool stamped, ByteReader& r) {
    c.stamp = detail::read_stamp(stamped, r);
    Serializer<T>::read(c.value, r);
  }
  static void read_as(const WrittenForm& form, ValueCell<T>& c, ByteReader& r) {
    c.stamp = detail::read_stamp(form, r);
    Schema<T>::read_as(form.value, c.value, r);
  }
  static bool has_expired(const ValueCell<T>& c, const StateTtl& ttl, Time now) { return ttl.expired(c.stamp, now); }
  static Expiry expire(ValueCell<T>& c, const StateTtl& ttl, Time now) {
    return ttl.expired(c.stamp, now) ? Expiry::All : Expiry::Nothing;
  }
  static void touch(ValueCell<T>& c, Time now) { c.stamp = to_ns(now); }
};

template <class T>
struct CellCodec<ListCell<T>> {
  static void write(const ListCell<T>& c, bool stamped, ByteWriter& w) {
    for (std::size_t i = 0; i < c.elements.size(); ++i) {
      detail::write_stamp(stamped, stamped ? c.stamps[i] : 0, w);
      Serializer<T>::write(c.elements[i], w);
    }
  }
  static void read(ListCell<T>& c, bool stamped, ByteReader& r) {
    read_elements(
        c, r, [&] { return detail::read_stamp(stamped, r); }, nullptr);
  }
  static void read_as(const WrittenForm& form, ListCell<T>& c, ByteReader& r) {
    read_elements(
        c, r, [&] { return detail::read_stamp(form, r); }, &form.value);
  }
  static bool has_expired(const ListCell<T>& c, const StateTtl& ttl, Time now) {
    return std::any_of(c.stamps.begin(), c.stamps.end(), [&](std::int64_t stamp) { return ttl.expired(stamp, now); });
  }
  static Expiry expire(ListCell<T>& c, const StateTtl& ttl, Time now) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < c.elements.size(); ++i) {
      if (ttl.expired(c.stamps[i], now)) continue;
      if (kept != i) {
        c.elements[kept] = std::move(c.elements[i]);
        c.stamps[kept] = c.stamps[i];
      }
      ++kept;
    }
    if (kept == c.elements.size()) return Expiry::Nothing;
    c.elements.resize(kept);
    c.stamps.resize(kept);
    return kept == 0 ? Expiry::All : Expiry::Some;
  }
  static void touch(ListCell<T>& c, Time now) { c.stamps.assign(c.elements.size(), to_ns(now)); }

 private:
  // An element that takes no bytes would never end; the list state refuses to add one.
  template <class Stamp>
  static void read_elements(ListCell<T>& c, ByteReader& r, Stamp stamp, const SchemaNode* written) {
    c.elements.clear();
    c.stamps.clear();
    while (!r.at_end() && !r.failed()) {
      const std::size_t before = r.position();
      c.stamps.push_back(stamp());
      T element{};
      detail::read_value(written, element, r);
      c.elements.push_back(std::move(element));
      if (r.position() == before) r.fail();
    }
  }
};

template <class K, class V>
struct CellCodec<MapCell<K, V>> {
  using Entry = typename MapCell<K, V>::Entry;

  static void write_value(const Entry& e, bool stamped, ByteWriter& w) {
    detail::write_stamp(stamped, e.stamp, w);
    Serializer<std::optional<V>>::write(e.value, w);
  }
  static void read_value(Entry& e, bool stamped, ByteReader& r) {
    e.stamp = detail::read_stamp(stamped, r);
    Serializer<std::optional<V>>::read(e.value, r);
  }
  static void write(const MapCell<K, V>& c, bool stamped, ByteWriter& w) {
    ByteBuffer value;
    for (const auto& [key, entry] : c.entries) {
      value.clear();
      {
        ByteWriter inner(value);
        write_value(entry, stamped, inner);
      }
      w.sized(key);
      w.sized(value);
    }
  }
  static void read(MapCell<K, V>& c, bool stamped, ByteReader& r) {
    read_entries(c, r, [&](Entry& e, ByteReader& inner) { read_value(e, stamped, inner); });
  }
  static void read_as(const WrittenForm& form, MapCell<K, V>& c, ByteReader& r) {
    read_entries(c, r, [&](Entry& e, ByteReader& inner) {
      e.stamp = detail::read_stamp(form, inner);
      e.value.reset();
      if (inner.fixed<std::uint8_t>() != 0) Schema<V>::read_as(form.value, e.value.emplace(), inner);
    });
  }
  static bool has_expired(const MapCell<K, V>& c, const StateTtl& ttl, Time now) {
    const auto expired = [&](const auto& e) { return ttl.expired(e.second.stamp, now); };
    return std::any_of(c.entries.begin(), c.entries.end(), expired);
  }
  static Expiry expire(MapCell<K, V>& c, const StateTtl& ttl, Time now) {
    const auto gone = std::erase_if(c.entries, [&](const auto& e) { return ttl.expired(e.second.stamp, now); });
    return gone == 0 ? Expiry::Nothing : c.entries.empty() ? Expiry::All : Expiry::Some;
  }

 private:
  template <class ReadValue>
  static void read_entries(MapCell<K, V>& c, ByteReader& r, ReadValue read_value) {
    c.entries.clear();
    while (!r.at_end() && !r.failed()) {
      const BytesView key = r.sized();
      ByteReader value(r.sized());
      Entry& entry = c.entries.try_emplace(c.entries.end(), Bytes(key))->second;
      if (!deserialize(key, entry.key)) r.fail();
      read_value(entry, value);
      if (value.failed() || !value.at_end()) r.fail();
    }
  }
};

// What is rare is marked cold in these headers: it is compiled into every file with an operator, and must not use up
// what the compiler is ready to inline there.

// What a backend that sees bytes only needs to know of a cell's type.
struct CellOps {
  // Old bytes to bytes of today; false when they do not decode. For a map also a single entry of it.
  bool (*rewrite)(const WrittenForm& form, bool stamped, BytesView old, ByteBuffer& out);
  // The bytes without what has expired; false when nothing is left.
  bool (*unexpired)(const StateTtl& ttl, Time now, BytesView cell, ByteBuffer& out);
};

namespace detail {

template <class C>
[[gnu::cold]] bool rewrite_cell(const WrittenForm& form, bool stamped, BytesView old, ByteBuffer& out) {
  C cell;
  ByteReader reader(old);
  CellCodec<C>::read_as(form, cell, reader);
  ByteWriter writer(out);
  CellCodec<C>::write(cell, stamped, writer);
  return !reader.failed() && reader.at_end();
}

template <class C>
[[gnu::cold]] bool unexpired_cell(const StateTtl& ttl, Time now, BytesView bytes, ByteBuffer& out) {
  C cell;
  ByteReader reader(bytes);
  CellCodec<C>::read(cell, true, reader);
  if (CellCodec<C>::expire(cell, ttl, now) == Expiry::All) return false;
  ByteWriter writer(out);
  CellCodec<C>::write(cell, true, writer);
  return true;
}

}  // namespace detail

template <class C>
inline constexpr CellOps kCellOps{&detail::rewrite_cell<C>, &detail::unexpired_cell<C>};

// A state as it is handed to its backend.
struct StateRegistration {
  StateMeta meta;
  StateTtl ttl;
  const CellOps* ops;
};

}  // namespace weir::engine
