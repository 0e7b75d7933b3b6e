#pragma once

// Values inside a RunSpec's text: %XX for what would disturb lines, separators or a shell's single quotes.

#include <optional>
#include <string>
#include <string_view>

namespace weir::scenarios {

std::string escaped_value(std::string_view value);
std::string escaped_key(std::string_view key);  // '=' and every blank too
// Nothing when a '%' is not followed by two hexadecimal digits.
std::optional<std::string> unescaped(std::string_view text);

}  // namespace weir::scenarios
