// The jobs that show one operator each: what they compute is what brute force over their input gives.

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "job_outputs.h"

namespace weir::scenarios {
namespace {

using engine::Bytes;
using engine::serialize;
using test::outputs;
using test::ref_of;
using test::resolved;

using Three = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
using Pair = std::pair<std::int64_t, std::int64_t>;

// The records of one topic, decoded.
template <class T>
std::vector<T> input(const ResolvedJob& job, std::size_t topic = 0) {
  std::vector<T> all;
  for (const auto& partition : job.workload->topics.at(topic).partitions) {
    for (const Bytes& record : partition) REQUIRE(engine::deserialize(engine::BytesView(record), all.emplace_back()));
  }
  return all;
}

std::vector<Bytes> sorted(std::vector<Bytes> all) {
  std::sort(all.begin(), all.end());
  return all;
}

// Of orders (account, at, number) and payments (account, at, amount), those that `joins` says belong together.
template <class Joins>
std::vector<Bytes> paid(const ResolvedJob& job, Joins joins) {
  std::vector<Bytes> all;
  for (const auto& [account, ordered, number] : input<Three>(job)) {
    for (const auto& [payer, paid_at, amount] : input<Three>(job, 1)) {
      if (account != payer || !joins(ordered, paid_at)) continue;
      all.push_back(serialize(std::tuple(account, number, ordered, paid_at, amount)));
    }
  }
  return sorted(all);
}

}  // namespace

TEST_CASE("interval-join and window-join find the pairs that brute force finds") {
  JobRef ref = ref_of("interval-join");
  const ResolvedJob intervals = resolved(ref);
  const auto expected = paid(intervals, [](auto o, auto p) { return p >= o - 20 && p <= o + 100; });
  CHECK(expected.size() > 20);
  CHECK(outputs(intervals) == expected);
  ref.name = "window-join";
  const ResolvedJob windows = resolved(ref);
  CHECK(outputs(windows) == paid(windows, [](auto o, auto p) { return o / 200 == p / 200; }));
}

TEST_CASE("match pairs every request with its response") {
  JobRef ref = ref_of("match");
  const ResolvedJob job = resolved(ref);
  std::map<std::int64_t, std::int64_t> questions;
  for (const auto& [id, question] : input<Pair>(job)) questions[id] = question;
  std::vector<Bytes> expected;
  for (const auto& [id, answer] : input<std::pair<std::int64_t, std::string>>(job, 1)) {
    expected.push_back(serialize(std::tuple(id, questions.at(id), answer)));
  }
  CHECK(expected.size() == ref.records / 2);
  CHECK(outputs(job) == sorted(expected));
}

TEST_CASE("deduplicate lets every record pass once, with a time to live and without") {
  JobRef ref = ref_of("deduplicate");
  const ResolvedJob job = resolved(ref);
  const auto records = input<Pair>(job);
  std::vector<Bytes> expected;
  for (const Pair& record : std::set<Pair>(records.begin(), records.end())) expected.push_back(serialize(record));
  CHECK(outputs(job) == sorted(expected));
  ref.parameters["ttl"] = "none";
  CHECK(outputs(resolved(ref)) == sorted(expected));
}

TEST_CASE("running-aggregate keeps count, sum, least and most of every sensor") {
  JobRef ref = ref_of("running-aggregate");
  const ResolvedJob job = resolved(ref);
  std::map<std::int64_t, std::int64_t> counts;
  std::vector<Bytes> expected;
  for (const auto& [sensor, value] : input<Pair>(job)) {
    const std::int64_t n = ++counts[sensor];
    expected.push_back(serialize(std::pair(sensor, std::tuple(n, n * value, value, value))));
  }
  CHECK(outputs(job) == sorted(expected));
}

TEST_CASE("top-n keeps the best bids of an auction and half a second") {
  using Bid = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;  // auction, at, bidder, amount
  JobRef ref = ref_of("top-n");
  const ResolvedJob job = resolved(ref);
  std::map<Pair, std::vector<std::pair<Three, Bid>>> by_window;
  for (const Bid& bid : input<Bid>(job)) {
    const auto& [auction, at, bidder, amount] = bid;
    by_window[{auction, at / 500 * 500 + 500}].push_back({{-amount, at, bidder}, bid});
  }
  std::vector<Bytes> expected;
  for (auto& [window, ranked] : by_window) {
    std::sort(ranked.begin(), ranked.end());
    std::vector<Bid> best;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, ranked.size()); ++i) best.push_back(ranked[i].second);
    expected.push_back(serialize(std::tuple(window.first, window.second, best)));
  }
  CHECK(expected.size() > 20);
  CHECK(outputs(job) == sorted(expected));
}

TEST_CASE("broadcast-rules holds every payment against the version of each limit at its time") {
  JobRef ref = ref_of("broadcast-rules");
  const ResolvedJob job = resolved(ref);
  std::map<std::int64_t, std::map<std::int64_t, std::int64_t>> limits;  // id -> from -> amount
  for (const auto& [id, from, amount] : input<Three>(job, 1)) REQUIRE(limits[id].emplace(from, amount).second);
  std::vector<Bytes> expected;
  for (const auto& [account, at, amount] : input<Three>(job)) {
    for (const auto& [id, versions] : limits) {
      auto version = versions.upper_bound(at);
      if (version == versions.begin() || amount <= (--version)->second) continue;
      expected.push_back(serialize(std::tuple(account, at, amount, id, version->second)));
    }
  }
  CHECK(expected.size() > 20);
  CHECK(outputs(job) == sorted(expected));
}

TEST_CASE("sessions holds every click once, and async-enrich names the user of every click") {
  JobRef ref = ref_of("sessions");
  const ResolvedJob clicks = resolved(ref);
  std::size_t events = 0;
  const auto sessions = outputs(clicks);
  for (const Bytes& bytes : sessions) {
    std::tuple<std::int64_t, std::int64_t, std::int64_t, std::vector<Three>> session;
    REQUIRE(engine::deserialize(engine::BytesView(bytes), session));
    const auto& [user, from, to, all] = session;
    events += all.size();
    CHECK(std::get<1>(all.front()) == from);
    CHECK(std::get<1>(all.back()) == to);
  }
  CHECK(events == ref.records);
  CHECK(sessions.size() > ref.keys);
  ref.name = "async-enrich";
  CHECK(outputs(resolved(ref)).size() == ref.records);
  const auto ordered = outputs(resolved(ref));
  ref.parameters["order"] = "unordered";
  CHECK(outputs(resolved(ref)) == ordered);
}

TEST_CASE("chained-totals adds up twice in one chain, and holds no click back for good") {
  JobRef ref = ref_of("chained-totals");
  const ResolvedJob job = resolved(ref);
  const auto& vertices = job.graph->job().vertices;
  CHECK(std::any_of(vertices.begin(), vertices.end(), [](const auto& vertex) {
    return vertex.chain.size() == 2 && vertex.chain[0].keyed && vertex.chain[1].keyed;
  }));
  std::map<std::int64_t, std::int64_t> totals, sums;
  std::vector<Bytes> expected;
  for (const auto& [key, amount] : input<Pair>(job)) {
    sums[key] += totals[key] += amount;
    expected.push_back(serialize(Pair{key, sums[key]}));
  }
  CHECK(outputs(job) == sorted(expected));
}

}  // namespace weir::scenarios
