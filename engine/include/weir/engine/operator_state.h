#pragma once

// Operator state: named states that belong to a subtask instead of a key. Three kinds, which differ in what becomes of
// them when a job is rescaled (ST-8): the elements of a split list are dealt out, a union list goes to everybody in
// full, broadcast state is the same map everywhere. Always in memory, always written whole (ST-9).

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/engine/serializer.h"
#include "weir/engine/state_handle.h"
#include "weir/engine/types.h"

namespace weir::engine {

class OperatorStateStore {
 public:
  using List = std::vector<Bytes>;  // serialized elements, the unit of redistribution
  using Map = std::map<Bytes, Bytes>;

  // The state of that name, with what was restored for it; created empty. One name has one mode: asking for another one
  // than it has, or had in the restored snapshot, throws OperatorFailure (ST-8). References stay valid for the life of
  // the store.
  List& list(const std::string& name) { return entry(name, OperatorStateMode::SplitDistribute).elements; }
  List& union_list(const std::string& name) { return entry(name, OperatorStateMode::Union).elements; }
  Map& broadcast(const std::string& name) { return entry(name, OperatorStateMode::Broadcast).map; }

  struct Entry {
    std::string name;
    OperatorStateMode mode;
    List elements;  // lists
    Map map;        // broadcast
  };
  // In order of first use; what was restored and nobody asked for counts as well, and is written again.
  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }
  // For restoring: null when the name is there in another mode.
  Entry* restore_entry(const std::string& name, OperatorStateMode mode);

 private:
  Entry& entry(const std::string& name, OperatorStateMode mode);
  Entry* find(const std::string& name);

  std::vector<std::unique_ptr<Entry>> entries_;
};

// Elements that do not decode as the type they are read with: the user's error, ends the attempt (OperatorFailure).
[[noreturn]] void fail_operator_state_type(const std::string& state_name);

// A list of values over one of the store's lists. A light handle; lives as long as the store.
template <class T>
class OperatorListState {
 public:
  OperatorListState() = default;
  OperatorListState(std::string name, OperatorStateStore::List& list) : name_(std::move(name)), list_(&list) {}

  std::vector<T> get() const {
    std::vector<T> values;
    for (const Bytes& element : *list_) {
      if (!deserialize(BytesView(element), values.emplace_back())) fail_operator_state_type(name_);
    }
    return values;
  }
  void add(const T& value) { list_->push_back(serialize(value)); }
  void update(const std::vector<T>& values) {
    clear();
    for (const T& value : values) add(value);
  }
  void clear() { list_->clear(); }

 private:
  std::string name_;
  OperatorStateStore::List* list_ = nullptr;
};

// The same on every subtask, if the program changes it in the same way everywhere; nobody else sees to that (ST-10).
template <class K, class V>
class BroadcastState {
 public:
  BroadcastState() = default;
  BroadcastState(std::string name, OperatorStateStore::Map& map) : name_(std::move(name)), map_(&map) {}

  std::optional<V> get(const K& key) const {
    const auto found = map_->find(serialize(key));
    if (found == map_->end()) return std::nullopt;
    return decode<V>(found->second);
  }
  bool contains(const K& key) const { return map_->count(serialize(key)) != 0; }
  void put(const K& key, const V& value) { (*map_)[serialize(key)] = serialize(value); }
  void remove(const K& key) { map_->erase(serialize(key)); }
  void clear() { map_->clear(); }
  // In the order of the serialized keys.
  std::vector<std::pair<K, V>> entries() const {
    std::vector<std::pair<K, V>> all;
    for (const auto& [key, value] : *map_) all.emplace_back(decode<K>(key), decode<V>(value));
    return all;
  }

 private:
  template <class T>
  T decode(const Bytes& bytes) const {
    T value{};
    if (!deserialize(BytesView(bytes), value)) fail_operator_state_type(name_);
    return value;
  }

  std::string name_;
  OperatorStateStore::Map* map_ = nullptr;
};

// Bytes that an operator writes and reads itself (ST-11). Partitions are dealt out like the elements of a split list,
// key groups go to the owner of their range (RS-5, RS-8).
struct RawState {
  struct Group {
    KeyGroup group;
    Bytes bytes;
    friend bool operator==(const Group&, const Group&) = default;
  };
  std::vector<Bytes> partitions;  // as its writer marked them
  std::vector<Group> groups;      // ascending
  void clear() {
    partitions.clear();
    groups.clear();
  }
  friend bool operator==(const RawState&, const RawState&) = default;
};

}  // namespace weir::engine
