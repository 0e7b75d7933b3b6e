#pragma once

// The two kinds of process. The world drives them: every entry point runs to its end at one instant of virtual time,
// and a process may be destroyed between any two of them (a crash).

#include <memory>

#include "weir/engine/environment.h"
#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"

namespace weir::engine {

class Process {
 public:
  virtual ~Process() = default;
  virtual void start() = 0;
  virtual void on_message(ProcessId from, const Message& message) = 0;
  virtual void on_timer(const TimerEvent& event) = 0;
  virtual void on_segment(ConnectionId connection, Segment* segment) = 0;  // takes ownership
  virtual void on_credit(ConnectionId connection, std::uint32_t credits) = 0;
  virtual void on_connection_broken(ConnectionId connection) = 0;
  virtual void on_stored(WriteId id, const Status& status) = 0;
  virtual void on_process_lost(ProcessId process) = 0;  // JobManager only: its peer is unreachable
};

struct CompletedCheckpoint;

// What both kinds are made from. Outlives them.
struct JobSetup {
  std::shared_ptr<const ExecutionGraph> graph;
  JobOptions options;
  std::shared_ptr<const CompletedCheckpoint> initial = {};  // what the job starts from; null: from the beginning
};

struct RestoreOptions {
  bool allow_non_restored_state = false;  // state of an operator that the job does not have is dropped (RS-13, RS-15)
};
// The setup of a job that starts from a checkpoint, given the content of its `_metadata`; the parallelism and the
// chains may be others than those of the job that took it. Its files must be in checkpoint storage when the job starts;
// they stay whose they are and are never deleted by the job (NO_CLAIM, SP-12). Max parallelism is taken over where the
// job gives none. Corrupt: no such checkpoint. Invalid: every reason why the job cannot start from it, one a line
// (RS-3, RS-13).
Result<JobSetup> restore_from(JobSetup setup, BytesView metadata, RestoreOptions options = {});

std::unique_ptr<Process> make_job_manager(Environment& environment, const JobSetup& setup);
// `incarnation` ascends over the lives of the same process id.
std::unique_ptr<Process> make_task_manager(Environment& environment, const JobSetup& setup, ProcessId self,
                                           std::uint32_t incarnation);

// Problems of options that no run could survive (CO-1, CO-2, RS-1, too few slots), one a line; empty when fine.
std::string validate(const JobSetup& setup);

}  // namespace weir::engine
