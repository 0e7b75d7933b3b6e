#pragma once

// The changelog of one keyed backend (SN-20..SN-24): which materialisation and which segments of the log make up a
// checkpoint, which of them storage has already, and what the log may forget. Part of the backend it logs.
//
// Every checkpoint closes a segment. Segments are files of their own, uploaded with the first checkpoint that has them
// and again until one that has them is confirmed (SN-14). A checkpoint has no log to stand on when the state came in
// otherwise than from a changelog of the same key groups, when a state changed its form, or when it must not refer to
// older files (SN-16): it then brings a materialisation of its own.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "state/changelog/manifest.h"
#include "state/confirmed_uploads.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

// The backend, as its changelog sees it.
class LoggedState {
 public:
  virtual ~LoggedState() = default;
  // In the canonical form.
  virtual std::unique_ptr<PendingStateSnapshot> whole() = 0;
  // What changed since the last cut, as a segment; empty when nothing did.
  virtual Bytes cut() = 0;
  virtual std::vector<StateMeta> states() const = 0;  // restored ones too, as far as they are known
};

// A durable file that was not uploaded for any one checkpoint. Its TaskManager's to delete until it is in an
// acknowledgement (SN-24).
struct MaterializedFile {
  std::string path;
  bool sent = false;
};

class Changelog {
 public:
  Changelog(LoggedState& state, KeyGroupRange range) : state_(state), range_(range), core_(std::make_shared<Core>()) {}

  // Sync part of a checkpoint.
  std::unique_ptr<PendingStateSnapshot> take(const SnapshotRequest& request);
  // State came in from somewhere else: what is logged does not add up to it.
  void lose_base() { core_->lose_base(); }
  // It came from this checkpoint alone, which the job owns, and the log goes on from there.
  void restored(const ChangelogManifest& manifest, const std::vector<StateMeta>& states,
                const std::vector<SharedFile>& files, CheckpointId base);
  void notify_complete(CheckpointId checkpoint) { core_->uploads.notify_complete(checkpoint); }
  void notify_aborted(CheckpointId checkpoint) { core_->uploads.notify_aborted(checkpoint); }

  // SN-21: independent of checkpoints, with a number of its own.
  struct Materialization {
    std::uint64_t id;
    std::uint64_t until;  // the first segment that it does not cover
    std::unique_ptr<PendingStateSnapshot> snapshot;
    std::uint64_t size = 0;
    std::uint64_t hash = 0;
    Bytes write();  // async part, once
  };
  std::optional<Materialization> begin_materialization();  // sync part; none: nothing changed since the last one
  // Written and durable: checkpoints stand on it, and the log before it goes (SN-22).
  void materialized(const Materialization& done, std::shared_ptr<MaterializedFile> file);

 private:
  struct Piece {
    SealedFile seal;
    std::uint64_t number;                         // of a segment; of a materialisation the first that it does not cover
    std::shared_ptr<const Bytes> content = {};    // of a segment until a confirmed checkpoint has it
    std::shared_ptr<MaterializedFile> file = {};  // written apart
  };
  // What snapshots under way share with the backend; they notice when it is gone.
  struct Core {
    ConfirmedUploads uploads = {};
    std::optional<Piece> base = std::nullopt;
    std::deque<Piece> log = {};  // what the base does not cover, in order
    std::uint64_t next_segment = 1;
    std::uint64_t next_materialization = 1;
    std::uint64_t must_cover = 0;  // without a base that covers all segments before it, the log is of no use
    std::map<std::string, StateMeta> forms = {};

    bool stands() const { return must_cover == 0 || (base && base->number >= must_cover); }
    void lose_base() { must_cover = ++next_segment; }  // a number that no base at hand covers
    void adopt(Piece materialized);
  };
  class Pending;

  void close_segment();
  bool forms_changed();
  void plan(Pending& pending, const SnapshotRequest& request);
  ChangelogManifest manifest() const;

  LoggedState& state_;
  KeyGroupRange range_;
  std::shared_ptr<Core> core_;
};

}  // namespace weir::engine
