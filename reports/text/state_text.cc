#include "text/state_text.h"

#include "text/escape.h"
#include "text/numbers.h"
#include "text/table.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;
using engine::SnapshotOperator;
using engine::SnapshotPiece;
using engine::SnapshotState;
using engine::StateForm;

constexpr std::size_t kWidestValue = 60;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return one_line(out);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : one_line(text); }

std::string kind_text(const SnapshotState& state) {
  std::string kind(state.form == StateForm::Keyed ? name_of(state.meta.kind) : name(state.form));
  return kind + (state.meta.stamped ? ", time to live" : "");
}

std::string value_type(const SnapshotState& state) {
  if (state.form == StateForm::Timers) return state.meta.name == "event-timers" ? "i64, ms" : "i64, ns";
  return or_dash(state.meta.user_key.empty() ? state.meta.value : state.meta.user_key + " to " + state.meta.value);
}

std::uint64_t elements(const SnapshotState& state) {
  const engine::EntryText text(state);
  std::uint64_t all = 0;
  for (const engine::SnapshotEntry& entry : state.entries) all += text.elements(entry);
  return all;
}

std::string entry_count(const SnapshotState& state) {
  const std::uint64_t all = elements(state);
  const std::uint64_t cells = state.entries.size();
  return all == cells ? grouped(cells) : grouped(cells) + " with " + grouped(all);
}

std::string states_text(const SnapshotOperator& op) {
  TextTable table({Align::Left, Align::Left, Align::Left, Align::Left, Align::Right, Align::Right});
  table.add({"state", "kind", "key", "value", "entries", "size"});
  for (const SnapshotState& state : op.states) {
    table.add({one_line(state.meta.name), kind_text(state), or_dash(state.key_schema), value_type(state),
               entry_count(state), byte_size(state.bytes)});
  }
  return op.states.empty() ? "" : table.text("    ");
}

std::string piece_kind(const SnapshotPiece& piece) {
  std::string kind(name(piece.kind));
  switch (piece.file) {
    case engine::PieceFile::Own:
      return kind;
    case engine::PieceFile::Shared:
      return kind + ", shared file";
    case engine::PieceFile::Private:
      return kind + ", private file";
    case engine::PieceFile::Materialized:
      return kind + ", materialised";
    case engine::PieceFile::Log:
      return kind + ", log";
  }
  return kind;
}

std::string key_groups(const SnapshotPiece& piece) {
  const bool keyed = piece.kind == engine::PieceKind::ManagedKeyed || piece.kind == engine::PieceKind::RawKeyed;
  return keyed ? std::to_string(piece.range.first.value) + "-" + std::to_string(piece.range.last.value) : "-";
}

std::string pieces_text(const SnapshotOperator& op, const FoundCheckpoint& checkpoint,
                        const CheckpointDirectory& directory) {
  TextTable table({Align::Right, Align::Left, Align::Left, Align::Right, Align::Left, Align::Left});
  table.add({"subtask", "holds", "key groups", "size", "file", "used by"});
  for (const SnapshotPiece& piece : op.pieces) {
    const bool inlined = piece.path.empty();
    table.add({std::to_string(piece.subtask), piece_kind(piece), key_groups(piece), byte_size(piece.size),
               inlined ? "inlined" : one_line(piece.path),
               inlined ? "-" : joined(directory.users.at(checkpoint.places.at(piece.path)))});
  }
  return op.pieces.empty() ? "" : table.text("    ");
}

std::string operator_text(const SnapshotOperator& op, const FoundCheckpoint& checkpoint,
                          const CheckpointDirectory& directory, const Paint& paint) {
  std::string out = "\n  " + paint(Tone::Strong, one_line(operator_name(op))) + "  id " + hex_digits(op.id.value) +
                    ", parallelism " + std::to_string(op.parallelism) + " of at most " +
                    std::to_string(op.max_parallelism);
  if (op.finished > 0) out += ", " + counted(op.finished, "subtask", "subtasks") + " finished";
  if (op.pieces.empty()) out += ", no state";
  return out + "\n" + states_text(op) + pieces_text(op, checkpoint, directory);
}

std::string checkpoint_text(const FoundCheckpoint& checkpoint, const CheckpointDirectory& directory,
                            const Paint& paint) {
  const engine::SnapshotContent& content = checkpoint.content;
  std::string out = paint(Tone::Strong, one_line(checkpoint.name)) + "  checkpoint " +
                    std::to_string(content.id.value) + ", " + std::string(name(content.kind)) + ", " +
                    std::string(content.form()) + ", " + byte_size(content.size) + " in " +
                    counted(count_files(checkpoint), "file", "files") + " and its metadata\n";
  for (const SnapshotOperator& op : content.operators) out += operator_text(op, checkpoint, directory, paint);
  return out;
}

std::string merged_text(const std::vector<MergedFile>& files) {
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Left});
  table.add({"merged file", "size", "pieces", "their size", "used by"});
  for (const MergedFile& file : files) {
    table.add({one_line(file.path), byte_size(file.size), grouped(file.pieces), byte_size(file.piece_bytes),
               joined(file.users)});
  }
  return files.empty() ? "" : "\n" + table.text("");
}

std::string placed(const std::string& key, const std::string& name_space) {
  return one_line(key) + (name_space.empty() ? "" : " in namespace " + name_space);
}

std::string brief(const std::string& value) { return shortened(one_line(value), kWidestValue); }

std::string changes_text(const StateDiff& state, const std::string& first, const std::string& second) {
  TextTable table({Align::Left, Align::Left, Align::Left});
  for (const EntryChange& change : state.shown) {
    const std::string what = change.side == Side::Both    ? brief(change.first) + " -> " + brief(change.second)
                             : change.side == Side::First ? brief(change.first)
                                                          : brief(change.second);
    const std::string where = change.side == Side::Both    ? "changed"
                              : change.side == Side::First ? "only in " + first
                                                           : "only in " + second;
    table.add({where, placed(change.key, change.name_space), what});
  }
  std::string out = table.text("    ");
  const std::uint64_t all = state.only_first + state.only_second + state.changed;
  if (all > state.shown.size()) out += "    and " + grouped(all - state.shown.size()) + " more\n";
  return out;
}

std::string state_diff_text(const StateDiff& state, const std::string& first, const std::string& second,
                            const Paint& paint) {
  std::string out = paint(Tone::Strong, one_line(state.op)) + "  " + one_line(state.state) + " (" + state.form + "): ";
  if (state.side != Side::Both) {
    return out + "only in " + (state.side == Side::First ? first : second) + ", " +
           counted(state.only_first + state.only_second, "entry", "entries") + "\n";
  }
  out += grouped(state.changed) + " changed, " + grouped(state.only_first) + " only in " + first + ", " +
         grouped(state.only_second) + " only in " + second + ", " + grouped(state.equal) + " equal\n";
  if (!state.schemas.empty()) out += "    its types differ: " + one_line(state.schemas) + "\n";
  return out + changes_text(state, first, second);
}

}  // namespace

std::string checkpoints_text(const CheckpointDirectory& directory, const Paint& paint) {
  std::string out;
  for (const FoundCheckpoint& checkpoint : directory.checkpoints) {
    if (!out.empty()) out += "\n";
    out += checkpoint_text(checkpoint, directory, paint);
  }
  out += merged_text(directory.merged);
  if (!directory.incomplete.empty()) {
    out += "\nwithout metadata, so not checkpoints: " + joined(directory.incomplete) + "\n";
  }
  return out;
}

std::string entries_text(const std::vector<ShownEntry>& entries, bool with_keys) {
  if (!with_keys && entries.size() == 1 && entries.front().name_space.empty()) {
    return one_line(entries.front().value) + "\n";
  }
  TextTable table({Align::Left, Align::Left});
  for (const ShownEntry& entry : entries) table.add({placed(entry.key, entry.name_space), one_line(entry.value)});
  return table.text("");
}

std::string diff_text(const CheckpointDiff& diff, const std::string& first, const std::string& second,
                      const Paint& paint) {
  std::string out;
  for (const std::string& op : diff.only_first) out += "operator " + one_line(op) + ": only in " + first + "\n";
  for (const std::string& op : diff.only_second) out += "operator " + one_line(op) + ": only in " + second + "\n";
  for (const StateDiff& state : diff.states) {
    if (!state.same()) out += state_diff_text(state, first, second, paint);
  }
  if (!diff.same()) return out;
  std::uint64_t entries = 0;
  for (const StateDiff& state : diff.states) entries += state.equal;
  return out + first + " and " + second + " hold the same state: " + counted(diff.states.size(), "state", "states") +
         ", " + counted(entries, "entry", "entries") + "\n";
}

}  // namespace weir::reports
