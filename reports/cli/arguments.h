#pragma once

// What was asked for, as values.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/exit_code.h"

namespace weir::reports {

enum class ColorChoice : std::uint8_t { Auto, Always, Never };

struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;  // exclusive
};

struct RunArguments {
  std::vector<std::string> paths;
  std::optional<SeedRange> seeds;  // default: the scenario's own
  std::uint32_t jobs = 0;          // threads; 0: as many as cores
  bool json = false;
  std::string junit;
  std::string out;
  std::string keep_checkpoints = {};
  bool most_eventful = false;  // a report also when nothing failed
  std::vector<std::string> set;
  bool check_determinism = false;
  bool quiet = false;
  bool verbose = false;
};
struct MatrixArguments {
  std::vector<std::string> paths;
  std::optional<SeedRange> seeds;  // default: one seed
  std::uint32_t places = 0;        // of a step in a run; 0: the standard
  bool json = false;
  std::uint32_t jobs = 0;  // threads; 0: as many as cores
  std::vector<std::string> set;
};
struct ReplayArguments {
  std::string spec;  // a line, a file, or "-"
  std::string out;
  bool check_determinism = false;
  bool verbose = false;
  std::string keep_checkpoints = {};
};
struct ShrinkArguments {
  std::string spec;
  std::string property;  // empty: the first that the run violates
  std::string out;
};
struct CheckArguments {
  std::vector<std::string> paths;
  std::vector<std::string> set;
};
struct ListArguments {
  bool schema = false;  // of scenario files, instead
};
struct SweepArguments {
  std::vector<std::string> paths;
  std::optional<SeedRange> seeds;  // default: the scenario's own
  std::uint32_t jobs = 0;          // threads; 0: as many as cores
  bool json = false;
  std::string out;
  std::vector<std::string> set;
};
struct StateArguments {
  std::string path;
  std::vector<std::string> get;  // empty, or operator, state and perhaps key
  std::string compare;           // empty, or the path of another checkpoint
  bool json = false;
};
struct DefectsArguments {
  std::string explain;
};
// Nothing is left to do: help was asked for, or the arguments make no sense.
struct ParseEnd {
  ExitCode code = ExitCode::Holds;
  std::string text;  // to standard output when all is well, else to standard error
};

using Command = std::variant<ParseEnd, RunArguments, ReplayArguments, ShrinkArguments, CheckArguments, ListArguments,
                             DefectsArguments, StateArguments, SweepArguments, MatrixArguments>;

struct Arguments {
  Command command;
  ColorChoice color = ColorChoice::Auto;
};

Arguments parse_arguments(int argc, const char* const* argv);

// "A:B" (B exclusive) or one seed; decimal or 0x.
std::optional<SeedRange> parse_seeds(const std::string& text);

}  // namespace weir::reports
