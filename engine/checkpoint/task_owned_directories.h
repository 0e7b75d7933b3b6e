#pragma once

// Directories of merged files, one for each life of a TaskManager (SH-15). As long as it lives it deletes in it what is
// not used any more; afterwards that is the JobManager's. Decides only.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "weir/engine/types.h"

namespace weir::engine {

class TaskOwnedDirectories {
 public:
  explicit TaskOwnedDirectories(std::string job) : job_(std::move(job)) {}

  // A registration; one of a life that is known to be over changes nothing.
  void began(ProcessId process, std::uint32_t incarnation);
  void ended(ProcessId process);
  // A checkpoint that the job took over: whoever wrote its files is not of this job. Beside them may lie files of other
  // checkpoints, which are not the job's (SP-13).
  void adopt(const CompletedCheckpoint& checkpoint);

  const std::set<std::string>& abandoned() const { return abandoned_; }
  // The job is over: all of them are.
  void abandon_all();
  // Forgets those without a file that is still used.
  void forget_unused(const std::set<std::string>& used_files);
  // Adopted files that are not used any more; they are forgotten.
  std::vector<std::string> take_unused_adopted(const std::set<std::string>& used_files);
  bool nothing_to_clean() const { return abandoned_.empty() && adopted_.empty(); }

 private:
  struct Life {
    std::uint32_t incarnation = 0;
    bool over = false;
  };
  void abandon(ProcessId process, Life& life);

  std::string job_;
  std::map<ProcessId, Life> lives_;
  std::set<std::string> abandoned_;
  std::set<std::string> adopted_;  // files
};

// Adds the merged files that the locations lie in, or that the checkpoint has state in.
void add_merged_files(const std::vector<std::string>& locations, std::set<std::string>& files);
void add_merged_files(const CompletedCheckpoint& checkpoint, std::set<std::string>& files);

}  // namespace weir::engine
