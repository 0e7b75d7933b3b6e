// The highest bids of every auction and window of event time.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"
#include "weir/engine/top_n.h"

namespace weir::scenarios {
namespace {

using namespace engine;
using namespace std::chrono_literals;

constexpr char kBids[] = "bids";
constexpr char kLeaders[] = "leaders";
constexpr char kN[] = "n";

struct Bid {
  std::int64_t auction = 0;
  std::int64_t at = 0;
  std::int64_t bidder = 0;
  std::int64_t amount = 0;
  static constexpr auto fields() { return std::tuple{&Bid::auction, &Bid::at, &Bid::bidder, &Bid::amount}; }
  static constexpr auto field_names() { return std::array{"auction", "at", "bidder", "amount"}; }
};
struct Leaders {
  std::int64_t auction = 0;
  std::int64_t until = 0;
  std::vector<Bid> bids;
  static constexpr auto fields() { return std::tuple{&Leaders::auction, &Leaders::until, &Leaders::bids}; }
  static constexpr auto field_names() { return std::array{"auction", "until", "bids"}; }
};
struct Higher {
  bool operator()(const Bid& a, const Bid& b) const {
    return std::tuple(-a.amount, a.at, a.bidder) < std::tuple(-b.amount, b.at, b.bidder);
  }
};

void emit(const std::int64_t& auction, const TimeWindow& window, const std::vector<Bid>& bids,
          Collector<Leaders>& out) {
  out.collect({auction, window.end, bids});
}

void build(StreamEnvironment& env, const JobRef& ref) {
  const std::size_t n = std::stoul(ref.parameters.at(kN));
  env.from_source(LogSource<Bid>(kBids), "bids")
      .uid("bids")
      .assign_timestamps_and_watermarks([](const Bid& bid) { return EventTime{bid.at}; }, {0ms, 5ms})
      .uid("timestamps")
      .key_by([](const Bid& bid) { return bid.auction; })
      .window(tumbling_windows(TimeDomain::Event, 500ms))
      .aggregate<Leaders, std::vector<Bid>, std::vector<Bid>>(engine::top_n<Bid, Higher>(n), emit, "leaders")
      .uid("leaders")
      .sink_to(TransactionalLogSink<Leaders>(kLeaders), "sink")
      .uid("sink");
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  EventTimes times(ref, 40);
  sim::Workload made;
  made.topics = {generated_topic(kBids, ref, [&](sim::RandomStream& random) {
    Bid bid;
    bid.at = times.next(random);
    bid.auction = static_cast<std::int64_t>(random.below(ref.keys));
    bid.bidder = static_cast<std::int64_t>(random.below(50));
    bid.amount = static_cast<std::int64_t>(random.below(100));
    return serialize(bid);
  })};
  made.output_topics = {kLeaders};
  return made;
}

}  // namespace

JobDefinition top_n() {
  return {"top-n", "the highest bids per auction and window of event time",
          false,   {{kN, "3", "how many", {"1", "3", "10"}}},
          build,   workload};
}

}  // namespace weir::scenarios
