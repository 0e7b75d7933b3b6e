#include "task/local_copy.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

std::string hex(std::uint64_t value) {
  std::string out(16, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, value >>= 4) *digit = "0123456789abcdef"[value & 0xF];
  return out;
}

void clear_placeholders(SubtaskState& state) {
  for (SubtaskState::Operator& op : state.operators) {
    for (KeyedStateHandle& handle : op.state.managed_keyed) {
      for (SharedFile& file : handle.shared) file.placeholder = false;
    }
  }
}

class Writer {
 public:
  Writer(LocalDisk& disk, const DefectSet& defects, const PlacedSnapshot& placed, const std::string& directory)
      : disk_(disk), defects_(defects), placed_(placed), directory_(directory) {
    for (const StateFile& file : placed.files) contents_.emplace(file.path, file.content);
  }

  Result<LocalCopy> write(CheckpointId checkpoint) {
    copy_.checkpoint = checkpoint;
    copy_.state = placed_.state;
    clear_placeholders(copy_.state);
    for (std::size_t i = 0; i < placed_.state.operators.size(); ++i) write_operator(i);
    if (status_.ok()) status_ = disk_.sync_directory(directory_);
    if (!status_.ok()) return status_;
    return std::move(copy_);
  }

 private:
  void write_operator(std::size_t op) {
    const SubtaskState::Operator& written = placed_.state.operators[op];
    const OperatorSubtaskState& state = written.state;
    for (const KeyedStateHandle& handle : state.managed_keyed) write_keyed(op, handle);
    for (const KeyedStateHandle& handle : state.raw_keyed) write_alone(written.id, "raw-keyed", handle.state);
    for (const OperatorStateHandle& handle : state.managed_operator) write_alone(written.id, "operator", handle.state);
    for (const OperatorStateHandle& handle : state.raw_operator) write_alone(written.id, "raw-operator", handle.state);
  }
  void write_keyed(std::size_t op, const KeyedStateHandle& handle) {
    if (!handle.native()) return write_alone(placed_.state.operators[op].id, "keyed", handle.state);
    const std::string directory = make(placed_.state.operators[op].id, "keyed");
    put(directory, "state", handle.state);
    for (const PrivateFile& file : handle.private_files) put(directory, file.name, file.state);
    for (const SharedFile& file : handle.shared) link(directory, file, linked(op));
    sync(directory);
  }
  void write_alone(OperatorId op, const char* kind, const StateHandle& handle) {
    const std::string directory = make(op, kind);
    put(directory, "state", handle);
    sync(directory);
  }

  // Anew, in case something was left of it. SN-19: two operators of a chain, or two kinds of state, never have one.
  std::string make(OperatorId op, const char* kind) {
    const bool shared = defects_.has(Defect::ShareLocalDirectory);
    std::string path = directory_ + "/" + (shared ? std::string() : hex(op.value) + "-") + kind;
    if (status_.ok() && disk_.exists(path)) status_ = disk_.remove_directory(path);
    if (status_.ok()) status_ = disk_.make_directory(path);
    return path;
  }
  void sync(const std::string& directory) {
    if (status_.ok()) status_ = disk_.sync_directory(directory);
  }
  // What is inlined travels with the handle.
  void put(const std::string& directory, const std::string& name, const StateHandle& handle) {
    if (!handle.in_file() || !status_.ok()) return;
    const std::string path = directory + "/" + name;
    const BytesView content = contents_.at(handle.path);
    status_ = disk_.create(path);
    if (status_.ok()) status_ = disk_.append(path, content);
    if (status_.ok()) status_ = disk_.sync(path);
    note(handle.path, path, content);
  }
  const std::vector<NativeSnapshot::Linked>& linked(std::size_t op) const {
    const auto native = std::find_if(placed_.natives.begin(), placed_.natives.end(),
                                     [&](const PlacedSnapshot::Native& n) { return n.op == op; });
    return native->snapshot->native()->linked();
  }
  void link(const std::string& directory, const SharedFile& file, const std::vector<NativeSnapshot::Linked>& tables) {
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const auto& t) { return t.name == file.name; });
    if (!status_.ok()) return;
    if (table == tables.end()) {
      status_ = Status(StatusCode::NotFound, "the snapshot keeps no " + file.name);
      return;
    }
    const std::string path = directory + "/" + file.name;
    status_ = disk_.link(table->path, path);
    if (!status_.ok()) return;
    const Result<BytesView> bytes = disk_.read(path);
    status_ = bytes.status();
    if (bytes.ok()) note(file.path, path, bytes.value());
  }
  void note(const std::string& remote, const std::string& path, BytesView content) {
    copy_.files[remote] = path;
    copy_.seals[path] = {content.size(), hash_bytes(content)};
  }

  LocalDisk& disk_;
  const DefectSet& defects_;
  const PlacedSnapshot& placed_;
  const std::string& directory_;
  std::map<std::string, BytesView> contents_;  // by path in checkpoint storage
  LocalCopy copy_;
  Status status_;
};

}  // namespace

Status make_directories(LocalDisk& disk, const std::string& path) {
  std::string parent;
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string directory = path.substr(0, end);
    if (!disk.exists(directory)) {
      if (Status s = disk.make_directory(directory); !s.ok()) return s;
      if (Status s = disk.sync_directory(parent); !s.ok()) return s;
    }
    if (end == std::string::npos) return {};
    parent = directory;
  }
}

Result<LocalCopy> write_local_copy(LocalDisk& disk, const DefectSet& defects, CheckpointId checkpoint,
                                   const PlacedSnapshot& placed, const std::string& directory) {
  if (Status s = make_directories(disk, directory); !s.ok()) return s;
  return Writer(disk, defects, placed, directory).write(checkpoint);
}

}  // namespace weir::engine
