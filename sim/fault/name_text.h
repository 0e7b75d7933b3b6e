#pragma once

// Names inside a fault's text. A uid may hold anything; what would end the name too early puts it in double quotes.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::sim {

// The name itself, or "…" with \" \\ and \xNN for bytes that do not print. Never a line end.
std::string name_text(std::string_view name);

// A quoted name at the start of `text`, and how much of the text it takes. Nothing when the quotes do not close or a
// backslash is followed by anything else.
struct QuotedName {
  std::string name;
  std::size_t length = 0;
};
std::optional<QuotedName> read_quoted_name(std::string_view text);

}  // namespace weir::sim
