#include "weir/engine/keyed_backend.h"

#include "state/changelog/changelog.h"
#include "state/changelog/replay.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

std::string key_mismatch(std::string_view written, std::string_view now) {
  return "keys were written as " + std::string(written) + " and the stream is now keyed by " + std::string(now) +
         "; keys cannot be migrated, because they decide where state lives: key by the type the state was written with";
}

// ST-18: even a migration that would be possible is refused.
bool same_keys(std::string_view written, std::string_view now) {
  if (written.empty() || now.empty()) return true;
  const Compatibility outcome = compare_schemas(written, now);
  return outcome == Compatibility::AsIs || outcome == Compatibility::Reconfigured;
}

}  // namespace

void KeyedStateBackend::set_current_namespace(BytesView name_space) {
  if (name_space == namespace_) return;
  namespace_.assign(name_space);
  if (key_.turn == 0) return;
  const Bytes key(key_.address.substr(0, key_.key_size));
  address_.clear();
  address_.append(key);
  append_namespace();
  ++key_.turn;
}

void KeyedStateBackend::append_namespace() {
  address_.append(namespace_);
  key_.address = address_;
  key_.hash = hash_address(key_hash_, namespace_);
}

void KeyedStateBackend::use_key_schema(std::string schema) {
  if (!same_keys(restored_key_schema_, schema)) {
    throw OperatorFailure{FailureCause::UserFunction, key_mismatch(restored_key_schema_, schema)};
  }
  key_schema_ = std::move(schema);
}

Status KeyedStateBackend::check_key_schema(BytesView written) {
  for (const std::string& known : {key_schema_, restored_key_schema_}) {
    if (!same_keys(written, known)) {
      return Status(StatusCode::Corrupt, "keyed snapshot: " + key_mismatch(written, known));
    }
  }
  return {};
}

Status KeyedStateBackend::restore_native(const std::vector<KeyedStateHandle>&, const RestoreFiles&, CheckpointId) {
  return Status(StatusCode::Invalid,
                "an incremental snapshot in files of RocksDB, which the heap backend cannot read: restore with "
                "state.backend rocksdb, or change the backend with a canonical savepoint");
}

Status KeyedStateBackend::restore_changelog(const std::vector<KeyedStateHandle>& handles, const RestoreFiles& files,
                                            CheckpointId base) {
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    const Result<BytesView> bytes = files.read(path);
    return bytes.ok() ? Result<Bytes>(Bytes(bytes.value())) : Result<Bytes>(bytes.status());
  };
  for (const KeyedStateHandle& handle : handles) {
    const Result<ReplayedLog> log = replay_changelog(handle, read);
    if (!log.ok()) return log.status();
    if (Status s = restore(log.value().snapshot); !s.ok()) return s;
    const bool alone = handles.size() == 1 && handle.range == range_ && log.value().manifest.range == range_;
    if (!alone || base == kNoCheckpoint || changelog() == nullptr) continue;
    changelog()->restored(log.value().manifest, log.value().states, handle.shared, base);
  }
  return {};
}

}  // namespace weir::engine
