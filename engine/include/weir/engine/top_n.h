#pragma once

// Ready part: the best n elements, per key or per key and window.
//
//   bids.key_by(auction).process<TopNPerKey<Id, Bid, Higher>>("leaders", 3)
//   bids.key_by(auction).window(tumbling_windows(TimeDomain::Event, 1min))
//       .aggregate<Leaders, std::vector<Bid>, std::vector<Bid>>(top_n<Bid, Higher>(3), emit_leaders)

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "weir/engine/functions.h"

namespace weir::engine {

// Puts a value where it ranks and drops what falls below place n. `Before` is a strict order, best first; make it a
// total one, else equals rank by arrival. True: the ranking changed.
template <class T, class Before>
bool rank_in(const T& value, std::size_t n, std::vector<T>& ranking) {
  const auto place = std::upper_bound(ranking.begin(), ranking.end(), value, Before{});
  if (static_cast<std::size_t>(place - ranking.begin()) >= n) return false;
  ranking.insert(place, value);
  if (ranking.size() > n) ranking.pop_back();
  return true;
}

// For windows, and for whatever else aggregates. With a total order it does not depend on the order of arrival.
template <class T, class Before>
class TopN final : public AggregateFunction<T, std::vector<T>, std::vector<T>> {
 public:
  explicit TopN(std::size_t n) : n_(n) {}
  std::vector<T> create_accumulator() const override { return {}; }
  void add(const T& value, std::vector<T>& ranking) const override { rank_in<T, Before>(value, n_, ranking); }
  std::vector<T> get_result(const std::vector<T>& ranking) const override { return ranking; }
  void merge(std::vector<T>& into, const std::vector<T>& other) const override {
    for (const T& value : other) add(value, into);
  }

 private:
  std::size_t n_;
};

template <class T, class Before>
std::shared_ptr<const AggregateFunction<T, std::vector<T>, std::vector<T>>> top_n(std::size_t n) {
  return std::make_shared<TopN<T, Before>>(n);
}

// The best of everything seen of a key: emits {key, ranking} whenever the ranking changes.
template <class K, class T, class Before>
class TopNPerKey : public KeyedProcessFunction<K, T, std::pair<K, std::vector<T>>> {
 public:
  using Ranking = std::vector<T>;
  using typename KeyedProcessFunction<K, T, std::pair<K, Ranking>>::Context;
  explicit TopNPerKey(std::size_t n) : n_(n) {}

  void open(RuntimeContext& context) override {
    ranking_ = context.get_state(ValueStateDescriptor<Ranking>{"ranking"});
  }
  void process_element(const T& value, Context& context, Collector<std::pair<K, Ranking>>& out) override {
    Ranking ranking = ranking_.value_or({});
    if (!rank_in<T, Before>(value, n_, ranking)) return;
    ranking_.update(ranking);
    out.collect({context.current_key, std::move(ranking)});
  }

 private:
  std::size_t n_;
  ValueState<Ranking> ranking_;
};

}  // namespace weir::engine
