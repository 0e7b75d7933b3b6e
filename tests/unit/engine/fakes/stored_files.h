#pragma once

// What all fakes of checkpoint storage do with their files.

#include <map>
#include <string>
#include <vector>

#include "weir/engine/environment.h"

namespace weir::engine::testing {

using StoredFiles = std::map<std::string, Bytes>;

inline Result<BytesView> read_stored(const StoredFiles& files, const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return Status(StatusCode::NotFound, "no complete file " + path);
  return BytesView(found->second);
}

inline std::vector<std::string> list_stored(const StoredFiles& files, const std::string& directory) {
  std::vector<std::string> paths;
  for (const auto& [path, content] : files) {
    if (path.starts_with(directory + "/")) paths.push_back(path);
  }
  return paths;
}

}  // namespace weir::engine::testing
