#pragma once

// Committed results against the reference: nothing foreign, nothing twice, and at the end nothing lost.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "suite/check.h"
#include "suite/finding.h"

namespace weir::properties {

inline constexpr PropertyInfo kExactlyOnce{
    "exactly-once",
    "Every result of a fault-free run is committed exactly once, and nothing else is.",
    "P2, G-2, TX-1, TX-2",
};

// Results are matched by topic and value, because which input carries which running result depends on how channels
// interleave. Origins only name the culprit.
class ExactlyOnce final : public Check {
 public:
  const PropertyInfo& info() const override { return kExactlyOnce; }
  std::span<const sim::TraceKind> watched() const override;
  bool begin(const RunContext& context) override;
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_stage(const RunContext& context) override;
  void judge(const sim::RunOutcome& outcome, const sim::Trace& trace, Verdict& verdict) override;

  // Only after a `begin` that said true.
  void on_visible(const sim::VisibleRecord& record);

 private:
  struct Seen {
    engine::Origin origin;
    std::uint32_t record = 0;
    std::uint32_t at = 0;
  };
  struct Surplus {  // inputs with too few or too many committed results
    engine::Origin origin;
    std::int64_t difference = 0;  // committed - expected
  };

  std::uint32_t topic_number(std::string_view topic);
  void report_foreign(const sim::VisibleRecord& record);
  void report_repeated(std::uint32_t record, engine::Origin origin);
  std::vector<Surplus> compare_origins() const;
  void tell_losses(Verdict& verdict, const std::vector<Surplus>& surplus) const;
  void tell_culprits(Verdict& verdict, const std::vector<Surplus>& surplus) const;
  std::string summary(std::uint64_t missing) const;
  std::uint64_t lost() const;
  std::string shown(std::uint32_t record) const;
  // "from kafka-source split 2 offset 417".
  std::string from(engine::Origin origin) const;

  const Reference* reference_ = nullptr;
  const ExpectedRecords* expected_ = nullptr;
  std::vector<std::uint32_t> times_seen_;  // by expected record
  std::vector<Seen> seen_;                 // in order
  bool same_results_ = true;
  bool exact_ = true;  // all jobs of the run promise it
  std::uint64_t repeated_ = 0;
  std::uint64_t foreign_ = 0;
  std::uint32_t visible_at_ = kNever;  // the LogVisible event of the records that follow
  std::string_view last_topic_;
  std::uint32_t last_topic_number_ = ExpectedRecords::kForeign;
  Finding finding_;
};

}  // namespace weir::properties
