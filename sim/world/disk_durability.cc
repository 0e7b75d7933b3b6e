// What a sync keeps and a power loss takes.

#include <algorithm>
#include <utility>

#include "world/disk.h"

namespace weir::sim {

void SimDisk::cut_content(Node& file, std::size_t size) {
  if (size < file.durable && !file.shortened) {
    file.durable_content.assign(file.content, 0, file.durable);
    file.shortened = true;
  }
  if (file.shortened) file.durable = std::min(file.durable, size);
  file.content.resize(size);
}

// A shortening counts like one byte.
std::uint64_t SimDisk::pending_bytes(const Node& file) {
  return file.content.size() - file.durable + (file.shortened ? 1 : 0);
}

void SimDisk::keep_prefix(Node& file, std::uint64_t kept) {
  if (file.shortened && kept == 0) {
    file.content = file.durable_content;
  } else {
    file.content.resize(file.durable + kept - (file.shortened ? 1 : 0));
  }
  file.durable = file.content.size();
  file.shortened = false;
  file.durable_content.clear();
}

void SimDisk::keep_prefix_of_changes(NodeId directory, std::uint64_t kept) {
  const std::vector<EntryChange>& pending = nodes_[directory].pending;
  while (kept < pending.size() && pending[kept].joined) --kept;
  for (std::size_t i = pending.size(); i > kept; --i) {
    const EntryChange& last = pending[i - 1];
    set_entry(directory, std::string(last.name), last.before);
  }
  forget_pending(nodes_[directory]);
}

void SimDisk::lose_below(NodeId directory, const Cut& cut) {
  if (const std::uint64_t pending = nodes_[directory].pending.size(); pending > 0) {
    keep_prefix_of_changes(directory, std::min(cut(pending), pending));
  }
  for (const auto& [name, id] : nodes_[directory].entries) {
    Node& node = nodes_[id];
    if (std::exchange(node.visit, visits_) == visits_) continue;  // another hard link of the same file
    if (node.is_directory) {
      lose_below(id, cut);
    } else if (const std::uint64_t pending = pending_bytes(node); pending > 0) {
      keep_prefix(node, std::min(cut(pending), pending));
    }
  }
}

void SimDisk::power_loss(const Cut& cut) {
  ++visits_;
  ++counters_.power_losses;
  lose_below(kRoot, cut);
}

void SimDisk::power_loss(RandomStream& random) {
  power_loss([&random](std::uint64_t pending) { return random.below(pending + 1); });
}

}  // namespace weir::sim
