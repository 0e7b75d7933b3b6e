#include "model/key_values.h"

#include <charconv>
#include <limits>
#include <optional>

#include "model/suggest.h"

namespace weir::scenarios {
namespace {

using engine::Duration;
using engine::Result;
using engine::Status;
using engine::StatusCode;

std::optional<std::uint64_t> parse_number(std::string_view text, bool hex_allowed) {
  const bool hex = hex_allowed && text.substr(0, 2) == "0x";
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Status out_of_limits(const SpecKey& key, std::string_view text) {
  return {StatusCode::Corrupt, in_quotes(text) + " is impossible: expected " + expectation(key)};
}

bool within(const SpecKey& key, std::uint64_t value) { return key.low <= value && value <= key.high; }

std::string limit_text(std::uint64_t ns) { return sim::duration_text(Duration{static_cast<std::int64_t>(ns)}); }

}  // namespace

std::string hex_text(std::uint64_t value) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
  return "0x" + std::string(digits, end);
}

std::string range_text(const sim::LatencyRange& range) {
  const std::string low = sim::duration_text(range.min);
  return range.min == range.max ? low : low + ".." + sim::duration_text(range.max);
}

std::string expectation(const SpecKey& key) {
  switch (key.type) {
    case KeyType::Integer:
      if (key.high == std::numeric_limits<std::uint64_t>::max()) return "an integer from " + std::to_string(key.low);
      return "an integer from " + std::to_string(key.low) + " to " + std::to_string(key.high);
    case KeyType::Hex:
      return "an integer or \"0x…\" of at most 64 bits";
    case KeyType::Boolean:
      return "true or false";
    case KeyType::Duration:
      return "a duration from " + limit_text(key.low) + " to " + limit_text(key.high);
    case KeyType::Range:
      return "two durations \"50us..180us\", the smaller first, or one";
    case KeyType::Choice:
      return "one of " + joined(split(key.words, '|'), ", ");
    case KeyType::Text:
      return "text";
  }
  return {};
}

Status bad_value(const SpecKey& key, std::string_view text) {
  return {StatusCode::Corrupt, "expected " + expectation(key) + ", not " + in_quotes(text)};
}

Result<std::uint64_t> read_integer(const SpecKey& key, std::string_view text) {
  const auto value = parse_number(text, key.type == KeyType::Hex);
  if (!value) return bad_value(key, text);
  if (key.type == KeyType::Integer && !within(key, *value)) return out_of_limits(key, text);
  return *value;
}

Result<bool> read_boolean(const SpecKey& key, std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return bad_value(key, text);
}

Result<Duration> read_duration(const SpecKey& key, std::string_view text) {
  auto duration = sim::parse_duration(text);
  if (!duration.ok()) return duration.status();
  if (!within(key, static_cast<std::uint64_t>(duration.value().count()))) return out_of_limits(key, text);
  return duration.value();
}

Result<sim::LatencyRange> read_range(const SpecKey& key, std::string_view text) {
  const std::size_t dots = text.find("..");
  auto low = read_duration(key, trimmed(text.substr(0, dots)));
  if (!low.ok()) return low.status();
  if (dots == std::string_view::npos) return sim::LatencyRange{low.value(), low.value()};
  auto high = read_duration(key, trimmed(text.substr(dots + 2)));
  if (!high.ok()) return high.status();
  if (high.value() < low.value()) return bad_value(key, text);
  return sim::LatencyRange{low.value(), high.value()};
}

Result<std::size_t> read_choice(const SpecKey& key, std::string_view text) {
  const auto words = split(key.words, '|');
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == text) return i;
  }
  return Status(StatusCode::Corrupt, in_quotes(text) + " is not known here" + suggestion(text, words));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace weir::scenarios
