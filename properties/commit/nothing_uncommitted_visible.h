#pragma once

// A reader never sees what a failure could still take back.

#include <map>
#include <utility>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kNothingUncommittedVisible{
    "nothing-uncommitted-visible",
    "A record becomes visible only after its transaction was pre-committed for a checkpoint, and that checkpoint or a "
    "later "
    "one of the same attempt has completed.",
    "P3, G-1, TX-2, CO-29",
};

// A later checkpoint justifies an earlier transaction, because its snapshot holds everything that is still pending:
// the records of an aborted checkpoint belong to the next one (10.1, notifyAborted).
class NothingUncommittedVisible final : public Check {
 public:
  const PropertyInfo& info() const override { return kNothingUncommittedVisible; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

 private:
  using Writer = std::pair<std::uint32_t, std::uint16_t>;  // attempt and actor
  struct PreCommit {
    std::uint64_t transaction = 0;
    std::uint64_t checkpoint = 0;
    Writer writer;
    std::uint32_t at = kNever;
  };
  void on_completed(const sim::TraceEvent& event);
  void justify(const CheckpointFacts& completed);
  void on_visible(const sim::TraceEvent& event, std::uint32_t index);
  const PreCommit* find(std::uint64_t transaction) const;

  const History* history_ = nullptr;
  std::vector<PreCommit> pre_commits_;                // in order; the one asked for is among the last
  std::map<Writer, std::uint64_t> newest_completed_;  // checkpoint that was triggered for this attempt
  Finding finding_;
};

}  // namespace weir::properties
