#pragma once

// Any bytes made fit for a format. Bytes that are not UTF-8 become U+FFFD, so that every output is valid text.

#include <string>
#include <string_view>

namespace weir::reports {

// For HTML, SVG and XML, between tags and inside double quotes. Characters that XML 1.0 forbids are left out; line
// breaks stay line breaks.
std::string markup(std::string_view text);
// The same, for an attribute in which line breaks must survive.
std::string attribute(std::string_view text);
// A JSON string with its quotes.
std::string json_string(std::string_view text);
// One argument of a POSIX shell, in single quotes.
std::string shell_argument(std::string_view text);
// For a terminal: control characters, line breaks included, become spaces.
std::string one_line(std::string_view text);
// How many columns valid text takes, one a code point.
std::size_t columns(std::string_view text);
// At most `most` code points; what is cut ends in an ellipsis.
std::string shortened(std::string_view text, std::size_t most);
// A file name that no file system refuses: letters, digits, '.', '_', '=' and '-'; never empty or starting with a dot.
std::string file_name(std::string_view text);

}  // namespace weir::reports
