#include "model/flink_values.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "model/key_values.h"
#include "model/suggest.h"
#include "weir/sim/fault.h"

namespace weir::scenarios {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

struct Unit {
  std::string_view labels;  // in lower case, separated by '|'
  std::uint64_t factor;
};

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 7> kTimes{{
    {"|ms|milli|millis|millisecond|milliseconds", 1'000'000},  // without a unit
    {"ns|nano|nanos|nanosecond|nanoseconds", 1},
    {"µs|micro|micros|microsecond|microseconds", 1'000},
    {"s|sec|secs|second|seconds", kSecond},
    {"min|m|minute|minutes", 60 * kSecond},
    {"h|hour|hours", 3600 * kSecond},
    {"d|day|days", 86'400 * kSecond},
}};
constexpr std::array<Unit, 5> kSizes{{
    {"|b|bytes", 1},  // without a unit
    {"k|kb|kibibytes", std::uint64_t{1} << 10},
    {"m|mb|mebibytes", std::uint64_t{1} << 20},
    {"g|gb|gibibytes", std::uint64_t{1} << 30},
    {"t|tb|tebibytes", std::uint64_t{1} << 40},
}};

bool digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool names(const Unit& unit, std::string_view label) {
  for (const std::string_view known : split(unit.labels, '|')) {
    if (known == label) return true;
  }
  return false;
}

// "10 s" in the smallest unit, as far as a Duration reaches.
template <std::size_t N>
std::optional<std::uint64_t> measured(std::string_view text, const std::array<Unit, N>& units) {
  std::size_t length = 0;
  while (length < text.size() && digit(text[length])) ++length;
  const auto amount = number(text.substr(0, length));
  if (!amount) return std::nullopt;
  const std::string label = lower_case(trimmed(text.substr(length)));
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  for (const Unit& unit : units) {
    if (names(unit, label)) return *amount <= kMost / unit.factor ? std::optional(*amount * unit.factor) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> duration(std::string_view text) {
  const auto ns = measured(text, kTimes);
  if (!ns) return std::nullopt;
  return sim::duration_text(engine::Duration{static_cast<std::int64_t>(*ns)});
}

std::optional<std::string> size(std::string_view text) {
  const auto bytes = measured(text, kSizes);
  if (!bytes) return std::nullopt;
  return std::to_string(*bytes);
}

std::optional<std::string> flag(std::string_view text) {
  std::string word = lower_case(text);
  if (word != "true" && word != "false") return std::nullopt;
  return word;
}

std::optional<std::string> integer(std::string_view text, std::uint64_t least) {
  const auto value = number(text);
  if (!value || *value < least) return std::nullopt;
  return std::to_string(*value);
}

// "1.5" with two decimals is 150.
std::optional<std::string> scaled(std::string_view text, std::size_t most, std::uint64_t least) {
  const std::size_t dot = text.find('.');
  std::string decimals(dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1));
  while (decimals.size() > most && decimals.back() == '0') decimals.pop_back();
  if (decimals.size() > most) return std::nullopt;
  decimals.resize(most, '0');
  return integer(std::string(text.substr(0, dot)) + decimals, least);
}

std::optional<std::string> word(std::string_view words, std::string_view text) {
  if (words.empty()) return std::nullopt;
  for (const std::string_view pair : split(words, '|')) {
    const std::size_t equals = pair.find('=');
    if (lower_case(pair.substr(0, equals)) == lower_case(text)) return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::vector<std::string_view> flink_words(std::string_view words) {
  std::vector<std::string_view> out;
  for (const std::string_view pair : split(words, '|')) out.push_back(pair.substr(0, pair.find('=')));
  return out;
}

std::optional<std::string> read(FlinkForm form, std::string_view text) {
  switch (form) {
    case FlinkForm::Duration:
      return duration(text);
    case FlinkForm::Size:
      return size(text);
    case FlinkForm::Flag:
      return flag(text);
    case FlinkForm::Count:
      return integer(text, 0);
    case FlinkForm::Positive:
      return integer(text, 1);
    case FlinkForm::Ratio:
      return scaled(text, 2, 100);
    case FlinkForm::Factor:
      return scaled(text, 3, 0);
    case FlinkForm::Word:
      break;
  }
  return std::nullopt;
}

std::string plain_expectation(FlinkForm form) {
  switch (form) {
    case FlinkForm::Duration:
      return "a duration such as \"10 s\", \"500 ms\" or \"1 min\"";
    case FlinkForm::Size:
      return "a memory size such as \"32 mb\", \"20 kb\" or 4096";
    case FlinkForm::Flag:
      return "true or false";
    case FlinkForm::Count:
      return "an integer from 0";
    case FlinkForm::Positive:
      return "an integer from 1";
    case FlinkForm::Ratio:
      return "a number from 1 such as 2.0, with at most two decimals";
    case FlinkForm::Factor:
      return "a number such as 1.5, with at most three decimals";
    case FlinkForm::Word:
      break;
  }
  return {};
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string flink_expectation(FlinkForm form, std::string_view words) {
  if (form == FlinkForm::Word) return "one of " + joined(flink_words(words), ", ");
  if (words.empty()) return plain_expectation(form);
  return plain_expectation(form) + ", or " + joined(flink_words(words), ", ");
}

Result<std::string> weir_value(FlinkForm form, std::string_view words, std::string_view text) {
  const std::string_view value = trimmed(text);
  auto read_value = word(words, value);
  if (!read_value) read_value = read(form, value);
  if (read_value) return std::move(*read_value);
  return Status(StatusCode::Corrupt, "expected " + flink_expectation(form, words) + ", not " + in_quotes(value));
}

}  // namespace weir::scenarios
