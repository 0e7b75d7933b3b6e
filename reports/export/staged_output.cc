#include "export/staged_output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
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

const char* remedy(const std::error_code& error) {
  if (error == std::errc::no_space_on_device) return "free some space, or name another place";
  const bool denied = error == std::errc::permission_denied || error == std::errc::operation_not_permitted ||
                      error == std::errc::read_only_file_system;
  return denied ? "name a place that you may write to" : "name another place";
}

Status cannot_write(const std::string& path, const std::error_code& error) {
  return refused(path, "cannot be written: " + error.message(), remedy(error));
}

std::error_code last_error() { return {errno == 0 ? EIO : errno, std::generic_category()}; }

// `shown` is the place as the user knows it.
Status write_plain(const std::string& path, const std::string& contents, const std::string& shown) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  out.close();
  return out ? Status() : cannot_write(shown, last_error());
}

std::string staging_beside(const std::string& path) { return path + ".weir-staging-" + std::to_string(getpid()); }

bool exists_as_something_else(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_regular_file(path, error);
}

bool is_report_file(const std::string& name) {
  return std::find(kReportFiles.begin(), kReportFiles.end(), name) != kReportFiles.end();
}

Status write_directory(const fs::path& directory, const Files& files, const fs::path& shown) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return cannot_write(shown.string(), error);
  for (const auto& [file, contents] : files) {
    fs::create_directories((directory / file).parent_path(), error);
    if (error) return cannot_write((shown / file).string(), error);
    Status status = write_plain((directory / file).string(), contents, (shown / file).string());
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
    if (error) status_ = cannot_write(root, error);
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
  if (error) return cannot_write(place.string(), error);
  fs::rename(fresh, place, error);
  if (!error) return {};
  std::error_code ignored;
  if (existed) fs::rename(aside, place, ignored);
  return cannot_write(place.string(), error);
}

}  // namespace

const DirectoryKind kReportDirectory{"a report of weir", is_report_file};

DirectoryPlace place_of(const std::string& directory) {
  fs::path path = fs::path(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "out/" is "out"
  return {path.has_parent_path() ? path.parent_path().string() : ".", path.filename().string()};
}

Status StagedReports::open() const {
  std::error_code error;
  fs::create_directories(root_, error);
  if (error) return cannot_write(root_, error);
  return Staging(root_).status();
}

Status StagedReports::accepts(const std::string& name) const {
  const fs::path place = fs::path(root_) / name;
  std::error_code error;
  if (!fs::exists(place, error)) return {};
  if (!fs::is_directory(place, error)) {
    return refused(place.string(), "a file is in the place of the directory", "move it away, or name another place");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(place, error)) {
    const std::string held = entry.path().filename().string();
    if (kind_->entry(held)) continue;
    return refused(place.string(), "holds '" + held + "', which is not of " + kind_->owner,
                   "move it away, or name another directory");
  }
  return error ? cannot_write(place.string(), error) : Status();
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
    status = write_directory(staging.path() / at->first, at->second, fs::path(root_) / at->first);
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
  if (exists_as_something_else(path)) return {};
  const std::string beside = staging_beside(path);
  Status status = write_plain(beside, "", path);
  std::error_code ignored;
  fs::remove(beside, ignored);
  return status;
}

Status write_file(const std::string& path, const std::string& contents) {
  std::error_code error;
  if (fs::is_directory(path, error)) return refused(path, "is a directory", "name a file");
  if (exists_as_something_else(path)) return write_plain(path, contents, path);
  const std::string beside = staging_beside(path);
  Status status = write_plain(beside, contents, path);
  if (status.ok()) {
    fs::rename(beside, path, error);
    if (!error) return {};
    status = cannot_write(path, error);
  }
  std::error_code ignored;
  fs::remove(beside, ignored);
  return status;
}

}  // namespace weir::reports
