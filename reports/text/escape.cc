#include "text/escape.h"

#include <cstddef>
#include <cstdint>

namespace weir::reports {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

struct CodePoint {
  std::uint32_t value = kReplacement;
  std::size_t length = 1;
};

std::size_t expected_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool allowed(std::uint32_t value, std::size_t length) {
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  return value >= kSmallest[length] && value <= 0x10FFFF && !(value >= 0xD800 && value < 0xE000);
}

// A byte that starts no valid sequence counts as one replacement character.
CodePoint decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = expected_length(lead);
  if (length == 1) return {lead, 1};
  if (length == 0 || at + length > text.size()) return {};
  std::uint32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {};
    value = value << 6 | (next & 0x3Fu);
  }
  return allowed(value, length) ? CodePoint{value, length} : CodePoint{};
}

void encode(std::uint32_t value, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | value >> 6);
  } else if (value < 0x10000) {
    put(0xE0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3F));
  } else {
    put(0xF0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3F));
    put(0x80 | (value >> 6 & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

template <class Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    visit(point.value);
    at += point.length;
  }
}

bool forbidden_in_xml(std::uint32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F || (c >= 0x80 && c < 0xA0) || c == 0xFFFE ||
         c == 0xFFFF;
}

void put_markup(std::uint32_t c, std::string& out) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      if (!forbidden_in_xml(c)) encode(c, out);
  }
}

void put_hex_escape(std::uint32_t c, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[c >> 4 & 0xF]);
  out.push_back(kDigits[c & 0xF]);
}

void put_json(std::uint32_t c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      if (c < 0x20 || c == 0x7F) {
        put_hex_escape(c, out);
      } else {
        encode(c, out);
      }
  }
}

bool plain_in_file_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '=' || c == '-';
}

}  // namespace

std::string markup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_code_point(text, [&out](std::uint32_t c) { put_markup(c, out); });
  return out;
}

std::string attribute(std::string_view text) {
  std::string out;
  for_each_code_point(text, [&out](std::uint32_t c) {
    if (c == '\n') {
      out += "&#10;";
    } else {
      put_markup(c, out);
    }
  });
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for_each_code_point(text, [&out](std::uint32_t c) { put_json(c, out); });
  out.push_back('"');
  return out;
}

std::string shell_argument(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out.push_back(c);
    }
  }
  out.push_back('\'');
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  for_each_code_point(text, [&out](std::uint32_t c) {
    encode(c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0) ? std::uint32_t{' '} : c, out);
  });
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for_each_code_point(text, [&count](std::uint32_t) { ++count; });
  return count;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (columns(text) <= most) return one_line(text);
  std::string out;
  std::size_t count = 0;
  for_each_code_point(text, [&](std::uint32_t c) {
    if (++count < most) encode(c < 0x20 ? std::uint32_t{' '} : c, out);
  });
  return out + "…";
}

std::string file_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (plain_in_file_names(c)) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != '-') {
      out.push_back('-');
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  if (out.empty()) return "scenario";
  if (out.front() == '.' || out.front() == '-') out.insert(0, "_");
  return out.substr(0, 200);
}

}  // namespace weir::reports
