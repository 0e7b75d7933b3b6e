#include "cli/read_spec.h"

#include <filesystem>
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

Result<scenarios::RunSpec> from_standard_input() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  auto spec = scenarios::parse_run_spec(text);
  if (spec.ok()) return spec;
  return Status(spec.status().code(), "standard input: " + spec.status().message());
}

}  // namespace

Result<scenarios::RunSpec> read_spec(const std::string& argument) {
  if (looks_like_a_spec(argument)) return scenarios::parse_run_spec(argument);
  if (argument == "-") return from_standard_input();
  std::error_code error;
  if (!std::filesystem::exists(argument, error)) {
    return Status(StatusCode::NotFound,
                  "'" + argument + "' is neither a file nor a run spec; a spec starts with 'weir1:'");
  }
  if (std::filesystem::path(argument).extension() == ".toml") {
    return Status(StatusCode::NotFound,
                  "'" + argument + "' is a scenario, not a run spec; use `weir run " + argument + "`");
  }
  return scenarios::load_run_spec(argument);
}

}  // namespace weir::reports
