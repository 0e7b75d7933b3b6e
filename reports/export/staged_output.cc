#include "export/staged_output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace weir::reports {
namespace {

namespace fs = std::filesystem;
using engine::Status;
using engine::StatusCode;

constexpr std::array<std::string_view, 6> kReportFiles{"report.html", "report.json",    "report.txt",
                                                       "spec.txt",    "space-time.svg", "job-graph.dot"};

Status refused(const std::string& path, const std::string& why, const std::string& remedy) {
  return {StatusCode::Unavailable, path + ": " + why + "; " + remedy};
}

Status cannot_write(const std::string& path, const std::string& why) {
  return refused(path, "cannot be written: " + why, "free some space, or name another place");
}

Status write_plain(const std::string& path, const std::string& contents) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  out.close();
  if (out) return {};
  return cannot_write(path, errno == 0 ? "the write failed" : std::strerror(errno));
}

bool is_report_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::find(kReportFiles.begin(), kReportFiles.end(), name) != kReportFiles.end();
}

Status write_directory(const fs::path& directory, const Files& files) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return cannot_write(directory.string(), error.message());
  for (const auto& [file, contents] : files) {
    Status status = write_plain((directory / file).string(), contents);
    if (!status.ok()) return status;
  }
  return {};
}

// A directory beside the reports, gone with its contents at the end.
class Staging {
 public:
  explicit Staging(const std::string& root) : path_(fs::path(root) / (".weir-staging-" + std::to_string(getpid()))) {
    std::error_code error;
    fs::remove_all(path_, error);
    fs::create_directory(path_, error);
    if (error) status_ = cannot_write(root, error.message());
  }
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  const fs::path& path() const { return path_; }
  const Status& status() const { return status_; }

 private:
  fs::path path_;
  Status status_;
};

// Old reports step aside first, so that a failing rename can be undone.
Status replace_directory(const fs::path& fresh, const fs::path& place, const fs::path& aside) {
  std::error_code error;
  const bool existed = fs::exists(place, error);
  if (existed) fs::rename(place, aside, error);
  if (error) return cannot_write(place.string(), error.message());
  fs::rename(fresh, place, error);
  if (!error) return {};
  std::error_code ignored;
  if (existed) fs::rename(aside, place, ignored);
  return cannot_write(place.string(), error.message());
}

}  // namespace

Status StagedReports::open() const {
  std::error_code error;
  fs::create_directories(root_, error);
  if (error) return cannot_write(root_, error.message());
  return Staging(root_).status();
}

Status StagedReports::accepts(const std::string& name) const {
  const fs::path place = fs::path(root_) / name;
  std::error_code error;
  if (!fs::exists(place, error)) return {};
  if (!fs::is_directory(place, error)) {
    return refused(place.string(), "a file is in the place of the report's directory",
                   "move it away, or name another place");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(place, error)) {
    if (is_report_file(entry.path())) continue;
    return refused(place.string(), "holds '" + entry.path().filename().string() + "', which is not of a report of weir",
                   "move it away, or name another directory");
  }
  return error ? cannot_write(place.string(), error.message()) : Status();
}

Status StagedReports::add(const std::string& name, Files files) {
  Status status = accepts(name);
  if (status.ok()) reports_.emplace_back(name, std::move(files));
  return status;
}

Status StagedReports::publish() const {
  const Staging staging(root_);
  Status status = staging.status();
  for (auto at = reports_.begin(); status.ok() && at != reports_.end(); ++at) {
    status = write_directory(staging.path() / at->first, at->second);
  }
  for (auto at = reports_.begin(); status.ok() && at != reports_.end(); ++at) {
    const std::string& name = at->first;
    status = replace_directory(staging.path() / name, fs::path(root_) / name, staging.path() / (name + ".old"));
  }
  return status;
}

Status writable(const std::string& path) {
  const fs::path parent = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  std::error_code error;
  if (fs::is_directory(path, error)) return refused(path, "is a directory", "name a file");
  if (!fs::is_directory(parent, error)) return refused(path, "its directory does not exist", "make it first");
  if (access(parent.c_str(), W_OK) != 0 && !fs::exists(path, error)) return cannot_write(path, std::strerror(errno));
  return {};
}

Status write_file(const std::string& path, const std::string& contents) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    if (fs::is_directory(path, error)) return refused(path, "is a directory", "name a file");
    return write_plain(path, contents);
  }
  const std::string beside = path + ".weir-staging-" + std::to_string(getpid());
  Status status = write_plain(beside, contents);
  if (status.ok()) {
    fs::rename(beside, path, error);
    if (!error) return {};
    status = cannot_write(path, error.message());
  }
  std::error_code ignored;
  fs::remove(beside, ignored);
  return status;
}

}  // namespace weir::reports
