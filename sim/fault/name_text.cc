#include "fault/name_text.h"

#include <algorithm>

namespace weir::sim {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kDelimiters = ",() \"\\";

bool prints(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

bool needs_quotes(std::string_view name) {
  return name.find_first_of(kDelimiters) != std::string_view::npos || !std::all_of(name.begin(), name.end(), prints);
}

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out.append({'\\', c});
  } else if (prints(c)) {
    out += c;
  } else {
    out.append({'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]});
  }
}

// What follows a backslash; drops it from `rest`.
std::optional<char> read_escape(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const char c = rest.front();
  rest.remove_prefix(1);
  if (c == '"' || c == '\\') return c;
  if (c != 'x' || rest.size() < 2) return std::nullopt;
  const std::size_t high = kDigits.find(rest[0]);
  const std::size_t low = kDigits.find(rest[1]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  rest.remove_prefix(2);
  return static_cast<char>(high << 4 | low);
}

}  // namespace

std::string name_text(std::string_view name) {
  if (!needs_quotes(name)) return std::string(name);
  std::string out = "\"";
  for (const char c : name) append_escaped(out, c);
  return out + "\"";
}

std::optional<QuotedName> read_quoted_name(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::nullopt;
  std::string_view rest = text.substr(1);
  QuotedName read;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') {
      read.length = text.size() - rest.size();
      return read;
    }
    if (c != '\\') {
      read.name += c;
      continue;
    }
    const auto escaped = read_escape(rest);
    if (!escaped) return std::nullopt;
    read.name += *escaped;
  }
  return std::nullopt;
}

}  // namespace weir::sim
