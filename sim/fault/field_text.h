#pragma once

// Fields of the text of a call, as number or duration; what does not read goes to problem(why), and the value is 0.

#include <charconv>
#include <string>
#include <string_view>

#include "weir/sim/fault.h"

namespace weir::sim {

inline std::string in_single_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

template <class Number, class Problem>
Number read_number(std::string_view key, std::string_view text, Problem problem) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    problem(in_single_quotes(text) + " is not a number for " + std::string(key));
  }
  return value;
}

template <class Problem>
Duration read_duration(std::string_view text, Problem problem) {
  auto parsed = parse_duration(text);
  if (parsed.ok()) return parsed.value();
  problem(parsed.status().message());
  return {};
}

}  // namespace weir::sim
