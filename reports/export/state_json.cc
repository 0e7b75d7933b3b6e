#include "export/state_json.h"

#include "export/json_writer.h"

namespace weir::reports {
namespace {

using engine::SnapshotOperator;
using engine::SnapshotPiece;
using engine::SnapshotState;

void text_list(JsonWriter& out, std::string_view key, const std::vector<std::string>& list) {
  out.key(key).begin_array();
  for (const std::string& item : list) out.text(item);
  out.end_array();
}

void text_or_null(JsonWriter& out, std::string_view key, const std::string& text) {
  out.key(key);
  text.empty() ? out.null() : out.text(text);
}

void state(JsonWriter& out, const SnapshotState& s) {
  const engine::EntryText text(s);
  std::uint64_t elements = 0;
  for (const engine::SnapshotEntry& entry : s.entries) elements += text.elements(entry);
  out.begin_object().key("state").text(s.meta.name).key("form").text(name(s.form));
  text_or_null(out, "kind", s.form == engine::StateForm::Keyed ? name_of(s.meta.kind) : "");
  text_or_null(out, "key", s.key_schema);
  text_or_null(out, "user_key", s.meta.user_key);
  text_or_null(out, "value", s.meta.value);
  out.key("time_to_live").boolean(s.meta.stamped).key("entries").count(s.entries.size());
  out.key("elements").count(elements).key("bytes").count(s.bytes).end_object();
}

const char* file_name_of(const SnapshotPiece& piece) {
  if (piece.path.empty()) return "inlined";
  switch (piece.file) {
    case engine::PieceFile::Own:
      return "own";
    case engine::PieceFile::Shared:
      return "shared";
    case engine::PieceFile::Private:
      return "private";
    case engine::PieceFile::Materialized:
      return "materialized";
    case engine::PieceFile::Log:
      return "log";
  }
  return "?";
}

void piece(JsonWriter& out, const SnapshotPiece& p, const FoundCheckpoint& checkpoint,
           const CheckpointDirectory& directory) {
  const bool keyed = p.kind == engine::PieceKind::ManagedKeyed || p.kind == engine::PieceKind::RawKeyed;
  out.begin_object().key("subtask").count(p.subtask).key("holds").text(name(p.kind));
  out.key("file").text(file_name_of(p));
  text_or_null(out, "path", p.path);
  out.key("bytes").count(p.size).key("key_groups");
  if (keyed) {
    out.begin_array().count(p.range.first.value).count(p.range.last.value).end_array();
  } else {
    out.null();
  }
  text_list(out, "used_by",
            p.path.empty() ? std::vector<std::string>() : directory.users.at(checkpoint.places.at(p.path)));
  out.end_object();
}

void one_operator(JsonWriter& out, const SnapshotOperator& op, const FoundCheckpoint& checkpoint,
                  const CheckpointDirectory& directory) {
  out.line_break().begin_object();
  text_or_null(out, "uid", op.uid);
  out.key("id").digits(op.id.value).key("parallelism").count(op.parallelism);
  out.key("max_parallelism").count(op.max_parallelism).key("finished").count(op.finished);
  out.key("states").begin_array();
  for (const SnapshotState& s : op.states) state(out, s);
  out.end_array().key("pieces").begin_array();
  for (const SnapshotPiece& p : op.pieces) piece(out, p, checkpoint, directory);
  out.end_array().end_object();
}

void checkpoint(JsonWriter& out, const FoundCheckpoint& found, const CheckpointDirectory& directory) {
  out.line_break().begin_object().key("name").text(found.name).key("id").count(found.content.id.value);
  out.key("kind").text(name(found.content.kind));
  out.key("form").text(found.content.form());
  out.key("bytes").count(found.content.size).key("files").count(count_files(found)).key("operators").begin_array();
  for (const SnapshotOperator& op : found.content.operators) one_operator(out, op, found, directory);
  out.line_break().end_array().end_object();
}

void merged_file(JsonWriter& out, const MergedFile& file) {
  out.begin_object().key("path").text(file.path).key("bytes").count(file.size).key("pieces").count(file.pieces);
  out.key("piece_bytes").count(file.piece_bytes);
  text_list(out, "used_by", file.users);
  out.end_object();
}

const char* side_name(Side side) { return side == Side::Both ? "both" : side == Side::First ? "first" : "second"; }

void change(JsonWriter& out, const EntryChange& c) {
  out.begin_object().key("in").text(side_name(c.side)).key("key").text(c.key);
  text_or_null(out, "namespace", c.name_space);
  text_or_null(out, "first", c.first);
  text_or_null(out, "second", c.second);
  out.end_object();
}

void state_diff(JsonWriter& out, const StateDiff& s) {
  out.line_break().begin_object().key("operator").text(s.op).key("state").text(s.state).key("form").text(s.form);
  out.key("in").text(side_name(s.side));
  text_or_null(out, "types", s.schemas);
  out.key("only_first").count(s.only_first).key("only_second").count(s.only_second);
  out.key("changed").count(s.changed).key("equal").count(s.equal).key("changes").begin_array();
  for (const EntryChange& c : s.shown) change(out, c);
  out.end_array().end_object();
}

}  // namespace

std::string json_checkpoints(const CheckpointDirectory& directory) {
  JsonWriter out;
  out.begin_object().key("schema").count(1).key("checkpoints").begin_array();
  for (const FoundCheckpoint& found : directory.checkpoints) checkpoint(out, found, directory);
  out.end_array();
  text_list(out, "incomplete", directory.incomplete);
  out.key("merged_files").begin_array();
  for (const MergedFile& file : directory.merged) merged_file(out, file);
  out.end_array().key("problems").begin_array();
  for (const engine::SnapshotProblem& p : directory.problems) {
    out.begin_object().key("path").text(p.path).key("reason").text(p.reason).end_object();
  }
  out.end_array().end_object();
  return out.str() + "\n";
}

std::string json_entries(const EntriesAsked& asked, const std::vector<ShownEntry>& entries) {
  JsonWriter out;
  out.begin_object().key("schema").count(1).key("checkpoint").count(asked.checkpoint);
  out.key("operator").text(asked.op).key("state").text(asked.state).key("entries").begin_array();
  for (const ShownEntry& entry : entries) {
    out.line_break().begin_object().key("key").text(entry.key);
    text_or_null(out, "namespace", entry.name_space);
    out.key("value").text(entry.value).key("subtask").count(entry.subtask).end_object();
  }
  out.end_array().end_object();
  return out.str() + "\n";
}

std::string json_diff(const CheckpointDiff& diff, const std::string& first, const std::string& second) {
  JsonWriter out;
  out.begin_object().key("schema").count(1).key("first").text(first).key("second").text(second);
  out.key("same").boolean(diff.same());
  text_list(out, "operators_only_first", diff.only_first);
  text_list(out, "operators_only_second", diff.only_second);
  out.key("states").begin_array();
  for (const StateDiff& s : diff.states) state_diff(out, s);
  out.end_array().end_object();
  return out.str() + "\n";
}

}  // namespace weir::reports
