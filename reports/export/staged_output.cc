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

StagedReports::~StagedReports() {
  std::error_code ignored;
  if (!staging_.empty()) fs::remove_all(staging_, ignored);
}

Status StagedReports::open() {
  std::error_code error;
  fs::create_directories(root_, error);
  if (error) return cannot_write(root_, error.message());
  const std::string wanted = (fs::path(root_) / (".weir-staging-" + std::to_string(getpid()))).string();
  fs::remove_all(wanted, error);
  error.clear();
  fs::create_directory(wanted, error);
  if (error) return cannot_write(root_, error.message());
  staging_ = wanted;
  return {};
}

Status StagedReports::accepts(const std::string& name) const {
  const fs::path place = fs::path(root_) / name;
  std::error_code error;
  if (!fs::exists(place, error)) return {};
  if (!fs::is_directory(place, error)) {
    return refused(place.string(), "a file is in the place of the report's directory", "move it away, or name another place");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(place, error)) {
    if (is_report_file(entry.path())) continue;
    return refused(place.string(), "holds '" + entry.path().filename().string() + "', which is not of a report of weir",
                   "move it away, or name another directory");
  }
  return error ? cannot_write(place.string(), error.message()) : Status();
}

Status StagedReports::add(const std::string& name, const Files& files) {
  WEIR_ASSERT(!staging_.empty(), "reports are staged in an open place");
  Status status = accepts(name);
  if (!status.ok()) return status;
  const fs::path directory = fs::path(staging_) / name;
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return cannot_write(root_, error.message());
  for (const auto& [file, contents] : files) {
    status = write_plain((directory / file).string(), contents);
    if (!status.ok()) return status;
  }
  names_.push_back(name);
  return {};
}

Status StagedReports::publish() {
  for (const std::string& name : names_) {
    Status status = replace_directory(fs::path(staging_) / name, fs::path(root_) / name, fs::path(staging_) / (name + ".old"));
    if (!status.ok()) return status;
  }
  names_.clear();
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
