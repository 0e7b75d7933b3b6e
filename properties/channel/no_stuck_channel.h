#pragma once

// A channel is blocked only while its receiver aligns the checkpoint that blocked it.

#include <optional>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kNoStuckChannel{
    "no-stuck-channel",
    "Whenever an alignment ends or is aborted, every channel that was blocked for it is resumed at the same instant.",
    "P9, BA-4, BA-7, BA-10",
};

// Judged at the end of each instant in which something happened to a receiver: the order of events within one instant
// is the engine's own affair.
class NoStuckChannel final : public Check {
 public:
  const PropertyInfo& info() const override { return kNoStuckChannel; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void before_stage() override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  void lay_out(const engine::ExecutionGraph& graph);
  struct Receiver {
    std::uint32_t attempt = 0;        // the latest one; what others still do is not about its channels
    std::uint64_t aligning = 0;       // checkpoint; 0: none
    std::uint32_t ended_at = kNever;  // the event that ended the last alignment
    std::uint32_t blocked = 0;        // channels
    bool touched = false;             // in this instant
  };
  struct Block {                   // of one channel
    std::uint64_t checkpoint = 0;  // 0: not blocked
    std::uint32_t at = kNever;
  };

  void apply(const sim::TraceEvent& event, std::uint32_t index, engine::SubtaskId subtask);
  void block(const sim::TraceEvent& event, std::uint32_t index, Receiver& receiver);
  void resume(const sim::TraceEvent& event, Receiver& receiver);
  void deployed(std::uint32_t attempt, engine::SubtaskId subtask);
  void forget(engine::SubtaskId subtask);
  void settle();
  void check(engine::SubtaskId subtask);
  std::optional<engine::SubtaskId> receiver_of(const sim::TraceEvent& event) const;

  const engine::ExecutionGraph* graph_ = nullptr;
  std::vector<Receiver> receivers_;  // by subtask
  std::vector<Block> blocks_;        // by channel
  std::vector<engine::SubtaskId> touched_;
  std::int64_t instant_ = 0;
  Finding finding_;
};

}  // namespace weir::properties
