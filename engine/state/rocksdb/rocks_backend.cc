#include "state/rocksdb/rocks_backend.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "state/changelog/changelog.h"
#include "state/changelog/logged_cells.h"
#include "state/keyed_snapshot.h"
#include "state/rocksdb/canonical_snapshots.h"
#include "state/rocksdb/native_restore.h"
#include "state/rocksdb/native_snapshots.h"
#include "state/rocksdb/rocks_cells.h"
#include "state/rocksdb/working_directory.h"

namespace weir::engine {
namespace {

class RocksBackend final : public KeyedStateBackend, public ByteCells, public BackgroundWork, private LoggedState {
 public:
  explicit RocksBackend(const BackendRequest& request)
      : KeyedStateBackend(request.range, &request.environment.clock),
        clock_(request.environment.clock),
        disk_(request.environment.disks.of(request.process)),
        executor_(request.background),
        max_parallelism_(request.max_parallelism),
        incremental_(request.incremental),
        directory_(make_working_directory(request)),
        keys_(request.max_parallelism),
        native_(request.environment, disk_, directory_, directory_.substr(directory_.rfind('/') + 1),
                request.keeps_linked) {
    open({});
    if (!request.changelog) return;
    logged_.emplace(static_cast<ByteCells&>(*this), current_key());
    changelog_.emplace(static_cast<LoggedState&>(*this), request.range);
  }
  ~RocksBackend() override;

  bool run_one() override { return store_->work().run_one(); }

  std::unique_ptr<PendingStateSnapshot> snapshot(const SnapshotRequest& request) override;
  Status restore(BytesView snapshot) override;
  Status restore_native(const std::vector<KeyedStateHandle>& handles, const RestoreFiles& files,
                        CheckpointId base) override;
  void notify_checkpoint_complete(CheckpointId checkpoint) override {
    native_.notify_complete(checkpoint);
    if (changelog_) changelog_->notify_complete(checkpoint);
  }
  void notify_checkpoint_aborted(CheckpointId checkpoint) override {
    native_.notify_aborted(checkpoint);
    if (changelog_) changelog_->notify_aborted(checkpoint);
  }
  std::uint64_t digest(KeyGroupRange wanted) override { return states_->digest(wanted); }
  std::vector<StateKey> get_keys(BytesView state_name, BytesView name_space) override {
    return states_->keys_of(state_name, name_space, range());
  }
  ByteCells* cells() override { return logged_ ? static_cast<ByteCells*>(&*logged_) : this; }
  Changelog* changelog() override { return changelog_ ? &*changelog_ : nullptr; }

  StateSlot register_state(const StateRegistration& state) override {
    return StateSlot{states_->register_state(state, range(), now()).value};
  }
  bool get(const Place& place, Bytes& value) override {
    return store_->get(family(place.state), address(place), value);
  }
  void put(const Place& place, BytesView value) override { store_->put(family(place.state), address(place), value); }
  void append(StateSlot state, BytesView bytes) override { store_->append(family(state), address({state}), bytes); }
  void remove(const Place& place) override { store_->remove(family(place.state), address(place)); }
  void each_entry(StateSlot state, EntryVisitor& visitor) override;

 private:
  // A state, its slot and its column family have the same number.
  static FamilyIndex family(StateSlot slot) { return {slot.value}; }
  BytesView current_key_bytes() const { return current_key().address.substr(0, current_key().key_size); }
  BytesView address(const Place& place);
  void open(const std::vector<StateMeta>& states);
  bool takes_native(SnapshotKind kind) const {
    return kind == SnapshotKind::NativeSavepoint || (incremental_ && kind != SnapshotKind::Canonical);
  }
  std::unique_ptr<PendingStateSnapshot> whole() override;
  Bytes cut() override;
  std::vector<StateMeta> states() const override;
  NativeJoint joint() const;
  Status check_joint(const NativeJoint& joint);
  Status adopt(const NativeJoint& joint, const std::string& staging);
  Status copy(const NativeJoint& joint, const std::string& staging, KeyGroupRange wanted);

  const Clock& clock_;
  LocalDisk& disk_;
  BackgroundExecutor& executor_;
  std::uint32_t max_parallelism_;
  bool incremental_;
  std::string directory_;
  CellKeys keys_;
  Bytes current_;                   // composite key of the current cell
  std::uint64_t encoded_turn_ = 0;  // the current key's when `current_` is of it
  Bytes entry_;                     // composite key of an entry of the current map
  std::optional<RocksStore> store_;
  std::optional<RocksStates> states_;
  NativeSnapshots native_;
  CanonicalSnapshots open_snapshots_;
  std::optional<LoggedCells> logged_;
  std::optional<Changelog> changelog_;
};

// Giving a pin back may queue a compaction, so the executor is let go first.
RocksBackend::~RocksBackend() {
  store_->disconnect();
  open_snapshots_.release_all();
}

BytesView RocksBackend::address(const Place& place) {
  const CurrentKey& key = current_key();
  WEIR_ASSERT(key.turn != 0, "keyed state is used without a current key");
  if (place.user_key) {
    keys_.encode_entry(key.group, current_key_bytes(), current_namespace(), *place.user_key, entry_);
    return entry_;
  }
  if (encoded_turn_ != key.turn) {
    keys_.encode(key.group, current_key_bytes(), current_namespace(), current_);
    encoded_turn_ = key.turn;
  }
  return current_;
}

void RocksBackend::each_entry(StateSlot state, EntryVisitor& visitor) {
  const CurrentKey& key = current_key();
  WEIR_ASSERT(key.turn != 0, "keyed state is used without a current key");
  Bytes stem;
  keys_.encode_stem(key.group, current_key_bytes(), current_namespace(), stem);
  states_->each_entry(family(state), stem, [&](const CellKeys::Parts& at, BytesView value) {
    const bool ours = at.key == current_key_bytes() && at.name_space == current_namespace();
    return !ours || visitor.entry(at.user_key, value);
  });
}

void RocksBackend::open(const std::vector<StateMeta>& states) {
  store_.emplace(disk_, clock_, executor_, directory_, names_of(states));
  states_.emplace(*store_, keys_, states);
}

// The flush gives the tree its shape at points that the run decides, and never by the size of a memtable. A native
// snapshot waits for it (SN-12).
std::unique_ptr<PendingStateSnapshot> RocksBackend::snapshot(const SnapshotRequest& request) {
  if (changelog_ && is_checkpoint(request.kind)) return changelog_->take(request);
  if (takes_native(request.kind)) {
    store_->flush();
    return native_.take(request, *store_, joint());
  }
  return whole();
}

std::unique_ptr<PendingStateSnapshot> RocksBackend::whole() {
  auto pending = open_snapshots_.take(*store_, *states_, range(), key_schema(), now());
  store_->request_flush();
  return pending;
}

Bytes RocksBackend::cut() {
  ChangeSet& changes = logged_->changes();
  Bytes segment = changes.empty() ? Bytes() : changes.encode(range(), key_schema(), states());
  changes.clear();
  return segment;
}

std::vector<StateMeta> RocksBackend::states() const {
  std::vector<StateMeta> metas;
  for (const RocksStates::State& state : states_->all()) metas.push_back(state.meta);
  return metas;
}

NativeJoint RocksBackend::joint() const { return {{}, range(), max_parallelism_, key_schema(), states(), {}}; }

Status RocksBackend::restore(BytesView snapshot) {
  KeyedSnapshotContent content;
  if (Status s = parse_keyed_snapshot(snapshot, range(), content); !s.ok()) return s;
  if (Status s = check_key_schema(content.key_schema); !s.ok()) return s;
  note_key_schema(content.key_schema);
  if (changelog_) changelog_->lose_base();
  return states_->restore(content, now());
}

// SN-18: one handle of the whole range goes on as it is; otherwise the cells are copied into this database, which keeps
// its own name.
Status RocksBackend::restore_native(const std::vector<KeyedStateHandle>& handles, const RestoreFiles& files,
                                    CheckpointId base) {
  if (changelog_) changelog_->lose_base();
  for (const KeyedStateHandle& handle : handles) {
    const Result<NativeJoint> joint = read_joint(handle, files);
    if (!joint.ok()) return joint.status();
    if (Status s = check_joint(joint.value()); !s.ok()) return s;
    const std::string staging = directory_ + "-restore";
    if (Status s = download(handle, joint.value(), files, disk_, staging); !s.ok()) return s;
    const bool whole = handles.size() == 1 && joint.value().range == range() && handle.range == range();
    const bool untouched = states_->all().empty() && open_snapshots_.none();
    Status status = whole && untouched ? adopt(joint.value(), staging) : copy(joint.value(), staging, handle.range);
    if (!status.ok()) return status;
    if (whole && untouched) native_.restored(joint.value(), handle.shared, base);
  }
  return {};
}

Status RocksBackend::check_joint(const NativeJoint& joint) {
  const Status status = check_max_parallelism(joint, max_parallelism_);
  return status.ok() ? check_key_schema(joint.key_schema) : status;
}

Status RocksBackend::adopt(const NativeJoint& joint, const std::string& staging) {
  states_.reset();
  store_.reset();
  if (Status s = disk_.remove_directory(directory_); !s.ok()) return s;
  if (Status s = disk_.rename(staging, directory_); !s.ok()) return s;
  open(joint.states);
  note_key_schema(joint.key_schema);
  return {};
}

Status RocksBackend::copy(const NativeJoint& joint, const std::string& staging, KeyGroupRange wanted) {
  const Bytes cells = read_cells(joint, staging, disk_, clock_, wanted);
  if (Status s = disk_.remove_directory(staging); !s.ok()) return s;
  return restore(cells);
}

}  // namespace

Backend make_rocks_backend(const BackendRequest& request) {
  auto backend = std::make_unique<RocksBackend>(request);
  BackgroundWork* const work = backend.get();
  return {std::move(backend), work};
}

}  // namespace weir::engine
