#include "inspect/checkpoint_directory.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

#include "weir/engine/file_segment.h"
#include "weir/engine/processes.h"
#include "weir/sim/scratch_disk.h"

namespace weir::reports {
namespace {

namespace fs = std::filesystem;
using engine::Bytes;
using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr char kMetadata[] = "_metadata";
constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;

Status unreadable(const std::string& why) { return {StatusCode::NotFound, why}; }

// What is wrong does not name the path; who asks adds it.
Result<Bytes> read_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status kind = fs::status(path, error);
  if (kind.type() == fs::file_type::not_found) return unreadable("does not exist");
  if (error) return unreadable("cannot be looked at: " + error.message());
  if (!fs::is_regular_file(kind)) return unreadable("is not a regular file");
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > kLargest) return unreadable(error ? error.message() : "is larger than 1 GiB");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  Bytes bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (in && in.gcount() == static_cast<std::streamsize>(size)) return bytes;
  return unreadable("cannot be read: " + std::error_code(errno == 0 ? EIO : errno, std::generic_category()).message());
}

// The files of one checkpoint. Its own directory, "chk-3" or "job-2/chk-3" in handles, may have been moved or renamed.
class DiskFiles final : public engine::SnapshotFiles {
 public:
  explicit DiskFiles(fs::path directory) : directory_(std::move(directory)) {}
  void set_own_name(std::string name) { own_name_ = std::move(name); }

  Result<Bytes> read(const std::string& path) override {
    const fs::path asked(path);
    if (asked.is_absolute() || std::find(asked.begin(), asked.end(), "..") != asked.end()) {
      return Status(StatusCode::Corrupt, "leads out of the directory of checkpoints");
    }
    const auto segment = engine::as_segment(path);
    if (!segment) return read_file(place(path));
    Result<Bytes> file = read_file(place(segment->file));
    if (!file.ok()) return file;
    const Result<engine::BytesView> part = engine::part_of(file.value(), *segment);
    return part.ok() ? Result<Bytes>(Bytes(part.value())) : part.status();
  }
  // A location as well (SH-15).
  fs::path place(const std::string& path) const {
    if (auto segment = engine::as_segment(path)) {
      segment->file = place(segment->file).string();
      return engine::location_of(*segment);
    }
    const fs::path asked(path);
    auto part = asked.begin();
    if (part != asked.end() && part->string().rfind("job-", 0) == 0) ++part;
    if (part != asked.end() && *part == own_name_) {
      fs::path own = directory_;
      for (++part; part != asked.end(); ++part) own /= *part;
      return own.lexically_normal();
    }
    std::error_code error;
    for (const char* up : {"..", "../.."}) {  // the job's directory, and that of the run's first job
      fs::path there = (directory_ / up / asked).lexically_normal();
      if (fs::exists(there, error)) return there;
    }
    return (directory_ / ".." / asked).lexically_normal();
  }

 private:
  fs::path directory_;
  std::string own_name_;
};

std::vector<fs::path> directories_in(const fs::path& path, std::error_code& error) {
  std::vector<fs::path> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    std::error_code ignored;
    if (entry.is_directory(ignored)) all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

bool has_metadata(const fs::path& directory) {
  std::error_code error;
  return fs::exists(directory / kMetadata, error);
}

std::uint64_t size_on_disk(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

// The merged files of all checkpoints, which come ascending by id.
class MergedFiles {
 public:
  void add(const FoundCheckpoint& checkpoint) {
    for (const auto& [path, place] : checkpoint.places) {
      if (const auto segment = engine::as_segment(place)) add(checkpoint.name, engine::file_of(path), place, *segment);
    }
  }
  std::vector<MergedFile> take() {
    std::vector<MergedFile> all;
    for (auto& [place, file] : by_place_) all.push_back(std::move(file));
    return all;
  }

 private:
  void add(const std::string& user, const std::string& path, const std::string& place,
           const engine::FileSegment& segment) {
    const auto [at, fresh] = by_place_.try_emplace(segment.file, MergedFile{path, 0, 0, 0, {}});
    MergedFile& file = at->second;
    if (fresh) file.size = size_on_disk(segment.file);
    if (file.users.empty() || file.users.back() != user) file.users.push_back(user);
    if (!pieces_.insert(place).second) return;
    ++file.pieces;
    file.piece_bytes += segment.size;
  }

  std::map<std::string, MergedFile> by_place_;
  std::set<std::string> pieces_;  // places
};

class Opening {
 public:
  void add(const fs::path& directory, const fs::path& metadata) {
    const Result<Bytes> bytes = read_file(metadata);
    if (!bytes.ok()) return problem(metadata, bytes.status().message());
    DiskFiles files(directory);
    IdOnly id;
    const auto peeked = read_checkpoint(bytes.value(), id, *scratch_);
    if (!peeked.ok()) return problem(metadata, peeked.status().message());
    files.set_own_name(engine::checkpoint_directory({}, peeked.value().id, peeked.value().kind));
    auto content = read_checkpoint(bytes.value(), files, *scratch_);
    add(directory, metadata, files, std::move(content).value());
  }
  // Also those of further jobs of a run, which have directories of their own. False: none.
  bool add_all_in(const fs::path& path, std::error_code& error) {
    bool any = false;
    for (const fs::path& directory : directories_in(path, error)) {
      const std::string name = directory.filename().string();
      if (has_metadata(directory)) {
        add(directory, directory / kMetadata);
        any = true;
      } else if (name.rfind("chk-", 0) == 0) {
        found_.incomplete.push_back(name);
      } else if (name.rfind("job-", 0) == 0) {
        any = add_all_in(directory, error) || any;
      }
    }
    return any;
  }

  CheckpointDirectory take() {
    auto& all = found_.checkpoints;
    std::sort(all.begin(), all.end(), [](const FoundCheckpoint& a, const FoundCheckpoint& b) {
      return a.content.id != b.content.id ? a.content.id < b.content.id : a.name < b.name;
    });
    std::sort(found_.incomplete.begin(), found_.incomplete.end());
    MergedFiles merged;
    for (const FoundCheckpoint& checkpoint : all) {
      for (const auto& [path, place] : checkpoint.places) found_.users[place].push_back(checkpoint.name);
      merged.add(checkpoint);
    }
    found_.merged = merged.take();
    return std::move(found_);
  }

 private:
  struct IdOnly final : engine::SnapshotFiles {
    Result<Bytes> read(const std::string&) override { return unreadable("not asked for"); }
  };

  void add(const fs::path& directory, const fs::path& metadata, const DiskFiles& files,
           engine::SnapshotContent content) {
    FoundCheckpoint found{fs::weakly_canonical(directory).filename().string(), std::move(content), {}};
    for (const engine::SnapshotOperator& op : found.content.operators) {
      for (const engine::SnapshotPiece& piece : op.pieces) {
        if (!piece.path.empty()) found.places.emplace(piece.path, files.place(piece.path).string());
      }
    }
    for (const engine::SnapshotProblem& bad : found.content.problems) {
      if (bad.path.empty()) {
        problem(metadata, "a state in it: " + bad.reason);
      } else {
        problem(files.place(bad.path), bad.reason);
      }
    }
    found_.checkpoints.push_back(std::move(found));
  }
  // What several checkpoints refer to is told once.
  void problem(const fs::path& path, const std::string& reason) {
    const auto same = [&](const auto& other) { return other.path == path.string() && other.reason == reason; };
    if (std::any_of(found_.problems.begin(), found_.problems.end(), same)) return;
    found_.problems.push_back({path.string(), reason});
  }

  std::unique_ptr<engine::LocalDisk> scratch_ = sim::make_scratch_disk();
  CheckpointDirectory found_;
};

}  // namespace

std::size_t count_files(const FoundCheckpoint& checkpoint) {
  std::set<std::string> files;
  for (const auto& [path, place] : checkpoint.places) files.insert(engine::file_of(place));
  return files.size();
}

Result<CheckpointDirectory> open_checkpoints(const std::string& path) {
  std::error_code error;
  const fs::file_status kind = fs::status(path, error);
  if (kind.type() == fs::file_type::not_found) return unreadable(path + ": does not exist; check the path");
  Opening opening;
  if (!fs::is_directory(kind)) {
    const fs::path directory = fs::path(path).parent_path();
    opening.add(directory.empty() ? "." : directory, path);
    return opening.take();
  }
  if (has_metadata(path)) {
    opening.add(path, fs::path(path) / kMetadata);
    return opening.take();
  }
  const bool any = opening.add_all_in(path, error);
  if (error) return unreadable(path + ": cannot be listed: " + error.message());
  if (!any) {
    return unreadable(path + ": holds no checkpoint; name a directory with a " + kMetadata +
                      " in it, or one with such directories");
  }
  return opening.take();
}

}  // namespace weir::reports
