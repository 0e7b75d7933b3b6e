#pragma once

// Working keyed state of one operator, and the two faces a backend can have: objects or bytes.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/engine/heap_table.h"
#include "weir/engine/restore_files.h"
#include "weir/engine/state_handle.h"

namespace weir::engine {

// Dense number of a registered state within one operator's backend.
struct StateSlot {
  std::uint16_t value{};
};

// A backend that keeps serialized cells (RocksDB), a map's entries one by one. All calls act on the current key and
// namespace.
class ByteCells {
 public:
  struct Place {
    StateSlot state;
    std::optional<BytesView> user_key = std::nullopt;  // of map states: the entry
  };
  struct EntryVisitor {
    virtual ~EntryVisitor() = default;
    virtual bool entry(BytesView user_key, BytesView value) = 0;  // false: that is enough
  };
  virtual ~ByteCells() = default;
  // Restored cells of another form are rewritten here and now (flink-semantics 5.4). Throws as HeapTables::add_table.
  virtual StateSlot register_state(const StateRegistration& state) = 0;
  virtual bool get(const Place& place, Bytes& value) = 0;  // false: empty, `value` is unspecified
  virtual void put(const Place& place, BytesView value) = 0;
  virtual void append(StateSlot state, BytesView bytes) = 0;  // to the cell, empty or not, without reading it (ST-4)
  virtual void remove(const Place& place) = 0;
  // The entries of the current map, in an order of the backend's own. Nothing may be changed meanwhile.
  virtual void each_entry(StateSlot state, EntryVisitor& visitor) = 0;
};

// Errors of the user's job that end the attempt: they throw OperatorFailure.
[[noreturn]] void fail_registered_twice(const StateMeta& first, const StateMeta& second);
[[noreturn]] void fail_state_type(const std::string& state_name);
[[noreturn]] void fail_key_type();  // a restored key that does not decode
[[noreturn]] void fail_ttl(const std::string& state_name);
[[noreturn]] void fail_null(const std::string& state_name, const char* call);
[[noreturn]] void fail_empty_element(const std::string& state_name);  // ST-4: elements must be self-delimiting

class Changelog;
class MergedFiles;

// What a snapshot is for, and so what it may share (SN-16).
enum class SnapshotKind : std::uint8_t {
  Checkpoint,       // as the backend is set up; if native, with files of confirmed checkpoints used again
  FullCheckpoint,   // the first one after a NO_CLAIM restore: uses no file again, lends its own
  NativeSavepoint,  // in files of the backend, if it has any, that nobody else ever uses (SP-4)
  Canonical,        // in the one form that every backend reads, whatever this one is set up for
};
constexpr bool is_checkpoint(SnapshotKind kind) { return kind <= SnapshotKind::FullCheckpoint; }
struct SnapshotRequest {
  CheckpointId checkpoint;
  SnapshotKind kind = SnapshotKind::Checkpoint;
  const MergedFiles* merged = nullptr;  // which has a say in what may be referred to again (SH-15)
};

// Several files: RocksDB's own (SN-12) or a changelog's (SN-20). Fixed by the sync part, read in the async part.
class NativeSnapshot {
 public:
  struct File {
    std::string name;  // of the backend's; unique within the snapshot
    Bytes content;
  };
  struct Content {
    std::string backend;             // identity of the backend, not of the attempt (SN-18)
    Bytes joint;                     // what joins the files
    std::vector<SharedFile> reused;  // placeholders (SN-13), and files that are durable by themselves (SN-24)
    std::vector<File> shared;        // to be uploaded, each under a path of its own (SN-14), for later snapshots too
    std::vector<File> exclusive;     // to be uploaded for this snapshot alone
  };
  // A file of the local disk that holds a shared file of the snapshot.
  struct Linked {
    std::string name;  // of the backend's
    std::string path;
  };
  virtual ~NativeSnapshot() = default;
  // All shared files, those used again too, if the backend keeps them for local copies; valid while the snapshot lives.
  virtual const std::vector<Linked>& linked() const = 0;
  // Once. Throws OperatorFailure when the local files cannot be read.
  virtual Content read() = 0;
  // Everything is durable and about to be acknowledged; `shared` has the reused files too.
  virtual void uploaded(const std::vector<SharedFile>& shared) = 0;
};

// The sync part of a snapshot fixed the content; `write` is the async part and may run later in virtual time while the
// operator goes on writing (SN-2). Bytes are self-describing for `KeyedStateBackend::restore`. Several may be open at
// once; destroyed without being written is fine, and a destroyed one costs nothing any more (SN-9).
class PendingStateSnapshot {
 public:
  virtual ~PendingStateSnapshot() = default;
  virtual Bytes write() = 0;
  // Not null: the snapshot consists of files, and `write` must not be called.
  virtual NativeSnapshot* native() { return nullptr; }
};

// A key and where it belongs.
struct StateKey {
  Bytes key;  // serialized
  KeyGroup group;
  friend auto operator<=>(const StateKey&, const StateKey&) = default;
};

// Working keyed state of one operator of one attempt; dies with it.
class KeyedStateBackend {
 public:
  // Without a clock time stands still, which pins what has a time to live (ST-17).
  explicit KeyedStateBackend(KeyGroupRange range, const Clock* clock = nullptr) : range_(range), clock_(clock) {}
  virtual ~KeyedStateBackend() = default;
  KeyedStateBackend(const KeyedStateBackend&) = delete;
  KeyedStateBackend& operator=(const KeyedStateBackend&) = delete;

  // `key` is the serialized key, `group` its key group, which the backend's range must contain. Called for every
  // record, so what it calls is kept inside it.
  [[gnu::flatten]] void set_current_key(BytesView key, KeyGroup group) {
    WEIR_ASSERT(range_.contains(group), "a record reached a subtask that does not own its key group");
    address_.clear();
    address_.append(key);
    key_hash_ = hash_bytes(key);
    key_ = {address_, static_cast<std::uint32_t>(key.size()), group, key_hash_, key_.turn + 1};
    if (!namespace_.empty()) [[unlikely]]
      append_namespace();
  }
  // Of user code it is VoidNamespace, which is empty here; of a window operator the window. Stays when the key changes.
  void set_current_namespace(BytesView name_space);
  BytesView current_namespace() const { return namespace_; }
  Time now() const { return clock_ != nullptr ? clock_->now() : Time{}; }

  // The schema of the operator's keys. Throws OperatorFailure when restored keys are of another (ST-18).
  void use_key_schema(std::string schema);

  // Sync part, for the whole range. The result must not be written when the backend is gone.
  virtual std::unique_ptr<PendingStateSnapshot> snapshot(const SnapshotRequest& request) = 0;
  std::unique_ptr<PendingStateSnapshot> snapshot(CheckpointId checkpoint) {
    return snapshot(SnapshotRequest{checkpoint});
  }
  // Adds the cells of `snapshot` whose key group lies in this backend's range (RS-4). States are matched by name.
  // Called before any state is registered or afterwards, but not while a snapshot is open; unknown states are kept for
  // later registration (ST-6). Bytes that are not a whole, intact snapshot are named in the status and nothing of them
  // is added.
  virtual Status restore(BytesView snapshot) = 0;
  // The same from native snapshots, at most once; `base` is the checkpoint they are of if later snapshots may refer to
  // its shared files, else 0 (SN-16). The status names the file that is missing, damaged or of another backend, and
  // nothing of its snapshot is added then.
  virtual Status restore_native(const std::vector<KeyedStateHandle>& handles, const RestoreFiles& files,
                                CheckpointId base);
  // The same from changelog snapshots, with a changelog of its own or without (SN-23). With a base the log goes on from
  // there.
  Status restore_changelog(const std::vector<KeyedStateHandle>& handles, const RestoreFiles& files, CheckpointId base);
  // SN-15
  virtual void notify_checkpoint_complete(CheckpointId) {}
  virtual void notify_checkpoint_subsumed(CheckpointId) {}
  virtual void notify_checkpoint_aborted(CheckpointId) {}
  // Order-independent digest of every cell in `range`: sum over cells of
  // combine(hash(state name), combine(hash(key), hash(serialized value))). With a namespace the key's hash is
  // combine(hash(key), hash(namespace)); an entry of a map counts as a cell whose key's hash is combined with that of
  // the user key. States with a time to live are left out: a replay legitimately differs in them (ST-17). Equal
  // content, equal digest, any backend.
  virtual std::uint64_t digest(KeyGroupRange range) = 0;
  // Keys that have a cell in that state and namespace, ascending; a copy, so the state may change under
  // it (ST-5). Empty for a state that is not registered.
  virtual std::vector<StateKey> get_keys(BytesView state_name, BytesView name_space) = 0;

  // Exactly one of the two is non-null.
  virtual HeapTables* tables() { return nullptr; }
  virtual ByteCells* cells() { return nullptr; }
  virtual Changelog* changelog() { return nullptr; }  // null: it keeps none

 protected:
  KeyGroupRange range() const { return range_; }
  const CurrentKey& current_key() const { return key_; }
  // For snapshots: of this program, else as it was restored.
  const std::string& key_schema() const { return key_schema_.empty() ? restored_key_schema_ : key_schema_; }
  // Of a snapshot about to be restored.
  Status check_key_schema(BytesView written);
  void note_key_schema(BytesView written) {
    if (!written.empty()) restored_key_schema_.assign(written);
  }

 private:
  void append_namespace();  // to the address, which is the key only

  KeyGroupRange range_;
  const Clock* clock_;
  CurrentKey key_;
  std::uint64_t key_hash_ = 0;
  ByteBuffer address_;
  Bytes namespace_;
  std::string key_schema_;
  std::string restored_key_schema_;
};

// Sets a namespace for the time it lives.
class NamespaceScope {
 public:
  explicit NamespaceScope(KeyedStateBackend& backend) : backend_(backend), before_(backend.current_namespace()) {}
  NamespaceScope(KeyedStateBackend& backend, BytesView name_space) : NamespaceScope(backend) {
    backend_.set_current_namespace(name_space);
  }
  ~NamespaceScope() { backend_.set_current_namespace(before_); }
  NamespaceScope(const NamespaceScope&) = delete;
  NamespaceScope& operator=(const NamespaceScope&) = delete;

 private:
  KeyedStateBackend& backend_;
  Bytes before_;
};

// ST-5: calls f(key, state) with each key of `state` in `name_space` as the current key. Within it the state may be
// changed through `state`; afterwards the last key stays current.
template <class K, class State, class F>
void apply_to_all_keys(KeyedStateBackend& backend, BytesView name_space, State& state, F f) {
  const NamespaceScope scope(backend);
  for (const StateKey& at : backend.get_keys(state.name(), name_space)) {
    K key{};
    if (!deserialize(BytesView(at.key), key)) fail_key_type();
    backend.set_current_namespace(name_space);
    backend.set_current_key(at.key, at.group);
    f(key, state);
  }
}

}  // namespace weir::engine
