#pragma once

// What must hold. A property sees only history: trace events, committed records, the job, and the reference outcome.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/job_graph.h"
#include "weir/engine/options.h"
#include "weir/sim/simulation.h"
#include "weir/sim/trace.h"

namespace weir::properties {

enum class Answer : std::uint8_t { Holds, Violated, Inconclusive };
std::string_view name(Answer answer);  // "holds", "violated", "inconclusive"

struct Verdict {
  std::string property;  // "exactly-once"
  Answer answer = Answer::Holds;
  std::string reason;                    // violated, inconclusive: one sentence for a person
  std::vector<std::uint32_t> witnesses;  // indices of trace events, ascending
  std::vector<std::string> details;      // e.g. one lost or doubled record a line; bounded
};

// What a sequential, fault-free interpretation of the job computes. Immutable once built; shared by all runs of a
// (job, workload) pair, also across threads.
class Reference;
std::shared_ptr<const Reference> make_reference(std::shared_ptr<const engine::JobGraph> job,
                                                std::shared_ptr<const sim::Workload> workload);
std::uint64_t expected_results(const Reference& reference);  // that a fault-free run commits, over all output topics

struct PropertyInfo {
  std::string_view name;
  std::string_view promise;  // what holds, one sentence
  std::string_view rules;    // "P1, BA-11"
};
// In the order of verdicts.
std::span<const PropertyInfo> all_properties();

// All properties that apply to a job, fed by one run, then judged. Reusable through `begin`; keeps memory.
class PropertySuite final : public sim::Observer {
 public:
  PropertySuite();
  ~PropertySuite() override;
  // `stages`: the references of the jobs that may follow, on the same workload.
  void begin(const engine::JobSetup& setup, const sim::WorldSpec& world, std::shared_ptr<const Reference> reference,
             std::vector<std::shared_ptr<const Reference>> stages = {});
  void on_event(const sim::TraceEvent& event, std::uint32_t index) override;
  void on_visible(const sim::VisibleRecord& record) override;
  void on_stage(std::uint32_t stage, const engine::JobSetup& setup) override;
  // After the run. Inconclusive verdicts include "no planned fault fired" only where the caller says faults were asked
  // for.
  std::vector<Verdict> judge(const sim::RunOutcome& outcome, const sim::Trace& trace);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The worst answer of all: violated before inconclusive before holds.
Answer overall(const std::vector<Verdict>& verdicts);

// A run whose planned faults all stayed away proves nothing about them: inconclusive. Without a plan: holds. The caller
// decides whether faults were asked for; the sentence is for a person.
Answer fault_activity_answer(const sim::RunOutcome& outcome);
std::string fault_activity_sentence(const sim::RunOutcome& outcome);

}  // namespace weir::properties
