#include <array>
#include <charconv>
#include <string>

#include "weir/sim/fault.h"

namespace weir::sim {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"min", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

engine::Status bad(std::string_view text, std::string_view why) {
  return {engine::StatusCode::Corrupt, std::string("'")
                                           .append(text)
                                           .append("' is not a duration: ")
                                           .append(why)
                                           .append("; write e.g. 500ms, 2s or 10min")};
}

}  // namespace

std::string duration_text(Duration duration) {
  const std::int64_t ns = duration.count();
  if (ns == 0) return "0ms";
  for (const Unit& unit : kUnits) {
    if (ns % unit.ns == 0) return std::to_string(ns / unit.ns).append(unit.name);
  }
  return std::to_string(ns) + "ns";
}

engine::Result<Duration> parse_duration(std::string_view text) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{}) return bad(text, "it does not start with a whole number");
  if (amount < 0) return bad(text, "it is negative");
  const std::string_view unit_name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& unit : kUnits) {
    if (unit.name != unit_name) continue;
    if (amount > (std::int64_t{1} << 52) / unit.ns) return bad(text, "it is longer than 52 days");
    return Duration{amount * unit.ns};
  }
  return bad(text, unit_name.empty() ? "the unit is missing" : "the unit is none of h, min, s, ms, us, ns");
}

}  // namespace weir::sim
