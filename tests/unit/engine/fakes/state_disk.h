#pragma once

// A LocalDisk in memory that never loses anything.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "weir/engine/environment.h"

namespace weir::engine::testing {

class MemoryDisk final : public LocalDisk {
 public:
  Status create(const std::string& path) override {
    if (refuse_writes) return Status(StatusCode::Unavailable, "disk refuses " + path);
    files[path].clear();
    return {};
  }
  Status append(const std::string& path, BytesView bytes) override {
    if (refuse_writes) return Status(StatusCode::Unavailable, "disk refuses " + path);
    ++appends;
    files[path].append(bytes);
    return {};
  }
  Status sync(const std::string& path) override { return has(path); }
  Status sync_directory(const std::string&) override { return {}; }
  Result<BytesView> read(const std::string& path) override {
    if (Status s = has(path); !s.ok()) return s;
    return BytesView(files[path]);
  }
  Status rename(const std::string& from, const std::string& to) override {
    if (directories.erase(from) > 0) return rename_directory(from, to);
    if (Status s = has(from); !s.ok()) return s;
    files[to] = files[from];
    files.erase(from);
    return {};
  }
  Status link(const std::string& from, const std::string& to) override {
    if (Status s = has(from); !s.ok()) return s;
    files[to] = files[from];
    return {};
  }
  Status remove(const std::string& path) override {
    if (Status s = has(path); !s.ok()) return s;
    files.erase(path);
    return {};
  }
  Status truncate(const std::string& path, std::uint64_t size) override {
    files[path].resize(size);
    return {};
  }
  bool exists(const std::string& path) override { return files.count(path) > 0 || directories.count(path) > 0; }
  Status make_directory(const std::string& path) override {
    directories.insert(path);
    return {};
  }
  Status remove_directory(const std::string& path) override {
    directories.erase(path);
    std::erase_if(files, [&](const auto& file) { return file.first.compare(0, path.size() + 1, path + "/") == 0; });
    return {};
  }
  std::vector<std::string> list(const std::string& directory) override {
    std::set<std::string> names;
    for (const auto& [path, content] : files) add_child(directory, path, names);
    for (const std::string& path : directories) add_child(directory, path, names);
    return {names.begin(), names.end()};
  }

  // Paths and sizes of all files, one a line.
  std::string listing() const {
    std::string out;
    for (const auto& [path, content] : files) out += path + " " + std::to_string(content.size()) + "\n";
    return out;
  }

  std::map<std::string, Bytes> files;
  std::set<std::string> directories;
  std::uint64_t appends = 0;
  bool refuse_writes = false;

 private:
  Status rename_directory(const std::string& from, const std::string& to) {
    directories.insert(to);
    std::map<std::string, Bytes> moved;
    for (auto& [path, content] : files) {
      const bool inside = path.compare(0, from.size() + 1, from + "/") == 0;
      moved[inside ? to + path.substr(from.size()) : path] = std::move(content);
    }
    files = std::move(moved);
    return {};
  }
  Status has(const std::string& path) const {
    return files.count(path) > 0 ? Status() : Status(StatusCode::NotFound, "no file " + path);
  }
  static void add_child(const std::string& directory, const std::string& path, std::set<std::string>& names) {
    const auto slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
    if (parent == directory) names.insert(path.substr(slash == std::string::npos ? 0 : slash + 1));
  }
};

}  // namespace weir::engine::testing
