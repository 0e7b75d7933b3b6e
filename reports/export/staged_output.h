#pragma once

// Output that appears whole or not at all: written beside its place and renamed there at the end.

#include <string>
#include <utility>
#include <vector>

#include "weir/engine/status.h"

namespace weir::reports {

using Files = std::vector<std::pair<std::string, std::string>>;  // name, contents

// Reports below one directory. Nothing that exists is touched before `publish`.
class StagedReports {
 public:
  explicit StagedReports(std::string root) : root_(std::move(root)) {}
  ~StagedReports();   // removes what was not published
  StagedReports(const StagedReports&) = delete;
  StagedReports& operator=(const StagedReports&) = delete;

  // Makes the root when it is missing; finds out early whether it can be written.
  engine::Status open();
  // Refused when `root/name` exists and holds anything that is not of a report.
  engine::Status accepts(const std::string& name) const;
  engine::Status add(const std::string& name, const Files& files);
  // Replaces the reports of the same names.
  engine::Status publish();

 private:
  std::string root_;
  std::string staging_;              // empty: not open
  std::vector<std::string> names_;
};

// Written beside `path` and renamed; a path that is no regular file (a pipe, a device) is written to directly.
engine::Status write_file(const std::string& path, const std::string& contents);

}  // namespace weir::reports
