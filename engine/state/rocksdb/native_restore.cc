#include "state/rocksdb/native_restore.h"

#include <algorithm>

#include "state/rocksdb/canonical_snapshots.h"
#include "weir/engine/hash.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

constexpr char kReadingDirectory[] = "reading";

struct Source {
  std::string place;  // in messages
  Result<BytesView> bytes;
};

Source source_of(const StateHandle& state, const std::string& name, const RestoreFiles& files) {
  if (state.in_file()) return {state.path, files.read(state.path)};
  return {"the inlined file " + name, BytesView(state.inlined)};
}

// Whoever offers a copy has checked it; its session id makes it differ from what was uploaded.
const std::string* copy_of_table(const KeyedStateHandle& handle, const std::string& name, const RestoreFiles& files) {
  const auto table =
      std::find_if(handle.shared.begin(), handle.shared.end(), [&](const auto& file) { return file.name == name; });
  return table != handle.shared.end() ? files.copy_of(table->path) : nullptr;
}

Source find(const KeyedStateHandle& handle, const std::string& name, const RestoreFiles& files) {
  const auto named = [&](const auto& file) { return file.name == name; };
  const auto shared = std::find_if(handle.shared.begin(), handle.shared.end(), named);
  if (shared != handle.shared.end()) return {shared->path, files.read(shared->path)};
  const auto own = std::find_if(handle.private_files.begin(), handle.private_files.end(), named);
  if (own != handle.private_files.end()) return source_of(own->state, name, files);
  return {name, Status(StatusCode::NotFound, "no file of the handle has this name")};
}

Status put(LocalDisk& disk, const std::string& path, BytesView bytes) {
  if (Status s = disk.create(path); !s.ok()) return s;
  if (Status s = disk.append(path, bytes); !s.ok()) return s;
  return disk.sync(path);
}

Status make_anew(LocalDisk& disk, const std::string& directory) {
  if (disk.exists(directory)) {
    if (Status s = disk.remove_directory(directory); !s.ok()) return s;
  }
  return disk.make_directory(directory);
}

}  // namespace

Result<NativeJoint> read_joint(const KeyedStateHandle& handle, const RestoreFiles& files) {
  const Source source = source_of(handle.state, "that joins a snapshot", files);
  if (!source.bytes.ok()) return Status(source.bytes.status().code(), source.place + " is missing");
  Result<NativeJoint> joint = decode_joint(source.bytes.value());
  if (joint.ok()) return joint;
  return Status(joint.status().code(), source.place + ": " + joint.status().message());
}

Status download(const KeyedStateHandle& handle, const NativeJoint& joint, const RestoreFiles& files, LocalDisk& disk,
                const std::string& directory) {
  if (Status s = make_anew(disk, directory); !s.ok()) return s;
  for (const SealedFile& file : joint.files) {
    if (const std::string* const copy = copy_of_table(handle, file.name, files)) {
      if (Status s = disk.link(*copy, directory + "/" + file.name); !s.ok()) return s;
      continue;
    }
    const Source source = find(handle, file.name, files);
    if (Status s = check_seal(file, source.place, source.bytes); !s.ok()) return s;
    if (Status s = put(disk, directory + "/" + file.name, source.bytes.value()); !s.ok()) return s;
  }
  return disk.sync_directory(directory);
}

// What the database queues is never run.
Bytes read_cells(const NativeJoint& joint, const std::string& directory, LocalDisk& disk, const Clock& clock,
                 KeyGroupRange range) {
  struct NoExecutor final : BackgroundExecutor {
    void background_job_queued() override {}
  } nobody;
  RocksStore store(disk, clock, nobody, directory, names_of(joint.states));
  const CellKeys keys(joint.max_parallelism);
  RocksStates states(store, keys, joint.states);
  return canonical(states, states.all(), nullptr, range, joint.key_schema, clock.now());
}

// A removed entry is gone for good, and its memory with it, when its directory is synced.
NativeReading::~NativeReading() {
  static_cast<void>(disk_.remove_directory(kReadingDirectory));
  static_cast<void>(disk_.sync_directory(""));
}

Status NativeReading::begin(BytesView joint, std::uint32_t max_parallelism) {
  Result<NativeJoint> decoded = decode_joint(joint);
  if (!decoded.ok()) return decoded.status();
  if (Status s = check_max_parallelism(decoded.value(), max_parallelism); !s.ok()) return s;
  joint_ = std::move(decoded).value();
  for (const SealedFile& file : joint_.files) missing_.insert(file.name);
  return make_anew(disk_, kReadingDirectory);
}

Status NativeReading::add(const std::string& name, BytesView content) {
  const auto file =
      std::find_if(joint_.files.begin(), joint_.files.end(), [&](const auto& other) { return other.name == name; });
  if (file == joint_.files.end()) return {};
  if (Status s = check_seal(*file, name, content); !s.ok()) return s;
  missing_.erase(name);
  return put(disk_, std::string(kReadingDirectory) + "/" + name, content);
}

Result<Bytes> NativeReading::cells(KeyGroupRange range) {
  struct NoTime final : Clock {
    Time now() const override { return Time{}; }
  } const clock;
  if (!missing_.empty()) return Status(StatusCode::Corrupt, "its file " + *missing_.begin() + " is not in the handle");
  try {
    return read_cells(joint_, kReadingDirectory, disk_, clock, range);
  } catch (const OperatorFailure& failure) {
    return Status(StatusCode::Corrupt, failure.message);
  }
}

}  // namespace weir::engine
