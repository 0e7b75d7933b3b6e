#include "model/suggest.h"

#include <algorithm>

namespace weir::scenarios {
namespace {

constexpr std::size_t kShortList = 8;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

namespace {

// A word cut short, or one that goes on, is as near as a single slip.
std::size_t distance_between(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongEnough = 3;
  const std::size_t common = std::min(a.size(), b.size());
  if (common >= kLongEnough && a.substr(0, common) == b.substr(0, common)) return 1;
  return edit_distance(a, b);
}

}  // namespace

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = distance_between(name, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string_view meant = nearest(name, known);
  if (!meant.empty()) return "; did you mean " + in_quotes(meant) + "?";
  if (known.empty() || known.size() > kShortList) return {};
  return "; known: " + joined(known, ", ");
}

std::string in_quotes(std::string_view text) {
  std::string out(1, '\'');
  out += text;
  out += '\'';
  return out;
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

}  // namespace weir::scenarios
