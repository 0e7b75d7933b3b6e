#pragma once

// "did you mean": the known name nearest to a misspelt one.

#include <string>
#include <string_view>
#include <vector>

namespace weir::scenarios {

// Insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of the nearest names, or empty when none is near enough to be meant.
std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known);

// "; did you mean 'X'?", or the list of what there is when it is short, or nothing.
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

std::string in_quotes(std::string_view text);  // 'text'

std::string joined(const std::vector<std::string_view>& words, std::string_view separator);

}  // namespace weir::scenarios
