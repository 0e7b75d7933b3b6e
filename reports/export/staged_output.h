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

  // Makes the root when it is missing; finds out early whether it can be written.
  engine::Status open() const;
  // Refused when `root/name` exists and holds anything that is not of a report.
  engine::Status accepts(const std::string& name) const;
  engine::Status add(const std::string& name, Files files);
  // Writes everything beside its place, then replaces the reports of the same names. After a failure the old ones are
  // there.
  engine::Status publish() const;

 private:
  std::string root_;
  std::vector<std::pair<std::string, Files>> reports_;
};

// Whether `write_file` could work, as far as an empty file beside the place can tell.
engine::Status writable(const std::string& path);

// Written beside `path` and renamed; a path that is no regular file (a pipe, a device) is written to directly.
engine::Status write_file(const std::string& path, const std::string& contents);

}  // namespace weir::reports
