#pragma once

// Output that appears whole or not at all: written beside its place and renamed there at the end.

#include <string>
#include <utility>
#include <vector>

#include "weir/engine/status.h"

namespace weir::reports {

using Files = std::vector<std::pair<std::string, std::string>>;  // name, contents

// What a directory of some kind may hold: only such a one is replaced.
struct DirectoryKind {
  const char* owner;                       // "a report of weir", for messages
  bool (*entry)(const std::string& name);  // what lies directly in it
};
extern const DirectoryKind kReportDirectory;

// Directories below one directory, reports unless told otherwise. Nothing that exists is touched before `publish`.
class StagedReports {
 public:
  explicit StagedReports(std::string root, const DirectoryKind& kind = kReportDirectory)
      : root_(std::move(root)), kind_(&kind) {}

  // Makes the root when it is missing; finds out early whether it can be written.
  engine::Status open() const;
  // Refused when `root/name` exists and holds anything that is not of its kind.
  engine::Status accepts(const std::string& name) const;
  engine::Status add(const std::string& name, Files files);  // names of files may have directories in them
  // Writes everything beside its place, then replaces the reports of the same names. After a failure the old ones are
  // there.
  engine::Status publish() const;

 private:
  std::string root_;
  const DirectoryKind* kind_;
  std::vector<std::pair<std::string, Files>> reports_;
};

// A directory that was named by the user, as the one of its parent and its name.
struct DirectoryPlace {
  std::string parent;
  std::string name;
};
DirectoryPlace place_of(const std::string& directory);

// Whether `write_file` could work, as far as an empty file beside the place can tell.
engine::Status writable(const std::string& path);

// Written beside `path` and renamed; a path that is no regular file (a pipe, a device) is written to directly.
engine::Status write_file(const std::string& path, const std::string& contents);

}  // namespace weir::reports
