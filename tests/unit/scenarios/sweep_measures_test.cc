#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>

#include "campaign/parallel.h"
#include "sweep/measures.h"
#include "sweep/samples.h"
#include "weir/engine/events.h"

namespace weir::scenarios {
namespace {

using engine::AckClass;
using engine::CheckpointKind;
using engine::EventKind;

class History {
 public:
  History& add(std::int64_t time, sim::TraceKind kind, std::uint64_t a = 0, std::uint64_t b = 0,
               std::uint32_t detail = 0) {
    sim::TraceEvent event;
    event.time = time;
    event.kind = kind;
    event.a = a;
    event.b = b;
    event.detail = detail;
    trace_.append(event);
    return *this;
  }
  History& ack(std::int64_t time, std::uint64_t checkpoint, AckClass how = AckClass::Success) {
    return add(time, EventKind::AckReceived, checkpoint, static_cast<std::uint64_t>(how) << 32);
  }
  const sim::Trace& trace() const { return trace_; }

 private:
  sim::Trace trace_;
};

Sample sample(std::int64_t value) {
  Sample sample;
  sample.value = value;
  return sample;
}

}  // namespace

TEST_CASE("a checkpoint lasts from its trigger to the last acknowledgement that counts (ME-1)") {
  History history;
  history.add(100, EventKind::CheckpointTriggered, 1).ack(130, 1).ack(150, 1).ack(155, 1, AckClass::Late);
  history.add(170, EventKind::CheckpointCompleted, 1);
  history.add(200, EventKind::CheckpointTriggered, 2).ack(900, 2).add(950, EventKind::CheckpointAborted, 2);
  history.add(1000, EventKind::CheckpointTriggered, 3).ack(1030, 3).add(1031, EventKind::CheckpointCompleted, 3);
  CHECK(mean_checkpoint_duration(history.trace()) == (50 + 30) / 2);
}

TEST_CASE("savepoints, the final checkpoint, and what completes at the end of the input are not measured") {
  History history;
  CHECK(mean_checkpoint_duration(history.trace()) == std::nullopt);
  history.add(10, EventKind::CheckpointTriggered, 1).ack(20, 1);
  history.add(20, EventKind::CheckpointCompleted, 1, 0, static_cast<std::uint32_t>(CheckpointKind::Savepoint));
  history.add(30, EventKind::CheckpointTriggered, 2).ack(40, 2).add(50, EventKind::EndOfDataReached);
  history.add(60, EventKind::CheckpointCompleted, 2);
  CHECK(mean_checkpoint_duration(history.trace()) == std::nullopt);
  history.add(70, EventKind::RestartScheduled);
  history.add(80, EventKind::CheckpointTriggered, 3).ack(87, 3).add(90, EventKind::CheckpointCompleted, 3);
  CHECK(mean_checkpoint_duration(history.trace()) == 7);
}

TEST_CASE("records in flight are those of completed checkpoints, at both ends of channels") {
  engine::ChannelCut two;
  two.add(engine::Origin{1});
  two.add(engine::Origin{2});
  History history;
  history.add(10, EventKind::CheckpointTriggered, 1).add(11, EventKind::InFlightCaptured, 1, two.packed());
  history.add(12, EventKind::InFlightCaptured, 1, two.packed()).ack(13, 1);
  history.add(14, EventKind::CheckpointCompleted, 1);
  history.add(20, EventKind::CheckpointTriggered, 2).add(21, EventKind::InFlightCaptured, 2, two.packed());
  history.add(22, EventKind::CheckpointAborted, 2);
  CHECK(mean_in_flight(history.trace()) == 4);
}

TEST_CASE("input is processed when the last subtask has come to its end, of a job that finishes") {
  History history;
  history.add(10, EventKind::EndOfDataReached).add(30, EventKind::EndOfDataReached).add(40, EventKind::AckSent);
  sim::RunOutcome outcome;
  outcome.ended_at = engine::Time{engine::Duration{50}};
  CHECK(input_processed_at(outcome, history.trace()) == std::nullopt);
  CHECK(finished_at(outcome) == std::nullopt);
  outcome.end = sim::RunEnd::JobFinished;
  CHECK(input_processed_at(outcome, history.trace()) == 30);
  CHECK(finished_at(outcome) == 50);
}

TEST_CASE("results are counted when they become visible") {
  History history;
  history.add(1, sim::WorldEventKind::LogCommitted, 0, 0, 9).add(1, sim::WorldEventKind::LogVisible, 0, 0, 9);
  history.add(5, sim::WorldEventKind::LogVisible, 0, 0, 4);
  CHECK(results_committed(history.trace()) == 13);
}

TEST_CASE("a point is the sum of its seeds and the middle half of them") {
  std::vector<Sample> samples;
  for (const std::int64_t value : {50, 10, 40, 20, 30, 60, 80, 70}) samples.push_back(sample(value));
  samples.emplace_back();
  samples.back().answer = properties::Answer::Inconclusive;
  const PointResult point = summed(samples);
  CHECK(point.measured == 8);
  CHECK(point.unmeasured == 1);
  CHECK(point.inconclusive == 1);
  CHECK(point.sum == 360);
  CHECK(point.low == 20);
  CHECK(point.high == 60);
  CHECK(summed({sample(7)}).low == 7);
  CHECK(summed({sample(7)}).high == 7);
  CHECK(summed({Sample{}}).measured == 0);
}

TEST_CASE("cost and time between failures are learned from all runs together") {
  Sample one = sample(1);
  one.processed_at = 900;
  one.restarts = 2;
  one.twin_checkpoint_time = 100;
  one.twin_checkpoints = 10;
  Sample two = one;
  two.processed_at = 300;
  two.restarts = 1;
  two.twin_checkpoint_time = 50;
  two.twin_checkpoints = 20;
  CHECK(failure_model_of({one, two, Sample{}}) == FailureModel{5, 400});
  one.restarts = 0;
  CHECK(failure_model_of({one}) == std::nullopt);
}

TEST_CASE("Young's interval is the root of twice the cost times the time between failures") {
  CHECK(young_interval({20'000'000, 2'000'000'000}) == 282'842'712);
  CHECK(young_interval({2, 4}) == 4);
  CHECK(young_interval({2, 3}) == 3);
  CHECK(young_interval({1'000'000'000'000, 1'000'000'000'000'000'000}) == 1'414'213'562'373'095);
}

TEST_CASE("each item is done once, on any number of threads, and the first exception comes out") {
  for (const std::uint32_t threads : {1u, 4u}) {
    std::vector<std::atomic<int>> times(100);
    for_each_item(
        times.size(), threads, [&] { return [&](std::size_t item) { ++times[item]; }; }, [](std::size_t) {});
    for (const auto& n : times) CHECK(n == 1);
    const auto work = [&](std::size_t item) {
      if (item >= 10) throw std::runtime_error(std::to_string(item));
    };
    CHECK_THROWS_WITH(for_each_item(
                          100, threads, [&] { return work; }, [](std::size_t) {}),
                      "10");
  }
}

}  // namespace weir::scenarios
