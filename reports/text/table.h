#pragma once

// Text in columns, for terminals and files.

#include <string>
#include <vector>

namespace weir::reports {

class TextTable {
 public:
  enum class Align : unsigned char { Left, Right };
  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}
  // As many cells as columns. Cells may carry colour: `width` is what a reader sees of it.
  struct Cell {
    std::string text;
    std::size_t width;
    Cell(std::string t);                           // NOLINT: text is a cell
    Cell(const char* t) : Cell(std::string(t)) {}  // NOLINT
    Cell(std::string t, std::size_t w) : text(std::move(t)), width(w) {}
  };
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // Lines end in a line break and have no trailing blanks.
  std::string text(const std::string& indent) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace weir::reports
