#pragma once

// `[matrix]`: each dotted key with a list of values; every combination is a scenario of its own.

#include <string>
#include <vector>

#include "model/document.h"
#include "model/problems.h"

namespace weir::scenarios {

struct Variant {
  Document document;   // without its matrix
  std::string suffix;  // " [state.backend=rocksdb, job.parallelism=2]"; empty without a matrix
};

// In the order of the file, the last key turning fastest. One variant when there is no matrix.
std::vector<Variant> expand_matrix(const Document& document, Problems& problems);

}  // namespace weir::scenarios
