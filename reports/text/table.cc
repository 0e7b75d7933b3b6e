#include "text/table.h"

#include <algorithm>

#include "text/escape.h"

namespace weir::reports {

TextTable::Cell::Cell(std::string t) : text(std::move(t)), width(columns(text)) {}

std::string TextTable::text(const std::string& indent) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].width);
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line = indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].width, ' ');
      if (i > 0) line += "  ";
      line += columns_[i] == Align::Right ? blanks + row[i].text : row[i].text + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace weir::reports
