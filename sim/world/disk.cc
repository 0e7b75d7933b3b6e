#include "world/disk.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::sim {

using engine::BytesView;
using engine::Result;
using engine::Status;
using engine::StatusCode;

namespace {

constexpr std::size_t kKeptCapacity = 64 << 10;  // of a recycled file; what is larger goes back to the system

Status no_such_file(std::string_view path) {
  return Status(StatusCode::NotFound, "no file '" + std::string(path) + "' on this disk");
}
Status no_such_directory(std::string_view path) {
  return Status(StatusCode::NotFound, "no directory '" + std::string(path) + "' on this disk");
}
Status no_directory_for(std::string_view path) {
  return Status(StatusCode::NotFound, "no directory for '" + std::string(path) + "' on this disk");
}
Status in_the_way(std::string_view path) {
  return Status(StatusCode::Unavailable, "'" + std::string(path) + "' is something else already");
}

std::string_view without_slashes(std::string_view path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path;
}

bool lies_below(std::string_view path, std::string_view directory) {
  path = without_slashes(path);
  directory = without_slashes(directory);
  return path.size() > directory.size() && path.substr(0, directory.size()) == directory &&
         path[directory.size()] == '/';
}

}  // namespace

SimDisk::SimDisk() { start_empty(); }

// --- paths and nodes

SimDisk::NodeId SimDisk::child(NodeId directory, std::string_view name) const {
  const auto& entries = nodes_[directory].entries;
  const auto found = entries.find(name);
  return found == entries.end() ? kNone : found->second;
}

SimDisk::NodeId SimDisk::find(std::string_view path) const {
  NodeId at = kRoot;
  for (path = without_slashes(path); !path.empty() && at != kNone;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    at = nodes_[at].is_directory ? child(at, path.substr(0, end)) : kNone;
    path = without_slashes(path.substr(end));
  }
  return at;
}

SimDisk::NodeId SimDisk::find_file(std::string_view path) const {
  const NodeId node = find(path);
  return node == kNone || nodes_[node].is_directory ? kNone : node;
}

SimDisk::NodeId SimDisk::find_directory(std::string_view path) const {
  const NodeId node = find(path);
  return node == kNone || !nodes_[node].is_directory ? kNone : node;
}

SimDisk::Place SimDisk::place(std::string_view path) const {
  path = without_slashes(path);
  const std::size_t slash = path.rfind('/');
  if (path.empty()) return {};
  if (slash == std::string_view::npos) return {kRoot, path};
  return {find_directory(path.substr(0, slash)), path.substr(slash + 1)};
}

SimDisk::NodeId SimDisk::make_node(bool is_directory) {
  if (free_.empty()) {
    free_.push_back(static_cast<NodeId>(nodes_.size()));
    nodes_.emplace_back();
  }
  const NodeId id = free_.back();
  free_.pop_back();
  nodes_[id].is_directory = is_directory;
  return id;
}

void SimDisk::drop_reference(NodeId node) {
  if (node == kNone) return;
  WEIR_ASSERT(nodes_[node].references > 0, "a disk node lost a reference it never had");
  if (--nodes_[node].references == 0) recycle(node);
}

void SimDisk::recycle(NodeId id) {
  // The lists are taken out first: dropping what they name recycles other nodes.
  const auto entries = std::exchange(nodes_[id].entries, {});
  const auto pending = std::exchange(nodes_[id].pending, {});
  for (const auto& [name, node] : entries) drop_reference(node);
  for (const EntryChange& change : pending) {
    drop_reference(change.before);
    drop_reference(change.after);
  }
  Node& node = nodes_[id];
  node.content.clear();
  if (node.content.capacity() > kKeptCapacity) node.content.shrink_to_fit();
  node.durable = 0;
  node.shortened = false;
  node.durable_content.clear();
  node.visit = 0;
  free_.push_back(id);
}

// kNone takes the entry away.
void SimDisk::set_entry(NodeId directory, std::string_view name, NodeId node) {
  const NodeId before = child(directory, name);
  if (node != kNone) ++nodes_[node].references;
  if (node == kNone) {
    auto& entries = nodes_[directory].entries;
    if (const auto found = entries.find(name); found != entries.end()) entries.erase(found);
  } else if (before == kNone) {
    nodes_[directory].entries.emplace(name, node);
  } else {
    nodes_[directory].entries.find(name)->second = node;
  }
  drop_reference(before);
}

void SimDisk::change_entry(const Place& at, NodeId node, bool joined) {
  const NodeId before = child(at.directory, at.name);
  nodes_[at.directory].pending.push_back({std::string(at.name), before, node, joined});
  if (before != kNone) ++nodes_[before].references;
  if (node != kNone) ++nodes_[node].references;
  set_entry(at.directory, at.name, node);
}

void SimDisk::forget_pending(Node& directory) {
  const std::vector<EntryChange> changes = std::exchange(directory.pending, {});
  for (const EntryChange& change : changes) {
    drop_reference(change.before);
    drop_reference(change.after);
  }
}

// --- the port

Status SimDisk::create(const std::string& path) {
  const Place at = place(path);
  if (at.directory == kNone) return no_directory_for(path);
  const NodeId known = child(at.directory, at.name);
  if (known == kNone) {
    change_entry(at, make_node(false));
    return {};
  }
  if (nodes_[known].is_directory) return in_the_way(path);
  cut_content(nodes_[known], 0);
  return {};
}

Status SimDisk::append(const std::string& path, BytesView bytes) {
  const NodeId file = find_file(path);
  if (file == kNone) return no_such_file(path);
  nodes_[file].content.append(bytes);
  counters_.appended_bytes += bytes.size();
  return {};
}

Status SimDisk::sync(const std::string& path) {
  const NodeId file = find_file(path);
  if (file == kNone) return no_such_file(path);
  keep_prefix(nodes_[file], pending_bytes(nodes_[file]));
  ++counters_.syncs;
  return {};
}

Status SimDisk::sync_directory(const std::string& directory) {
  const NodeId node = find_directory(directory);
  if (node == kNone) return no_such_directory(directory);
  forget_pending(nodes_[node]);
  ++counters_.directory_syncs;
  return {};
}

Result<BytesView> SimDisk::read(const std::string& path) {
  const NodeId file = find_file(path);
  if (file == kNone) return no_such_file(path);
  return BytesView(nodes_[file].content);
}

Status SimDisk::rename(const std::string& from, const std::string& to) {
  const Place source = place(from);
  const Place target = place(to);
  const NodeId node = source.directory == kNone ? kNone : child(source.directory, source.name);
  if (node == kNone) return no_such_file(from);
  if (target.directory == kNone) return no_directory_for(to);
  const NodeId known = child(target.directory, target.name);
  if (known == node) return {};
  if (known != kNone && (nodes_[known].is_directory || nodes_[node].is_directory)) return in_the_way(to);
  if (nodes_[node].is_directory && lies_below(to, from)) return in_the_way(to);
  // Atomic within a directory. Between two, the old name may outlive the power loss beside the new one, or instead.
  change_entry(target, node);
  change_entry(source, kNone, source.directory == target.directory);
  return {};
}

Status SimDisk::link(const std::string& from, const std::string& to) {
  const NodeId file = find_file(from);
  if (file == kNone) return no_such_file(from);
  const Place target = place(to);
  if (target.directory == kNone) return no_directory_for(to);
  if (child(target.directory, target.name) != kNone) return in_the_way(to);
  change_entry(target, file);
  return {};
}

Status SimDisk::remove(const std::string& path) {
  if (find_file(path) == kNone) return no_such_file(path);
  change_entry(place(path), kNone);
  return {};
}

Status SimDisk::truncate(const std::string& path, std::uint64_t size) {
  const NodeId file = find_file(path);
  if (file == kNone) return no_such_file(path);
  cut_content(nodes_[file], size);
  return {};
}

bool SimDisk::exists(const std::string& path) { return find(path) != kNone; }

Status SimDisk::make_directory(const std::string& path) {
  if (find_directory(path) != kNone) return {};
  const Place at = place(path);
  if (at.directory == kNone) return no_directory_for(path);
  if (child(at.directory, at.name) != kNone) return in_the_way(path);
  change_entry(at, make_node(true));
  return {};
}

Status SimDisk::remove_directory(const std::string& path) {
  const NodeId directory = find_directory(path);
  if (directory == kNone || directory == kRoot) return no_such_directory(path);
  change_entry(place(path), kNone);
  return {};
}

std::vector<std::string> SimDisk::list(const std::string& directory) {
  const NodeId node = find_directory(directory);
  std::vector<std::string> names;
  if (node == kNone) return names;
  for (const auto& [name, id] : nodes_[node].entries) names.push_back(name);
  return names;
}

void SimDisk::start_empty() {
  const NodeId root = make_node(true);
  WEIR_ASSERT(root == kRoot, "the root of an empty disk is its first node");
  ++nodes_[root].references;
}

void SimDisk::wipe() {
  drop_reference(kRoot);
  // The root was recycled last, so it is the next node to be made.
  start_empty();
}

void SimDisk::clear() {
  wipe();
  counters_ = {};
}

std::uint64_t SimDisk::bytes() const {
  std::uint64_t sum = 0;
  std::vector<NodeId> directories{kRoot};
  std::vector<bool> counted(nodes_.size());
  while (!directories.empty()) {
    const NodeId directory = directories.back();
    directories.pop_back();
    for (const auto& [name, id] : nodes_[directory].entries) {
      if (counted[id]) continue;
      counted[id] = true;
      if (nodes_[id].is_directory) directories.push_back(id);
      sum += nodes_[id].content.size();
    }
  }
  return sum;
}

}  // namespace weir::sim
