#include "text/numbers.h"

#include <array>

namespace weir::reports {
namespace {

std::string padded(std::uint64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

std::string without_trailing_zeros(std::string decimals) {
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return decimals.empty() ? decimals : "." + decimals;
}

}  // namespace

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string hex(std::uint64_t value) {
  const std::string digits = hex_digits(value);
  const std::size_t first = digits.find_first_not_of('0');
  return "0x" + (first == std::string::npos ? "0" : digits.substr(first));
}

std::string hex_digits(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 0xF];
  return out;
}

std::string counted(std::uint64_t n, const char* one, const char* many) {
  return grouped(n) + " " + (n == 1 ? one : many);
}

std::string clock_time(std::int64_t ns) {
  const auto value = static_cast<std::uint64_t>(ns < 0 ? 0 : ns);
  return std::to_string(value / 1'000'000) + "." + padded(value % 1'000'000, 6) + "ms";
}

std::string axis_time(std::int64_t ns) {
  const auto micros = static_cast<std::uint64_t>(ns < 0 ? 0 : ns) / 1000;
  return std::to_string(micros / 1000) + "." + padded(micros % 1000, 3) + "ms";
}

std::string short_duration(std::int64_t ns) {
  struct Unit {
    std::uint64_t size;
    const char* name;
  };
  constexpr std::array<Unit, 3> kUnits{{{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}}};
  const auto value = static_cast<std::uint64_t>(ns < 0 ? 0 : ns);
  for (const Unit& unit : kUnits) {
    if (value < unit.size) continue;
    const std::uint64_t thousandths = value % unit.size * 1000 / unit.size;
    return std::to_string(value / unit.size) + without_trailing_zeros(padded(thousandths, 3)) + unit.name;
  }
  return std::to_string(value) + "ns";
}

std::string byte_size(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"KB", "MB", "GB", "TB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  std::uint64_t hundredths = bytes * 100 / 1024;
  std::size_t unit = 0;
  for (; hundredths >= 102'400 && unit + 1 < kUnits.size(); ++unit) hundredths /= 1024;
  return std::to_string(hundredths / 100) + "." + padded(hundredths % 100, 2) + " " + kUnits[unit];
}

}  // namespace weir::reports
