#pragma once

// The two kinds of process. The world drives them: every entry point runs to its end at one instant of virtual time,
// and a process may be destroyed between any two of them (a crash).

#include <memory>
#include <string>

#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

// What the user asks of the running job. `number` tells the answer, RequestEnded, to whom it belongs.
struct JobRequest {
  JobRequestKind kind{};
  SavepointFormat format = SavepointFormat::Canonical;  // of its savepoint
  std::uint32_t number = 0;
};

class Process {
 public:
  virtual ~Process() = default;
  virtual void start() = 0;
  virtual void on_message(ProcessId from, SessionId session, Message&& message) = 0;  // as it was sent
  virtual void on_timer(const TimerEvent& event) = 0;
  virtual void on_segment(ConnectionId connection, Segment* segment) = 0;  // takes ownership
  virtual void on_credit(ConnectionId connection, std::uint32_t credits) = 0;
  virtual void on_segment_size(ConnectionId connection, std::uint32_t bytes) = 0;
  virtual void on_connection_broken(ConnectionId connection) = 0;
  virtual void on_stored(WriteId id, const Status& status) = 0;
  // Without heartbeats: its peer is dead, a TaskManager for JobManagers, a JobManager for TaskManagers (RE-11, RE-12).
  // With them: one more heartbeat to it reached nobody.
  virtual void on_process_lost(ProcessId process) = 0;
  virtual void on_request(const JobRequest& request) = 0;  // JobManager only; answered exactly once, while it lives
  // With high availability only. News of another session may come late.
  virtual void on_leader(Leader leader) = 0;
  virtual void on_ha_answer(const HaAnswer& answer) = 0;  // JobManager only
};

struct CompletedCheckpoint;

// What both kinds are made from. Outlives them.
struct JobSetup {
  std::shared_ptr<const ExecutionGraph> graph;
  JobOptions options;
  std::shared_ptr<const CompletedCheckpoint> initial = {};  // what the job starts from; null: from the beginning
  std::string directory = {};                               // of the job in checkpoint storage: "" or "job-2/" (SH-11)
  AttemptId attempts_before{};  // of jobs that this one follows; its own are numbered on from there
};

// Whose the files of the checkpoint are from then on (SP-12): still the user's, and the first checkpoint refers to none
// of them; or the job's, which deletes them when it needs them no more.
enum class ClaimMode : std::uint8_t { NoClaim, Claim };
std::string_view name(ClaimMode mode);  // "no-claim"

struct RestoreOptions {
  ClaimMode claim = ClaimMode::NoClaim;
  bool allow_non_restored_state = false;  // state of an operator that the job does not have is dropped (RS-13, RS-15)
  std::string directory = {};             // where the `_metadata` lies; a claimed one is deleted from there
};
// The setup of a job that starts from a checkpoint or savepoint, given the content of its `_metadata`; the parallelism
// and the chains may be others than those of the job that took it. Its files must be in checkpoint storage when the job
// starts. Max parallelism is taken over where the job gives none. Corrupt: no such checkpoint. Invalid: every reason
// why the job cannot start from it, one a line (RS-3, RS-13).
Result<JobSetup> restore_from(JobSetup setup, BytesView metadata, RestoreOptions options = {});
CheckpointId starts_from(const JobSetup& setup);  // 0: from the beginning
bool claims(const JobSetup& setup);               // the files of what it starts from are its own
// "chk-7", "job-2/savepoint-8": where the `_metadata` and the own files of a checkpoint lie (SH-11). `job`:
// JobSetup::directory.
std::string checkpoint_directory(const std::string& job, CheckpointId checkpoint, CheckpointKind kind);
std::string metadata_path(const std::string& directory);  // "chk-7/_metadata"

// With high availability, one that contends for leadership and runs the job while it leads.
std::unique_ptr<Process> make_job_manager(Environment& environment, const JobSetup& setup,
                                          ProcessId self = kJobManager);
// `incarnation` ascends over the lives of the same process id.
std::unique_ptr<Process> make_task_manager(Environment& environment, const JobSetup& setup, ProcessId self,
                                           std::uint32_t incarnation);

// Problems of options that no run could survive (CO-1, RS-1, too few slots), one a line; empty when fine.
std::string validate(const JobSetup& setup);
// The operator that takes records to be with the subtask that owns their key just as a source read them
// (reinterpret_as_keyed); empty: none. Such a job reads its input at one parallelism only.
std::string keyed_in_place(const JobSetup& setup);

}  // namespace weir::engine
