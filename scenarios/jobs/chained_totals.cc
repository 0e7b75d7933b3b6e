// Two keyed operators in one chain, and behind them batches that any subtask may go on with after a failure: state that
// is easily mixed up when an attempt restores from a local copy.

#include <array>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "jobs/built_in.h"
#include "jobs/clicks.h"
#include "jobs/generate.h"
#include "weir/engine/checkpointed_function.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kClicks[] = "clicks";
constexpr char kSums[] = "sums";
constexpr std::size_t kBatch = 7;

struct HeldClick {
  Click click;
  std::uint64_t origin = 0;
  static constexpr auto fields() { return std::tuple{&HeldClick::click, &HeldClick::origin}; }
};

// Holds clicks back until there are enough of them. What it holds is a union list (ST-8): after a restore every subtask
// sees all of it and takes what falls to it by key, whoever held it before.
class Batches final : public OneInputOperator<Click, Click> {
 public:
  void open(OperatorContext& context) override {
    OneInputOperator<Click, Click>::open(context);
    state_ = {"held", context.operator_state.union_list("held")};
    for (const HeldClick& held : state_.get()) {
      if (held.click.key % context.parallelism == context.index) held_.push_back(held);
    }
  }
  void collect(const Click& click) override {
    held_.push_back({click, context().chain.origin.value});
    if (held_.size() >= kBatch) emit();
  }
  void snapshot_state(CheckpointId) override { state_.update(held_); }
  void finish() override { emit(); }

 private:
  void emit() {
    for (const HeldClick& held : held_) {
      context().chain.origin = {held.origin};
      out().collect(held.click);
    }
    held_.clear();
  }

  OperatorListState<HeldClick> state_;
  std::vector<HeldClick> held_;
};

void build(StreamEnvironment& env, const JobRef&) {
  const auto by_key = [](const Click& click) { return click.key; };
  env.from_source(LogSource<Click>(kClicks), "source")
      .uid("source")
      .key_by(by_key)
      .process<RunningTotal>("totals")
      .uid("totals")
      .reinterpret_as_keyed(by_key)
      .process<RunningTotal>("sums")
      .uid("sums")
      .rebalance()
      .transform<Click>("batches", [] { return std::make_unique<Batches>(); })
      .uid("batches")
      .rebalance()
      .sink_to(TransactionalLogSink<Click>(kSums), "sink")
      .uid("sink");
}

// Amounts are all 1, so that the order of arrival does not show in what comes out.
sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {generated_topic(kClicks, ref, [&](sim::RandomStream& random) {
    return serialize(Click{static_cast<std::int64_t>(random.below(ref.keys)), 1});
  })};
  made.output_topics = {kSums};
  return made;
}

}  // namespace

JobDefinition chained_totals() {
  return {"chained-totals", "two running totals in one chain, and batches in a union list", false, {}, build, workload};
}

}  // namespace weir::scenarios
