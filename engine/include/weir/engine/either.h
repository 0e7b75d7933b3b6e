#pragma once

// A stream of two kinds of records, and how to part it again: what Flink does with a side output.
//
//   using Out = Either<Total, Click>;
//   const auto all = clicks.key_by(user).window(minutes).aggregate<Out, …>(
//       count, emit_total, "totals", [](const Click& late, Collector<Out>& out) { out.collect(Out::second(late)); });
//   const auto [totals, late_clicks] = split(all);

#include <optional>
#include <tuple>
#include <utility>

#include "weir/engine/stream.h"

namespace weir::engine {

// Exactly one of the two.
template <class Left, class Right>
struct Either {
  std::optional<Left> left;
  std::optional<Right> right;
  static Either first(const Left& value) { return {value, std::nullopt}; }
  static Either second(const Right& value) { return {std::nullopt, value}; }
  static constexpr auto fields() { return std::tuple{&Either::left, &Either::right}; }
};

template <class Left, class Right>
std::pair<DataStream<Left>, DataStream<Right>> split(const DataStream<Either<Left, Right>>& stream) {
  using Both = Either<Left, Right>;
  return {stream.template flat_map<Left>(
              [](const Both& one, Collector<Left>& out) {
                if (one.left) out.collect(*one.left);
              },
              "left"),
          stream.template flat_map<Right>(
              [](const Both& one, Collector<Right>& out) {
                if (one.right) out.collect(*one.right);
              },
              "right")};
}

}  // namespace weir::engine
