#pragma once

// The page's own style and script, put into the program when it is built.

#include <string_view>

namespace weir::reports {

std::string_view viewer_style();
std::string_view viewer_script();

}  // namespace weir::reports
