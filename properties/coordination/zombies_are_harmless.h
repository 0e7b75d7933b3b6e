#pragma once

// An attempt that was replaced may run on, because nobody reaches it (RE-12). What it does then changes nothing.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kZombiesAreHarmless{
    "zombies-are-harmless",
    "Once an attempt was replaced, its acknowledgements and refusals count for nothing, it executes no trigger that is "
    "not addressed to it, it writes nothing past its successor's fence, and of its transactions only those of "
    "completed "
    "checkpoints are committed.",
    "P18, RE-12, RP-2, RP-3, TX-16",
};

class ZombiesAreHarmless final : public Check {
 public:
  const PropertyInfo& info() const override { return kZombiesAreHarmless; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  struct PreCommit {
    engine::ExecutionAttempt writer;
    std::uint64_t checkpoint = 0;
    std::uint32_t at = kNever;
  };
  struct Fence {  // of the producer of one sink subtask: the latest attempt that restored holds it
    engine::AttemptId holder{};
    std::uint32_t at = kNever;
  };

  void start(const RunContext& context);
  void on_acknowledged(const sim::TraceEvent& event, std::uint32_t index);
  void on_declined(const sim::TraceEvent& event, std::uint32_t index);
  void on_aborted(const sim::TraceEvent& event, std::uint32_t index);
  void on_trigger(const sim::TraceEvent& event, std::uint32_t index);
  void on_restore(const sim::TraceEvent& event, std::uint32_t index);
  void on_begun(const sim::TraceEvent& event, std::uint32_t index);
  void on_completed(const sim::TraceEvent& event);
  void justify(const CheckpointFacts& completed);
  void on_committed(const sim::TraceEvent& event, std::uint32_t index);
  bool replaced(engine::ExecutionAttempt attempt) const;
  bool knows(std::uint64_t subtask) const { return subtask < context_.graph->subtasks().size(); }
  std::string name_of(engine::ExecutionAttempt attempt) const;  // "attempt 2 of sink/0"

  RunContext context_;
  std::uint32_t stale_decline_ = kNever;
  std::vector<Fence> fences_;                                           // by subtask
  std::map<std::uint64_t, PreCommit> pre_commits_;                      // by transaction
  std::map<engine::ExecutionAttempt, std::uint64_t> newest_completed_;  // checkpoint that was triggered for it
  Finding finding_;
};

}  // namespace weir::properties
