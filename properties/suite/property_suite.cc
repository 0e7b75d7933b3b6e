#include <array>
#include <bit>
#include <utility>

#include "channel/no_stuck_channel.h"
#include "commit/nothing_uncommitted_visible.h"
#include "coordination/checkpoint_order.h"
#include "coordination/event_consistency.h"
#include "coordination/failure_tolerance.h"
#include "coordination/split_ownership.h"
#include "coordination/zombies_are_harmless.h"
#include "cut/consistent_cut.h"
#include "cut/in_flight_conserved.h"
#include "delivery/at_least_once.h"
#include "delivery/exactly_once.h"
#include "liveness/engine_invariant.h"
#include "liveness/liveness.h"
#include "state/state_equals_fold.h"
#include "storage/durable_snapshots.h"
#include "storage/storage_tidy.h"
#include "suite/check.h"

namespace weir::properties {

// Hands each event to those who watch its kind; one that nobody watches costs one look into a table.
class PropertySuite::Impl {
 public:
  void begin(const engine::JobSetup& setup, std::shared_ptr<const Reference> reference,
             std::vector<std::shared_ptr<const Reference>> stages);
  void on_stage(std::uint32_t stage, const engine::JobSetup& setup);
  void on_event(const sim::TraceEvent& event, std::uint32_t index);
  void on_visible(const sim::VisibleRecord& record) {
    if (applies(kExactlyOnceAt)) exactly_once_.on_visible(record);
    if (applies(kAtLeastOnceAt)) at_least_once_.on_visible(record);
  }
  std::vector<Verdict> judge(const sim::RunOutcome& outcome, const sim::Trace& trace);

 private:
  using Watchers = std::uint32_t;  // one bit for each check, the highest for the history
  static constexpr std::size_t kExactlyOnceAt = 0;
  static constexpr std::size_t kAtLeastOnceAt = 1;
  static constexpr std::size_t kCheckpointOrderAt = 6;
  static constexpr Watchers kHistory = 0x8000'0000;

  // With high availability a checkpoint is complete when the pointer to it is in the store (G-1), whoever learns of it.
  // False: the event says nothing more.
  bool completes_in_store(const sim::TraceEvent& event, std::uint32_t index);
  bool is_of_ousted(const sim::TraceEvent& event) const {
    const bool begins = event.kind == sim::TraceKind(engine::EventKind::JobRecovered);  // a session of its own
    return engine::is_job_manager(event.actor) && !history_.leads(event.actor) && !begins;
  }
  void hand_out(const sim::TraceEvent& event, std::uint32_t index, Watchers watchers) {
    if ((watchers & kHistory) != 0) history_.on_event(event, index);
    for (watchers &= static_cast<Watchers>(~kHistory); watchers != 0; watchers &= static_cast<Watchers>(watchers - 1)) {
      checks_[static_cast<std::size_t>(std::countr_zero(watchers))]->on_event(event, index);
    }
  }

  bool applies(std::size_t check) const { return (applicable_ >> check & 1u) != 0; }
  void watch();

  History history_;
  ExactlyOnce exactly_once_;
  AtLeastOnce at_least_once_;
  ConsistentCut consistent_cut_;
  InFlightConserved in_flight_conserved_;
  StateEqualsFold state_equals_fold_;
  NothingUncommittedVisible nothing_uncommitted_visible_;
  CheckpointOrder checkpoint_order_;
  ZombiesAreHarmless zombies_are_harmless_;
  FailureTolerance failure_tolerance_;
  EventConsistency event_consistency_;
  SplitOwnership split_ownership_;
  DurableSnapshots durable_snapshots_;
  StorageTidy storage_tidy_;
  NoStuckChannel no_stuck_channel_;
  Liveness liveness_;
  EngineInvariant engine_invariant_;
  // In the order of verdicts.
  const std::array<Check*, 16> checks_{
      &exactly_once_,        &at_least_once_,     &consistent_cut_,
      &in_flight_conserved_, &state_equals_fold_, &nothing_uncommitted_visible_,
      &checkpoint_order_,    &failure_tolerance_, &zombies_are_harmless_,
      &event_consistency_,   &split_ownership_,   &durable_snapshots_,
      &storage_tidy_,        &no_stuck_channel_,  &liveness_,
      &engine_invariant_,
  };

  std::shared_ptr<const engine::ExecutionGraph> graph_;
  std::shared_ptr<const Reference> reference_;
  std::vector<std::shared_ptr<const Reference>> stages_;
  bool high_availability_ = false;
  Watchers applicable_ = 0;
  std::array<Watchers, sim::kTraceKinds> watchers_{};
};

void PropertySuite::Impl::begin(const engine::JobSetup& setup, std::shared_ptr<const Reference> reference,
                                std::vector<std::shared_ptr<const Reference>> stages) {
  graph_ = setup.graph;
  reference_ = std::move(reference);
  stages_ = std::move(stages);
  history_.begin(*graph_, setup.options);
  high_availability_ = setup.options.high_availability == engine::HighAvailability::Store;
  const RunContext context{graph_.get(), setup.options, reference_.get(), &history_};
  const Watchers before = std::exchange(applicable_, Watchers{0});
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i]->begin(context)) applicable_ = static_cast<Watchers>(applicable_ | 1u << i);
  }
  if (applicable_ != before) watch();
}

// The graph before must live until nobody looks back at it.
void PropertySuite::Impl::on_stage(std::uint32_t stage, const engine::JobSetup& setup) {
  const std::shared_ptr<const engine::ExecutionGraph> before = std::exchange(graph_, setup.graph);
  const engine::CheckpointId restored = engine::starts_from(setup);
  const Reference* reference = stage <= stages_.size() ? stages_[stage - 1].get() : nullptr;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (applies(i)) checks_[i]->before_stage();
  }
  history_.on_stage(*graph_, restored);
  const RunContext context{graph_.get(), setup.options,         reference,      &history_, stage,
                           restored,     engine::claims(setup), setup.directory};
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (applies(i)) checks_[i]->on_stage(context);
  }
}

void PropertySuite::Impl::watch() {
  watchers_.fill(0);
  watchers_[sim::TraceKind(sim::WorldEventKind::HaWritten).value] |= kHistory;
  for (const sim::TraceKind kind : History::watched()) watchers_[kind.value] |= kHistory;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (!applies(i)) continue;
    for (const sim::TraceKind kind : checks_[i]->watched()) {
      watchers_[kind.value] = static_cast<Watchers>(watchers_[kind.value] | 1u << i);
    }
  }
}

void PropertySuite::Impl::on_event(const sim::TraceEvent& event, std::uint32_t index) {
  Watchers watchers = watchers_[event.kind.value];
  if (watchers == 0) [[likely]]
    return;
  if (high_availability_) [[unlikely]] {
    if (!completes_in_store(event, index)) return;
    if (is_of_ousted(event)) watchers &= Watchers{1u << kCheckpointOrderAt};
  }
  hand_out(event, index, watchers);
}

bool PropertySuite::Impl::completes_in_store(const sim::TraceEvent& event, std::uint32_t index) {
  const CheckpointFacts* facts = history_.checkpoint({event.a});
  const bool known = facts != nullptr && facts->completed != kNever;
  if (event.kind == sim::TraceKind(engine::EventKind::CheckpointCompleted)) return !known;
  if (event.kind != sim::TraceKind(sim::WorldEventKind::HaWritten) || event.a == 0 || known) return true;
  sim::TraceEvent completed = event;
  completed.kind = engine::EventKind::CheckpointCompleted;
  completed.detail = static_cast<std::uint32_t>(facts == nullptr ? engine::CheckpointKind::Periodic : facts->kind);
  hand_out(completed, index, watchers_[completed.kind.value]);
  return true;
}

std::vector<Verdict> PropertySuite::Impl::judge(const sim::RunOutcome& outcome, const sim::Trace& trace) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(checks_.size());
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (!applies(i)) continue;
    Verdict& verdict = verdicts.emplace_back();
    verdict.property = checks_[i]->info().name;
    checks_[i]->judge(outcome, trace, verdict);
  }
  return verdicts;
}

PropertySuite::PropertySuite() : impl_(std::make_unique<Impl>()) {}
PropertySuite::~PropertySuite() = default;

void PropertySuite::begin(const engine::JobSetup& setup, const sim::WorldSpec&,
                          std::shared_ptr<const Reference> reference,
                          std::vector<std::shared_ptr<const Reference>> stages) {
  impl_->begin(setup, std::move(reference), std::move(stages));
}

void PropertySuite::on_event(const sim::TraceEvent& event, std::uint32_t index) { impl_->on_event(event, index); }
void PropertySuite::on_stage(std::uint32_t stage, const engine::JobSetup& setup) { impl_->on_stage(stage, setup); }
void PropertySuite::on_visible(const sim::VisibleRecord& record) { impl_->on_visible(record); }

std::vector<Verdict> PropertySuite::judge(const sim::RunOutcome& outcome, const sim::Trace& trace) {
  return impl_->judge(outcome, trace);
}

}  // namespace weir::properties
