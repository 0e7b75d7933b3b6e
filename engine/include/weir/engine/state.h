#pragma once

// Keyed and operator state as a job author sees it, and the two faces a backend can have (objects or bytes).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/engine/heap_table.h"
#include "weir/engine/serializer.h"
#include "weir/engine/types.h"

namespace weir::engine {

// Dense number of a registered state within one operator's backend.
struct StateSlot {
  std::uint16_t value{};
};

// A backend that keeps serialized cells (RocksDB). All calls act on the current key.
class ByteCells {
 public:
  virtual ~ByteCells() = default;
  virtual StateSlot register_cell(const std::string& state_name) = 0;
  virtual bool get(StateSlot slot, Bytes& value) = 0;  // false: the cell is empty, `value` is unspecified
  virtual void put(StateSlot slot, BytesView value) = 0;
  virtual void remove(StateSlot slot) = 0;
};

// A state was registered twice, or its restored cells do not decode as the registered type. Both are errors of the
// user's job and end the attempt: they throw OperatorFailure.
[[noreturn]] void fail_registered_twice(const std::string& state_name);
[[noreturn]] void fail_state_type(const std::string& state_name);

// The sync part of a snapshot fixed the content; `write` is the async part and may run later in virtual time while the
// operator goes on writing (SN-2). Bytes are self-describing for `KeyedStateBackend::restore`.
class PendingStateSnapshot {
 public:
  virtual ~PendingStateSnapshot() = default;
  virtual Bytes write() = 0;
};

// Working keyed state of one operator of one attempt; dies with it.
class KeyedStateBackend {
 public:
  explicit KeyedStateBackend(KeyGroupRange range) : range_(range) {}
  virtual ~KeyedStateBackend() = default;
  KeyedStateBackend(const KeyedStateBackend&) = delete;
  KeyedStateBackend& operator=(const KeyedStateBackend&) = delete;

  // `key` is the serialized key, `group` its key group, which the backend's range must contain.
  void set_current_key(BytesView key, KeyGroup group) {
    WEIR_ASSERT(range_.contains(group), "a record reached a subtask that does not own its key group");
    key_bytes_.clear();
    key_bytes_.append(key);
    key_ = {key_bytes_, hash_bytes(key), group, key_.turn + 1};
  }
  // Sync part, for the whole range. The result must not outlive the backend.
  virtual std::unique_ptr<PendingStateSnapshot> snapshot(CheckpointId checkpoint) = 0;
  // Adds the cells of `snapshot` whose key group lies in this backend's range (RS-4). States are matched by name.
  // Called before any state is registered or afterwards; unknown states are kept for later registration (ST-6). Bytes
  // that are not a whole, intact snapshot are named in the status and nothing of them is added.
  virtual Status restore(BytesView snapshot) = 0;
  // Order-independent digest of every cell in `range`: sum over cells of
  // combine(hash(state name), combine(hash(key), hash(serialized value))). Equal content, equal digest, any backend.
  virtual std::uint64_t digest(KeyGroupRange range) = 0;

  // Exactly one of the two is non-null.
  virtual HeapTables* tables() { return nullptr; }
  virtual ByteCells* cells() { return nullptr; }

 protected:
  KeyGroupRange range() const { return range_; }
  const CurrentKey& current_key() const { return key_; }

 private:
  KeyGroupRange range_;
  CurrentKey key_;
  ByteBuffer key_bytes_;
};

template <class T>
struct ValueStateDescriptor {
  std::string name;
  std::optional<T> default_value = std::nullopt;
};

// One value per key (flink-semantics 5.1). A light handle; lives as long as its operator.
template <class T>
class ValueState {
 public:
  ValueState() = default;
  ValueState(KeyedStateBackend& backend, ValueStateDescriptor<T> descriptor)
      : name_(std::move(descriptor.name)), default_(std::move(descriptor.default_value)) {
    if (HeapTables* tables = backend.tables()) {
      table_ = tables->template value_table<T>(name_);
    } else {
      cells_ = backend.cells();
      slot_ = cells_->register_cell(name_);
    }
  }

  // The value of the current key, else the default, else null. Valid until the next call on this state.
  const T* get() {
    const T* found = table_ != nullptr ? table_->find() : read_cell();
    return found != nullptr || !default_ ? found : &*default_;
  }
  T value_or(T fallback) {
    const T* found = get();
    return found != nullptr ? *found : fallback;
  }
  void update(const T& value) {
    if (table_ != nullptr) {
      table_->put(value);
      return;
    }
    encoded_.clear();
    serialize_into(value, encoded_);
    cells_->put(slot_, encoded_);
  }
  // Removes the cell of the current key only.
  void clear() { table_ != nullptr ? table_->erase() : cells_->remove(slot_); }

 private:
  const T* read_cell() {
    if (!cells_->get(slot_, fetched_)) return nullptr;
    if (!deserialize(BytesView(fetched_), decoded_)) fail_state_type(name_);
    return &decoded_;
  }

  std::string name_;
  HeapValueTable<T>* table_ = nullptr;
  ByteCells* cells_ = nullptr;
  StateSlot slot_{};
  std::optional<T> default_;
  T decoded_{};
  Bytes fetched_;
  ByteBuffer encoded_;
};

}  // namespace weir::engine
