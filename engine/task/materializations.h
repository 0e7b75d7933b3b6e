#pragma once

// The materialisations of one attempt's changelogs (SN-21): each operator's runs by itself, at an interval, whatever
// checkpoints do, and never two at a time. They outlive the attempt's work like the async parts of snapshots.

#include <map>
#include <memory>
#include <vector>

#include "state/changelog/changelog.h"
#include "task/async_snapshots.h"
#include "task/task_site.h"

namespace weir::engine {

class Materializations {
 public:
  Materializations(const TaskSite& site, WriteIds& write_ids) : site_(site), write_ids_(write_ids) {}

  // The first one of that operator is due after an interval.
  void schedule(std::size_t op) {
    site_.arm(site_.options().changelog.materialization_interval, TaskTimer::Materialize, op);
  }
  void begin(std::size_t op, Changelog& log);        // sync part
  void on_timer(std::size_t op);                     // async part
  bool on_stored(WriteId id, const Status& status);  // false: no write of this attempt
  // One failed more often in a row than is tolerated: the attempt must fail.
  bool gave_up() const { return gave_up_; }
  // The attempt is over. What no acknowledgement refers to is removed, what is on its way when it arrives (SN-24).
  void end();
  void forget();  // the process died
  bool any_write_under_way() const { return !writes_.empty(); }

  static constexpr std::uint32_t kTolerableFailures = 3;

 private:
  struct Run {
    Changelog* log = nullptr;
    std::optional<Changelog::Materialization> part;  // none: nothing is under way
    std::uint32_t failures = 0;                      // in a row
  };
  struct Write {
    std::size_t op;
    std::string path;
  };
  std::string path_of(std::size_t op, std::uint64_t id) const;
  void finish(Run& run, const Write& write);
  void fail(Run& run);
  void remove_unreferenced();

  const TaskSite& site_;
  WriteIds& write_ids_;
  std::map<std::size_t, Run> runs_;        // by position in the chain; none once the attempt is over
  std::map<std::uint64_t, Write> writes_;  // by id
  std::vector<std::shared_ptr<MaterializedFile>> files_;
  bool gave_up_ = false;
};

}  // namespace weir::engine
