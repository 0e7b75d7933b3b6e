#include "state/changelog/replay.h"

#include <algorithm>
#include <map>
#include <utility>

#include "state/changelog/log_segment.h"
#include "state/keyed_snapshot.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

// Cells by state and place. A map is kept entry by entry, since a segment may change a single one.
class Cells {
 public:
  explicit Cells(KeyGroupRange range) : range_(range) {}

  Status add_snapshot(BytesView bytes) {
    KeyedSnapshotContent content;
    if (Status s = parse_keyed_snapshot(bytes, range_, content); !s.ok()) return s;
    if (Status s = meet(content.key_schema, content.states); !s.ok()) return s;
    for (const SnapshotCell& c : content.cells) {
      if (!put(content.states[c.state], place(c.group, c.name_space, c.key), c.cell)) return malformed();
    }
    return {};
  }
  Status add_segment(BytesView bytes) {
    LogSegment segment;
    if (Status s = parse_log_segment(bytes, range_, segment); !s.ok()) return s;
    if (Status s = meet(segment.key_schema, segment.states); !s.ok()) return s;
    for (const LogChange& change : segment.changes) {
      if (!apply(segment.states[change.place.state], change)) return malformed();
    }
    return {};
  }
  Bytes encode() const {
    KeyedCells out(range_);
    for (const auto& [name, state] : states_) {
      out.begin_state(state.meta);
      for (const auto& [at, cell] : state.cells) {
        const auto& [group, name_space, key] = at;
        if (state.meta.kind != StateKind::Map) out.add(group, name_space, key, cell.whole);
        for (const auto& [user_key, value] : cell.entries) out.add_entry(group, name_space, key, user_key, value);
      }
    }
    return out.encode(key_schema_);
  }
  std::vector<StateMeta> states() const {
    std::vector<StateMeta> metas;
    for (const auto& [name, state] : states_) metas.push_back(state.meta);
    return metas;
  }

 private:
  using Place = std::tuple<KeyGroup, Bytes, Bytes>;
  struct Cell {
    Bytes whole;
    std::map<Bytes, Bytes> entries;
  };
  struct State {
    StateMeta meta;
    std::map<Place, Cell> cells;
  };
  static Place place(KeyGroup group, BytesView name_space, BytesView key) {
    return {group, Bytes(name_space), Bytes(key)};
  }
  static Status malformed() { return Status(StatusCode::Corrupt, "changelog: a map in it has malformed entries"); }

  // A log whose states changed their form begins with a materialisation of its own.
  Status meet(BytesView key_schema, const std::vector<StateMeta>& states) {
    if (!key_schema.empty()) key_schema_.assign(key_schema);
    for (const StateMeta& meta : states) {
      if (states_.try_emplace(meta.name, State{meta, {}}).first->second.meta == meta) continue;
      return Status(StatusCode::Corrupt, "changelog: state '" + meta.name + "' is in it in two forms");
    }
    return {};
  }
  bool put(const StateMeta& meta, const Place& at, BytesView bytes) {
    Cell& cell = states_.at(meta.name).cells[at];
    if (meta.kind != StateKind::Map) {
      cell.whole.assign(bytes);
      return true;
    }
    cell.entries.clear();
    ByteReader reader(bytes);
    while (!reader.at_end() && !reader.failed()) {
      const BytesView user_key = reader.sized();
      cell.entries[Bytes(user_key)] = Bytes(reader.sized());
    }
    return !reader.failed();
  }
  bool apply(const StateMeta& meta, const LogChange& change) {
    const Place at = place(change.place.group, change.place.name_space, change.place.key);
    auto& cells = states_.at(meta.name).cells;
    if (change.place.user_key) {
      auto& entries = cells[at].entries;
      const Bytes user_key(*change.place.user_key);
      change.kind == ChangeKind::Remove ? void(entries.erase(user_key)) : void(entries[user_key] = Bytes(change.value));
      if (entries.empty()) cells.erase(at);
      return true;
    }
    switch (change.kind) {
      case ChangeKind::Put:
        return put(meta, at, change.value);
      case ChangeKind::Append:
        cells[at].whole.append(change.value);
        return true;
      case ChangeKind::Remove:
        cells.erase(at);
        return true;
    }
    return false;
  }

  KeyGroupRange range_;
  Bytes key_schema_;
  std::map<std::string, State> states_;  // by name
};

struct Source {
  std::string place;  // in messages
  Result<Bytes> bytes;
};

Source source_of(const KeyedStateHandle& handle, const std::string& name, const ReadFile& read) {
  const auto file =
      std::find_if(handle.shared.begin(), handle.shared.end(), [&](const auto& f) { return f.name == name; });
  if (file != handle.shared.end()) return {file->path, read(file->path)};
  return {name, Status(StatusCode::NotFound, "no file of the handle has this name")};
}

Result<ChangelogManifest> manifest_of(const KeyedStateHandle& handle, const ReadFile& read) {
  const StateHandle& state = handle.state;
  const std::string place = state.in_file() ? state.path : "an inlined manifest";
  const Result<Bytes> bytes = state.in_file() ? read(state.path) : Result<Bytes>(state.inlined);
  if (!bytes.ok()) return Status(bytes.status().code(), place + " is missing");
  Result<ChangelogManifest> manifest = decode_manifest(bytes.value());
  if (manifest.ok()) return manifest;
  return Status(manifest.status().code(), place + ": " + manifest.status().message());
}

}  // namespace

Result<ReplayedLog> replay_changelog(const KeyedStateHandle& handle, const ReadFile& read) {
  Result<ChangelogManifest> manifest = manifest_of(handle, read);
  if (!manifest.ok()) return manifest.status();
  ReplayedLog out{std::move(manifest).value(), {}, {}};
  Cells cells(handle.range);
  for (std::size_t i = 0; i < out.manifest.pieces.size(); ++i) {
    const Source source = source_of(handle, out.manifest.pieces[i].name, read);
    if (Status s = check_seal(out.manifest.pieces[i], source.place, source.bytes); !s.ok()) return s;
    const bool whole = i == 0 && out.manifest.materialized;
    const Status added = whole ? cells.add_snapshot(source.bytes.value()) : cells.add_segment(source.bytes.value());
    if (!added.ok()) return Status(added.code(), source.place + ": " + added.message());
  }
  out.snapshot = cells.encode();
  out.states = cells.states();
  return out;
}

}  // namespace weir::engine
