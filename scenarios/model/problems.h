#pragma once

// Collects what is wrong with scenario files, each thing once.

#include <string>
#include <utility>
#include <vector>

#include "model/document.h"

namespace weir::scenarios {

class Problems {
 public:
  void add(const Place& place, const std::string& what) { add_line(place.text() + ": " + what); }
  // Variants of a matrix share most of their problems.
  void add_line(std::string line) {
    for (const std::string& known : lines_) {
      if (known == line) return;
    }
    lines_.push_back(std::move(line));
  }
  bool empty() const { return lines_.empty(); }
  std::size_t size() const { return lines_.size(); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

}  // namespace weir::scenarios
