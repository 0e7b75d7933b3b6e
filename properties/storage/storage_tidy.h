#pragma once

// What lies in checkpoint storage is what retained checkpoints need: nothing less at any time, and nothing more in the
// end, but for what nobody could know of.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kStorageTidy{
    "storage-tidy",
    "Every file of a retained checkpoint or of a savepoint exists, and when the job has finished no file is left that "
    "somebody had to "
    "delete.",
    "P6, P7, P15, P17, SN-13, SN-18, SH-4, SH-6, SH-9, SH-10, CO-44, SN-17",
};

// Files are known by the hashes of their paths, shared ones too, which may belong to several checkpoints. May be left
// over: a file whose acknowledgement was lost, a file whose TaskManager died before it could acknowledge it, the files
// of a checkpoint whose metadata was still being written when the job ended (SH-10), and what only a JobManager knew of
// that does not lead any more: files of checkpoints that were not in the store when another one took over (CO-44,
// RE-13).
class StorageTidy final : public Check {
 public:
  const PropertyInfo& info() const override { return kStorageTidy; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  using PathHash = std::uint64_t;
  struct File {
    std::uint32_t written = kNever;   // kNever: it is not there yet
    std::uint32_t reported = kNever;  // the coordinator was told of it
    std::uint64_t checkpoint = 0;     // as it was told
    engine::SubtaskId writer{};
    engine::ProcessId process{};
    bool sent = false;       // in an acknowledgement, which may have been lost
    bool orphan = false;     // its process died
    bool abandoned = false;  // not sent when the next attempt of its writer was deployed
    bool metadata = false;
    bool shared = false;
    bool unknown = false;  // to the JobManager that leads
  };
  // Its segments are files to all that is said of files (SH-15): the path of one is its location.
  struct MergedFile {
    std::uint64_t size = 0;
    std::vector<PathHash> segments;
  };
  struct Checkpoint {
    std::uint64_t id = 0;
    std::uint64_t to_wait_for = 0;
    std::uint64_t counted = 0;  // acknowledgements
    std::uint32_t completed = kNever;
    PathHash metadata = 0;
    bool unknown = false;  // to the JobManager that leads: it took over, and this one was not in the store
    std::vector<PathHash> files;
  };

  // Of a checkpoint of the present job: ids may repeat from one job of the run to the next.
  std::uint64_t key(std::uint64_t checkpoint) const { return std::uint64_t{context_.stage} << 48 | checkpoint; }
  PathHash metadata_of(std::uint64_t checkpoint, std::uint32_t kind) const;
  void on_job_ended(engine::JobState state);
  void adopt(const RunContext& context);
  std::vector<PathHash> with_segments_beside(std::vector<PathHash> files) const;
  static void disown(Checkpoint& checkpoint, const std::vector<PathHash>& files);

  void on_appended(const sim::TraceEvent& event, std::uint32_t index);
  void on_written(PathHash path, const sim::TraceEvent& event, std::uint32_t index);
  void on_removed(const sim::TraceEvent& event, std::uint32_t index);
  void remove(PathHash path, std::uint32_t index);
  void on_reported(const sim::TraceEvent& event, std::uint32_t index, bool shared);
  void on_acknowledged(const sim::TraceEvent& event, std::uint32_t index);
  void report_overwritten(PathHash path, std::uint32_t index);
  // Calls use(checkpoint) for those of `keys` that the file belongs to.
  template <class Use>
  void each_with(const std::deque<std::uint64_t>& keys, PathHash path, Use use);
  bool is_users(PathHash path);
  bool shares_file_with_users(PathHash path);
  void on_triggered(const sim::TraceEvent& event);
  void on_completed(const sim::TraceEvent& event, std::uint32_t index);
  void on_deployed(engine::SubtaskId subtask, const sim::TraceEvent& event);
  void on_ack_sent(engine::SubtaskId subtask, engine::AttemptId attempt);
  void on_crash(engine::ProcessId process);
  void on_ha_written(const sim::TraceEvent& event);
  bool goes_with_outcome(const Checkpoint& checkpoint) const;
  void on_pointer_removed(const sim::TraceEvent& event);
  void lose_job_manager();
  bool available() const { return context_.options.high_availability == engine::HighAvailability::Store; }
  bool surplus_goes_at_once() const;
  bool still_finalizing(const File& file) const;
  void check_left_over(PathHash path, const File& file);
  std::string subtask_name(const File& file) const;

  RunContext context_;
  Finding finding_;
  std::map<PathHash, File> files_;                   // forgotten when they are removed
  std::map<std::uint64_t, Checkpoint> checkpoints_;  // by key
  std::deque<std::uint64_t> users_;                  // keys of savepoints, and of checkpoints that outlived their job
  std::map<PathHash, MergedFile> merged_;            // forgotten when they are removed
  bool any_written_ = false;                         // else the history says nothing of storage
  std::deque<std::uint64_t> retained_;               // keys, oldest first; empty once the job is over; with high
                                                     // availability those in the store
  std::optional<std::uint64_t> claimed_;             // of these: that the present job took over
  bool concluded_ = false;                           // the store has the outcome of the present job
  std::vector<engine::ProcessId> process_of_;        // by subtask, of its newest attempt
  std::vector<engine::AttemptId> attempt_of_;
};

}  // namespace weir::properties
