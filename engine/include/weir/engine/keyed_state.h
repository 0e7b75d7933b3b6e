#pragma once

// The kinds of keyed state that hold one value a cell, and lists, with the behaviour of flink-semantics 5.1. Light
// handles that live as long as their operator; every call acts on the current key and namespace. What a call returns is
// const and valid until the next call on the same state.
//
// Where Flink takes a null, an empty optional does. A C++ list can neither be null nor hold nulls.

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "weir/engine/state_access.h"

namespace weir::engine {

namespace detail {

template <class T>
StateMeta meta_of(std::string name, StateKind kind) {
  return {std::move(name), kind, false, {}, schema_of<T>()};
}

template <class T>
void set_value(StateAccess<ValueCell<T>>& access, const T& value) {
  if (HeapCells<ValueCell<T>>* plain = access.plain()) [[likely]] {
    plain->edit().value = value;
    return;
  }
  access.overwrite([&](ValueCell<T>& c) {
    c.value = value;
    if (access.ttl().on()) c.stamp = to_ns(access.now());
  });
}

}  // namespace detail

template <class T>
class ValueState {
 public:
  ValueState() = default;
  ValueState(KeyedStateBackend& backend, ValueStateDescriptor<T> descriptor)
      : access_(backend, detail::meta_of<T>(std::move(descriptor.name), StateKind::Value), descriptor.ttl),
        default_(access_.ttl().on() ? std::nullopt : std::move(descriptor.default_value)) {}

  const std::string& name() const { return access_.name(); }
  // The value, else the default, else null. With a time to live the default is ignored.
  const T* get() {
    const ValueCell<T>* found = access_.read();
    return found != nullptr ? &found->value : default_ ? &*default_ : nullptr;
  }
  T value_or(T fallback) {
    const T* found = get();
    return found != nullptr ? *found : fallback;
  }
  void update(const T& value) { detail::set_value(access_, value); }
  template <detail::MaybeOf<T> O>
  void update(const O& value) {  // null: clear
    const std::optional<T> maybe = value;
    maybe ? update(*maybe) : clear();
  }
  void clear() { access_.erase(); }

 private:
  StateAccess<ValueCell<T>> access_;
  std::optional<T> default_;
};

template <class T>
class ReducingState {
 public:
  ReducingState() = default;
  ReducingState(KeyedStateBackend& backend, ReducingStateDescriptor<T> descriptor)
      : access_(backend, detail::meta_of<T>(std::move(descriptor.name), StateKind::Reducing), descriptor.ttl),
        reduce_(std::move(descriptor.reduce)) {}

  const std::string& name() const { return access_.name(); }
  const T* get() {
    const ValueCell<T>* found = access_.read();
    return found != nullptr ? &found->value : nullptr;
  }
  // The first value is stored as it is, without a call of the function; also when what was there has expired.
  void add(const T& value) {
    const ValueCell<T>* sum = access_.live();
    sum != nullptr ? detail::set_value(access_, reduce_(sum->value, value)) : detail::set_value(access_, value);
  }
  template <detail::MaybeOf<T> O>
  void add(const O& value) {  // null: clear, as on Flink's heap; its RocksDB leaves it to the serializer
    const std::optional<T> maybe = value;
    maybe ? add(*maybe) : clear();
  }
  void clear() { access_.erase(); }
  void merge_namespaces(BytesView target, const std::vector<Bytes>& sources) {
    access_.merge_namespaces(target, sources, [this](ValueCell<T>& into, const ValueCell<T>& from) {
      into = {reduce_(into.value, from.value), to_ns(access_.now())};
    });
  }

 private:
  StateAccess<ValueCell<T>> access_;
  std::function<T(const T&, const T&)> reduce_;
};

// Keeps the accumulator; the result is computed by `get`.
template <class In, class Acc, class Out>
class AggregatingState {
 public:
  using Function = AggregateFunction<In, Acc, Out>;
  AggregatingState() = default;
  AggregatingState(KeyedStateBackend& backend, AggregatingStateDescriptor<In, Acc, Out> descriptor)
      : access_(backend, detail::meta_of<Acc>(std::move(descriptor.name), StateKind::Aggregating), descriptor.ttl),
        function_(std::move(descriptor.function)) {}

  const std::string& name() const { return access_.name(); }
  std::optional<Out> get() {
    const ValueCell<Acc>* found = access_.read();
    return found != nullptr ? std::optional<Out>(function_->get_result(found->value)) : std::nullopt;
  }
  void add(const In& value) {
    const ValueCell<Acc>* found = access_.live();
    Acc accumulator = found != nullptr ? Acc(found->value) : function_->create_accumulator();
    function_->add(value, accumulator);
    detail::set_value(access_, accumulator);
  }
  template <detail::MaybeOf<In> O>
  void add(const O& value) {  // null: clear, as above
    const std::optional<In> maybe = value;
    maybe ? add(*maybe) : clear();
  }
  void clear() { access_.erase(); }
  void merge_namespaces(BytesView target, const std::vector<Bytes>& sources) {
    access_.merge_namespaces(target, sources, [this](ValueCell<Acc>& into, const ValueCell<Acc>& from) {
      function_->merge(into.value, from.value);
      into.stamp = to_ns(access_.now());
    });
  }

 private:
  StateAccess<ValueCell<Acc>> access_;
  std::shared_ptr<const Function> function_;
};

template <class T>
class ListState {
 public:
  using Cell = ListCell<T>;
  ListState() = default;
  ListState(KeyedStateBackend& backend, ListStateDescriptor<T> descriptor)
      : access_(backend, detail::meta_of<T>(std::move(descriptor.name), StateKind::List), descriptor.ttl) {
    if (serialize(T{}).empty()) fail_empty_element(name());
  }

  const std::string& name() const { return access_.name(); }
  // Empty, never null.
  const std::vector<T>& get() {
    const Cell* found = access_.read();
    return found != nullptr ? found->elements : none_;
  }
  void add(const T& element) {
    append(1, [&](std::size_t) -> const T& { return element; });
  }
  template <detail::MaybeOf<T> O>
  void add(const O& element) {
    const std::optional<T> maybe = element;
    if (!maybe) fail_null(name(), "ListState::add");
    add(*maybe);
  }
  // Nothing to add leaves no cell behind.
  void add_all(const std::vector<T>& elements) {
    if (!elements.empty()) append(elements.size(), [&](std::size_t i) -> decltype(auto) { return elements[i]; });
  }
  // Empty: the same as clear, the cell is gone.
  void update(const std::vector<T>& elements) {
    if (elements.empty()) return clear();
    access_.overwrite([&](Cell& c) {
      c.elements = elements;
      if (access_.ttl().on()) CellCodec<Cell>::touch(c, access_.now());
    });
  }
  void clear() { access_.erase(); }
  void merge_namespaces(BytesView target, const std::vector<Bytes>& sources) {
    access_.merge_namespaces(target, sources, [](Cell& into, const Cell& from) {
      into.elements.insert(into.elements.end(), from.elements.begin(), from.elements.end());
      into.stamps.insert(into.stamps.end(), from.stamps.begin(), from.stamps.end());
    });
  }

 private:
  // By index, as the elements may be those of this very list.
  template <class ElementAt>
  void append(std::size_t count, ElementAt element) {
    access_.clean_up();
    const bool stamped = access_.ttl().on();
    const std::int64_t stamp = stamped ? to_ns(access_.now()) : 0;
    if (HeapCells<Cell>* table = access_.table()) {
      Cell& cell = table->edit();
      for (std::size_t i = 0; i < count; ++i) cell.elements.push_back(element(i));
      if (stamped) cell.stamps.insert(cell.stamps.end(), count, stamp);
      return;
    }
    encoded_.clear();
    encode(count, element, stamp);
    access_.bytes().append(access_.slot(), encoded_);
  }
  template <class ElementAt>
  void encode(std::size_t count, ElementAt element, std::int64_t stamp) {
    ByteWriter writer(encoded_);
    for (std::size_t i = 0; i < count; ++i) {
      detail::write_stamp(access_.ttl().on(), stamp, writer);
      Serializer<T>::write(element(i), writer);
    }
  }

  StateAccess<Cell> access_;
  std::vector<T> none_;
  ByteBuffer encoded_;
};

}  // namespace weir::engine
