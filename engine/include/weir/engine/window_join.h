#pragma once

// Ready part: joins elements of two streams that have the same key and fall into the same window: Flink's window join.
// Both become one stream of either kind, as in Flink, and the window operator does the rest.

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/engine/either.h"
#include "weir/engine/stream.h"

namespace weir::engine {

namespace detail {

template <class K, class Left, class Right, class Out, class Join>
WindowFunction<K, std::vector<Either<Left, Right>>, Out> pairs_of_window(Join join) {
  using Both = Either<Left, Right>;
  return [join](const K&, const TimeWindow&, const std::vector<Both>& all, Collector<Out>& out) {
    for (const Both& l : all) {
      if (!l.left) continue;
      for (const Both& r : all) {
        if (r.right) join(*l.left, *r.right, out);
      }
    }
  };
}

}  // namespace detail

// `join` is called as join(left, right, collector) for every pair of a window, when the window is over.
template <class Out, class Left, class Right, class LeftSelector, class RightSelector, class Join>
DataStream<Out> window_join(const DataStream<Left>& left, LeftSelector key_of_left, const DataStream<Right>& right,
                            RightSelector key_of_right, WindowAssigners windows, Join join,
                            std::string name = "window-join") {
  using K = std::decay_t<std::invoke_result_t<LeftSelector, const Left&>>;
  static_assert(std::is_same_v<K, std::decay_t<std::invoke_result_t<RightSelector, const Right&>>>,
                "joined streams need keys of the same type");
  using Both = Either<Left, Right>;
  const auto lefts = left.map([](const Left& value) { return Both::first(value); }, name + "-left");
  const auto rights = right.map([](const Right& value) { return Both::second(value); }, name + "-right");
  const auto key = [key_of_left, key_of_right](const Both& one) -> K {
    return one.left ? K(key_of_left(*one.left)) : K(key_of_right(*one.right));
  };
  return lefts.union_with(rights)
      .key_by(key)
      .window(std::move(windows))
      .template process<Out>(detail::pairs_of_window<K, Left, Right, Out>(std::move(join)), std::move(name));
}

}  // namespace weir::engine
