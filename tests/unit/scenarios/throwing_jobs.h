#pragma once

// Jobs whose own code throws where it should not.

#include <atomic>
#include <memory>
#include <new>
#include <stdexcept>

#include "weir/engine/connectors.h"
#include "weir/scenarios/job_catalogue.h"

namespace weir::scenarios::test {

// The keyed-count job under another name, with parts to replace.
inline JobDefinition keyed_count_as(const std::string& name) {
  JobDefinition job = *JobCatalogue::built_in().find("keyed-count");
  job.name = name;
  return job;
}

inline JobDefinition throws_when_built() {
  JobDefinition job = keyed_count_as("throws-when-built");
  job.build = [](engine::StreamEnvironment&, const JobRef&) { throw std::runtime_error("no plan\nfor this"); };
  return job;
}

inline JobDefinition throws_making_input() {
  JobDefinition job = keyed_count_as("throws-making-input");
  job.workload = [](const JobRef&, const engine::Bytes&) -> sim::Workload { throw std::bad_alloc(); };
  return job;
}

// Fails in the fault-free run already.
inline JobDefinition throws_in_reference() {
  JobDefinition job = keyed_count_as("throws-in-reference");
  job.build = [](engine::StreamEnvironment& env, const JobRef&) {
    env.from_source(engine::LogSource<std::pair<std::int64_t, std::int64_t>>("clicks"), "source")
        .map([](const auto&) -> std::int64_t { throw 42; })
        .sink_to(engine::TransactionalLogSink<std::int64_t>("totals"), "sink");
  };
  return job;
}

// Throws after `calls` calls of its map, wherever that is: first in an attempt, which fails as it should; then, when a
// property folds the prefix of the restored checkpoint, in the middle of a thread that runs seeds.
inline JobDefinition throws_after(std::uint64_t calls) {
  JobDefinition job = keyed_count_as("throws-after");
  auto left = std::make_shared<std::atomic<std::uint64_t>>(calls);
  job.build = [left](engine::StreamEnvironment& env, const JobRef&) {
    using Click = std::pair<std::int64_t, std::int64_t>;
    struct Last : engine::KeyedProcessFunction<std::int64_t, Click, std::int64_t> {
      void open(engine::RuntimeContext& context) override {
        seen = context.get_state(engine::ValueStateDescriptor<std::int64_t>{"seen"});
      }
      void process_element(const Click& click, Context&, engine::Collector<std::int64_t>& out) override {
        seen.update(seen.value_or(0) + 1);
        out.collect(click.first);
      }
      engine::ValueState<std::int64_t> seen;
    };
    env.from_source(engine::LogSource<Click>("clicks"), "source")
        .map([left](const Click& click) {
          if (left->load() == 0) throw std::runtime_error("used up");
          --*left;
          return click;
        })
        .key_by([](const Click& click) { return click.first; })
        .process<Last>("last")
        .sink_to(engine::TransactionalLogSink<std::int64_t>("totals"), "sink");
  };
  return job;
}

inline JobCatalogue throwing_jobs() {
  JobCatalogue catalogue = JobCatalogue::built_in();
  for (const JobDefinition& job : {throws_when_built(), throws_making_input(), throws_in_reference()}) {
    catalogue.add(job);
  }
  return catalogue;
}

}  // namespace weir::scenarios::test
