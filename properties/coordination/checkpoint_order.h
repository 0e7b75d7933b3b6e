#pragma once

// The coordinator's story is in order: ids ascend, completions are earned, commits and notifications follow them.

#include <set>
#include <string>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kCheckpointOrder{
    "checkpoint-order",
    "Checkpoint ids ascend; a checkpoint completes once, after all its acknowledgements; commits, notifications and "
    "restores follow completions, whoever leads; no checkpoint subsumes a savepoint.",
    "P8, P16, CO-22, CO-23, CO-31, CO-33, CO-45, CO-47, G-1, RE-8, RE-13, RE-15, TX-2",
};

class CheckpointOrder final : public Check {
 public:
  const PropertyInfo& info() const override { return kCheckpointOrder; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  struct Mark {  // a checkpoint, and the event that said so
    std::uint64_t checkpoint = 0;
    std::uint32_t at = kNever;
  };
  struct Notified {
    std::uint32_t attempt = 0;
    Mark last;
  };

  void on_removed(const sim::TraceEvent& event);
  bool ousted_acts(const sim::TraceEvent& event, std::uint32_t index);
  bool available() const { return context_.options.high_availability == engine::HighAvailability::Store; }
  void on_triggered(const sim::TraceEvent& event, std::uint32_t index);
  void on_completed(const sim::TraceEvent& event, std::uint32_t index);
  void check_acknowledgements(const CheckpointFacts& facts);
  void on_aborted(const sim::TraceEvent& event, std::uint32_t index);
  void on_ack_received(const sim::TraceEvent& event, std::uint32_t index);
  void on_commit(const sim::TraceEvent& event, std::uint32_t index);
  void on_notified(const sim::TraceEvent& event, std::uint32_t index);
  void on_restore_chosen(const sim::TraceEvent& event, std::uint32_t index);
  bool has_completed(std::uint64_t checkpoint) const;
  Mark newest() const { return completed_.empty() ? Mark{} : completed_.back(); }
  const std::string& name_of(engine::SubtaskId subtask) const { return context_.graph->subtask(subtask).name; }
  bool knows(engine::ActorId actor) const;

  RunContext context_;
  Mark triggered_;
  std::vector<Mark> completed_;       // ascending
  std::vector<Notified> notified_;    // by subtask
  std::set<std::uint64_t> in_doubt_;  // whoever wrote their pointers did not learn what became of that (CO-33)
  Finding finding_;
};

}  // namespace weir::properties
