#include "model/escape.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

bool disturbs(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7F || c == '\'' || c == ';' || c == '%';
}

void append_escaped(std::string& out, char c) {
  const auto u = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[u >> 4];
  out += kDigits[u & 15];
}

std::optional<unsigned> digit(char c) {
  const std::size_t at = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

}  // namespace

// A blank at either end would be trimmed away, and a leading '#' taken for a comment.
std::string escaped_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool at_end = i == 0 || i + 1 == value.size();
    if (disturbs(value[i]) || (at_end && value[i] == ' ')) {
      append_escaped(out, value[i]);
    } else {
      out += value[i];
    }
  }
  return out;
}

std::string escaped_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (disturbs(c) || c == ' ' || c == '=' || c == '#') {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = digit(text[i + 1]);
    const auto low = digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high << 4 | *low);
    i += 2;
  }
  return out;
}

}  // namespace weir::scenarios
