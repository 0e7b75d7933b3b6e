#pragma once

// The disk of one machine: files and directories with a durable and a pending part.
//
// What a file got since its last sync, and what a directory's entries went through since its last sync_directory, is
// pending. A power loss keeps everything durable, and of each pending part a prefix: of a file the first bytes that
// were appended, of a directory the first changes of its entries. Directories are independent of each other and of the
// content of their files, as POSIX allows: an entry can survive without its bytes, and bytes without their entry.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/environment.h"
#include "weir/sim/random.h"

namespace weir::sim {

struct DiskCounters {
  std::uint64_t appended_bytes = 0;
  std::uint64_t syncs = 0;  // of files
  std::uint64_t directory_syncs = 0;
  std::uint64_t power_losses = 0;
  friend bool operator==(const DiskCounters&, const DiskCounters&) = default;
};

class SimDisk final : public engine::LocalDisk {
 public:
  // How much of `pending` (> 0) survives, in [0, pending]; bytes of a file or changes of a directory.
  using Cut = std::function<std::uint64_t(std::uint64_t pending)>;

  SimDisk();

  engine::Status create(const std::string& path) override;
  engine::Status append(const std::string& path, engine::BytesView bytes) override;
  engine::Status sync(const std::string& path) override;
  engine::Status sync_directory(const std::string& directory) override;
  engine::Result<engine::BytesView> read(const std::string& path) override;
  engine::Status rename(const std::string& from, const std::string& to) override;
  engine::Status link(const std::string& from, const std::string& to) override;
  engine::Status remove(const std::string& path) override;
  engine::Status truncate(const std::string& path, std::uint64_t size) override;
  bool exists(const std::string& path) override;  // as a file or a directory
  engine::Status make_directory(const std::string& path) override;
  // One change of the parent's entries, however much lies below.
  engine::Status remove_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;

  // The machine loses power. `cut` is asked once per pending part, in path order, a directory before what is in it.
  // Afterwards everything that is left is durable.
  void power_loss(const Cut& cut);
  void power_loss(RandomStream& random);  // every prefix equally likely
  // A new, empty disk in the same machine; counters go on.
  void wipe();
  // As freshly constructed; keeps memory for the next run.
  void clear();

  const DiskCounters& counters() const { return counters_; }
  std::uint64_t bytes() const;  // content of all files that have an entry; hard links count once

 private:
  using NodeId = std::uint32_t;
  static constexpr NodeId kNone = 0xFFFF'FFFF;
  static constexpr NodeId kRoot = 0;

  // What an entry named before and after one change of its directory. Undoing pending changes from the last to the
  // first leads back to what is durable, so the durable entries need no copy.
  struct EntryChange {
    std::string name;
    NodeId before;
    NodeId after;
    bool joined = false;  // with the change before it: both survive or neither does
  };
  struct Node {
    bool is_directory = false;
    std::uint32_t references = 0;  // entries, and pending changes that may bring an entry back
    std::uint32_t visit = 0;
    // A file. Durable is the first `durable` bytes of `content`; unless it was cut below that (`shortened`), when the
    // durable content is kept aside until the next sync.
    engine::Bytes content;
    std::size_t durable = 0;
    bool shortened = false;
    engine::Bytes durable_content;
    // A directory.
    std::map<std::string, NodeId, std::less<>> entries;
    std::vector<EntryChange> pending;
  };
  struct Place {  // of a path: its directory, and the name in it
    NodeId directory = kNone;
    std::string_view name;
  };

  NodeId find(std::string_view path) const;
  NodeId find_file(std::string_view path) const;
  NodeId find_directory(std::string_view path) const;
  NodeId child(NodeId directory, std::string_view name) const;
  Place place(std::string_view path) const;

  NodeId make_node(bool is_directory);
  void drop_reference(NodeId node);
  void recycle(NodeId node);
  void set_entry(NodeId directory, std::string_view name, NodeId node);
  void change_entry(const Place& at, NodeId node, bool joined = false);
  void forget_pending(Node& directory);

  static std::uint64_t pending_bytes(const Node& file);
  static void keep_prefix(Node& file, std::uint64_t kept);
  void keep_prefix_of_changes(NodeId directory, std::uint64_t kept);
  void lose_below(NodeId directory, const Cut& cut);
  void start_empty();
  void cut_content(Node& file, std::size_t size);

  std::vector<Node> nodes_;
  std::vector<NodeId> free_;
  std::uint32_t visits_ = 0;
  DiskCounters counters_;
};

}  // namespace weir::sim
