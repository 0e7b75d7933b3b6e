#pragma once

// Durable place for snapshots: a write is on its way for a while, and only its end makes the file exist.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "weir/sim/simulation.h"
#include "world/event_log.h"
#include "world/process_table.h"
#include "world/scheduler.h"
#include "world/slot_pool.h"

namespace weir::sim {

class SimCheckpointStorage final : public engine::CheckpointStorage {
 public:
  SimCheckpointStorage(Scheduler& scheduler, EventLog& log, const ProcessTable& processes)
      : scheduler_(&scheduler), log_(&log), processes_(&processes) {}

  void reset(std::uint64_t seed, LatencyRange latency);
  // The same files under other processes; what was being written is lost.
  void begin_stage(std::uint64_t seed);
  void clear();

  void write(ProcessId owner, engine::WriteId id, std::string path, engine::Bytes content) override;
  void append(ProcessId owner, engine::WriteId id, std::string path, engine::Bytes content) override;
  engine::Result<engine::BytesView> read(const std::string& path) override;
  void remove(const std::string& path) override;
  std::vector<std::string> list(const std::string& directory) override;

  // What the owner's death left unfinished stays invisible for good.
  void complete(const QueuedEvent& event);
  ProcessId writer_of(const QueuedEvent& event) const { return writes_.at(event.small).owner; }
  std::size_t files() const { return files_.size(); }

  // The job is over: what it removes from now on stays in `kept`, as if it were externalized (flink-semantics 1.10).
  void job_over() { job_over_ = true; }
  // What there is, and what the job removed when it was over; by path. Valid until the next change.
  std::vector<StoredFile> kept() const;
  void abandon_writes() { writes_.clear(); }

 private:
  struct Write {
    ProcessId owner;
    std::uint32_t incarnation = 0;
    std::uint32_t cause = kNoCause;
    engine::WriteId id;
    std::string path;
    engine::Bytes content;
    bool append = false;
  };
  void begin(Write write);
  Duration transfer(const Write& write);

  Scheduler* scheduler_;
  EventLog* log_;
  const ProcessTable* processes_;
  LatencyRange latency_;
  std::vector<RandomStream> latencies_;  // by place of the owner
  SlotPool<Write> writes_;
  std::map<std::string, Time> last_append_;  // when the last one that was begun ends, by path
  std::map<std::string, engine::Bytes, std::less<>> files_;
  std::map<std::string, engine::Bytes, std::less<>> removed_at_end_;
  bool job_over_ = false;
};

}  // namespace weir::sim
