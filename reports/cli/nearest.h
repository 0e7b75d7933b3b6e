#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::reports {

// "; did you mean 'X'?" for the known word nearest to a misspelt one, or nothing when none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace weir::reports
