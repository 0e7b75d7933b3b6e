#include "shrink/simplify.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace weir::scenarios {
namespace {

using engine::Duration;

// Changes one field of a copy and says so.
template <class Change>
void propose(std::vector<Candidate>& out, const RunSpec& spec, std::string step, Change change) {
  Candidate candidate{spec, std::move(step)};
  change(candidate.spec);
  out.push_back(std::move(candidate));
}

std::string from_to(const std::string& what, std::uint64_t from, std::uint64_t to) {
  return what + " " + std::to_string(from) + " -> " + std::to_string(to);
}

// Each of `wanted` once, if it is between 0 and `value`.
std::vector<std::uint64_t> less_than(std::uint64_t value, std::initializer_list<std::uint64_t> wanted) {
  std::vector<std::uint64_t> less;
  for (const std::uint64_t w : wanted) {
    if (w > 0 && w < value && std::find(less.begin(), less.end(), w) == less.end()) less.push_back(w);
  }
  return less;
}

// 10 s, 1 s, … 1 us: the roundest time near `time` comes first; nothing when it is as round as it can be.
std::vector<Duration> rounder(Duration time) {
  constexpr std::array<std::int64_t, 8> kGrains{10'000'000'000, 1'000'000'000, 100'000'000, 10'000'000,
                                                1'000'000,      100'000,       10'000,      1'000};
  std::vector<Duration> times;
  for (const std::int64_t grain : kGrains) {
    if (time.count() % grain == 0) break;
    const Duration rounded{(time.count() + grain / 2) / grain * grain};
    if (rounded.count() > 0) times.push_back(rounded);
  }
  return times;
}

class FaultSimplifier {
 public:
  FaultSimplifier(const RunSpec& spec, std::size_t index, std::vector<Candidate>& out)
      : spec_(spec), index_(index), out_(out) {}

  void propose_all() {
    const sim::Fault& fault = spec_.world.faults[index_];
    if (fault.count > 1) change([](sim::Fault& f) { f.count = 1; });
    if (fault.count > 2) change([](sim::Fault& f) { f.count /= 2; });
    if (fault.trigger.occurrence > 1) change([](sim::Fault& f) { f.trigger.occurrence = 1; });
    if (fault.trigger.occurrence > 2) change([](sim::Fault& f) { f.trigger.occurrence /= 2; });
    if (!fault.trigger.at_event) {
      for (const Duration time : rounder(fault.trigger.time.time_since_epoch())) {
        change([&](sim::Fault& f) { f.trigger.time = engine::Time{time}; });
      }
    }
    for (const Duration duration : rounder(fault.duration)) {
      change([&](sim::Fault& f) { f.duration = duration; });
    }
  }

 private:
  template <class Change>
  void change(Change change) {
    const std::string before = sim::to_text(spec_.world.faults[index_]);
    RunSpec spec = spec_;
    change(spec.world.faults[index_]);
    std::string step = before + " -> " + sim::to_text(spec.world.faults[index_]);
    out_.push_back({std::move(spec), std::move(step)});
  }

  const RunSpec& spec_;
  std::size_t index_;
  std::vector<Candidate>& out_;
};

}  // namespace

Candidate without_faults(const RunSpec& spec, std::size_t first, std::size_t count) {
  Candidate candidate{spec, {}};
  auto& faults = candidate.spec.world.faults;
  for (std::size_t i = first; i < first + count; ++i) {
    candidate.step += (i == first ? "without " : ", ") + sim::to_text(faults[i]);
  }
  const auto begin = faults.begin() + static_cast<std::ptrdiff_t>(first);
  faults.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  return candidate;
}

// A file is what it is; only generated input shrinks.
std::vector<Candidate> smaller_workloads(const RunSpec& spec) {
  std::vector<Candidate> out;
  if (!spec.job.input.empty()) return out;
  const std::uint64_t records = spec.job.records;
  const std::uint64_t keys = spec.job.keys;
  for (const auto fewer :
       less_than(records, {records / 8, records / 2, records - records / 4, records - records / 16})) {
    propose(out, spec, from_to("records", records, fewer), [&](RunSpec& s) { s.job.records = fewer; });
  }
  for (const auto fewer : less_than(keys, {1, keys / 8, keys / 2})) {
    propose(out, spec, from_to("keys", keys, fewer), [&](RunSpec& s) { s.job.keys = fewer; });
  }
  return out;
}

std::vector<Candidate> smaller_topologies(const RunSpec& spec) {
  std::vector<Candidate> out;
  const std::uint64_t parallelism = spec.job.parallelism;
  const std::uint16_t task_managers = spec.options.cluster.task_managers;
  for (const auto less : less_than(parallelism, {1, parallelism / 2, parallelism - 1})) {
    propose(out, spec, from_to("parallelism", parallelism, less),
            [&](RunSpec& s) { s.job.parallelism = static_cast<std::uint32_t>(less); });
  }
  if (task_managers > 1) {
    const auto less = static_cast<std::uint16_t>(task_managers - 1);
    propose(out, spec, from_to("TaskManagers", task_managers, less),
            [&](RunSpec& s) { s.options.cluster.task_managers = less; });
  }
  return out;
}

std::vector<Candidate> simpler_settings(const RunSpec& spec) {
  std::vector<Candidate> out;
  if (spec.options.backend != engine::StateBackendKind::Heap) {
    propose(out, spec, "heap state backend", [](RunSpec& s) {
      s.options.backend = engine::StateBackendKind::Heap;
      s.options.checkpoint.incremental = false;
    });
  }
  if (spec.options.changelog.enabled) {
    propose(out, spec, "no changelog", [](RunSpec& s) { s.options.changelog.enabled = false; });
  }
  if (spec.options.local_recovery) {
    propose(out, spec, "no local recovery", [](RunSpec& s) { s.options.local_recovery = false; });
  }
  if (spec.options.checkpoint.incremental) {
    propose(out, spec, "whole checkpoints", [](RunSpec& s) { s.options.checkpoint.incremental = false; });
  }
  if (spec.world.schedule != sim::SchedulePolicy::Fifo) {
    propose(out, spec, "fifo schedule", [](RunSpec& s) { s.world.schedule = sim::SchedulePolicy::Fifo; });
  }
  return out;
}

std::vector<Candidate> simpler_faults(const RunSpec& spec) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < spec.world.faults.size(); ++i) FaultSimplifier(spec, i, out).propose_all();
  return out;
}

}  // namespace weir::scenarios
