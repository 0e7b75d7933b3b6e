#include "cli/read_spec.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace weir::reports {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

bool looks_like_a_spec(const std::string& text) {
  const std::size_t colon = text.find(':');
  return text.rfind("weir", 0) == 0 && colon != std::string::npos && text.find_first_not_of("0123456789", 4) == colon;
}

std::string slurp(std::istream& in) { return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}; }

Result<std::string> text_of(const std::string& argument) {
  if (looks_like_a_spec(argument)) return argument;
  if (argument == "-") return slurp(std::cin);
  std::error_code error;
  if (!std::filesystem::is_regular_file(argument, error)) {
    return Status(StatusCode::NotFound,
                  "'" + argument + "' is neither a file nor a run spec; a spec starts with 'weir1:'");
  }
  if (std::filesystem::path(argument).extension() == ".toml") {
    return Status(StatusCode::NotFound,
                  "'" + argument + "' is a scenario, not a run spec; use `weir run " + argument + "`");
  }
  std::ifstream file(argument, std::ios::binary);
  if (!file) return Status(StatusCode::NotFound, "'" + argument + "' cannot be read; check its permissions");
  return slurp(file);
}

}  // namespace

Result<scenarios::RunSpec> read_spec(const std::string& argument) {
  auto text = text_of(argument);
  if (!text.ok()) return text.status();
  return scenarios::parse_run_spec(text.value());
}

}  // namespace weir::reports
