#include "model/matrix.h"

#include <utility>

namespace weir::scenarios {
namespace {

constexpr std::string_view kMatrix = "matrix";
constexpr std::size_t kMostVariants = 1000;

struct Axis {
  std::string path;
  std::vector<Value> values;
};

bool in_matrix(const std::string& path) {
  return path == kMatrix || (path.compare(0, kMatrix.size(), kMatrix) == 0 && path[kMatrix.size()] == '.');
}

std::vector<Axis> axes_of(const Document& document, Problems& problems) {
  std::vector<Axis> axes;
  for (const Entry& entry : document.entries) {
    if (!in_matrix(entry.path) || entry.value.kind == ValueKind::Table) continue;
    if (entry.value.kind != ValueKind::List || entry.value.list.empty() || entry.path == kMatrix) {
      problems.add(entry.value.place,
                   entry.path + ": expected a list of values, e.g. state.backend = [\"heap\", \"rocksdb\"]");
      continue;
    }
    axes.push_back({entry.path.substr(kMatrix.size() + 1), entry.value.list});
  }
  return axes;
}

Document without_matrix(const Document& document) {
  Document rest;
  rest.file = document.file;
  for (const Entry& entry : document.entries) {
    if (!in_matrix(entry.path)) rest.entries.push_back(entry);
  }
  return rest;
}

void append_setting(std::string& suffix, const std::string& path, const Value& value) {
  suffix += suffix.empty() ? " [" : ", ";
  suffix += path + "=" + value.text;
}

}  // namespace

std::vector<Variant> expand_matrix(const Document& document, Problems& problems) {
  std::vector<Variant> variants{{without_matrix(document), {}}};
  for (const Axis& axis : axes_of(document, problems)) {
    if (variants.size() * axis.values.size() > kMostVariants) {
      problems.add(document.place_of(kMatrix),
                   "the matrix has more than " + std::to_string(kMostVariants) + " combinations; shorten its lists");
      break;
    }
    std::vector<Variant> next;
    for (const Variant& variant : variants) {
      for (const Value& value : axis.values) {
        next.push_back(variant);
        next.back().document.set(axis.path, value);
        next.back().document.swept.push_back(axis.path);
        append_setting(next.back().suffix, axis.path, value);
      }
    }
    variants = std::move(next);
  }
  for (Variant& variant : variants) {
    if (!variant.suffix.empty()) variant.suffix += ']';
  }
  return variants;
}

}  // namespace weir::scenarios
