#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/nearest.h"
#include "cli/read_spec.h"
#include "unit/scenarios/temporary_directory.h"
#include "unit/scenarios/throwing_jobs.h"
#include "weir/reports/cli.h"

using namespace weir::reports;

namespace {

Arguments parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "weir");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

ParseEnd ended(const std::vector<const char*>& words) {
  const Arguments arguments = parsed(words);
  REQUIRE(std::holds_alternative<ParseEnd>(arguments.command));
  return std::get<ParseEnd>(arguments.command);
}

// Standard error of the whole command line, and its exit code.
std::pair<int, std::string> called(const weir::scenarios::JobCatalogue& catalogue, std::vector<const char*> words) {
  words.insert(words.begin(), "weir");
  std::ostringstream heard;
  std::streambuf* const before = std::cerr.rdbuf(heard.rdbuf());
  const int code = weir::reports::main(catalogue, static_cast<int>(words.size()), words.data());
  std::cerr.rdbuf(before);
  return {code, heard.str()};
}

struct Heard {
  std::ostringstream out, err;
  Console console{out, err, Paint(false), false, "weir"};
};

}  // namespace

TEST_CASE("weir run takes its options") {
  const Arguments arguments = parsed({"run", "a.toml", "b", "--seeds", "0x10:32", "--jobs", "3", "--json", "--set",
                                      "a=1", "--set", "b=2", "--report", "most-eventful", "--color", "never"});
  const auto& run = std::get<RunArguments>(arguments.command);
  CHECK(run.paths == std::vector<std::string>{"a.toml", "b"});
  CHECK(run.seeds->first == 16);
  CHECK(run.seeds->end == 32);
  CHECK(run.jobs == 3);
  CHECK(run.json);
  CHECK(run.most_eventful);
  CHECK(run.set == std::vector<std::string>{"a=1", "b=2"});
  CHECK(arguments.color == ColorChoice::Never);
}

TEST_CASE("seeds are a range without its end, or one seed") {
  CHECK(parse_seeds("7")->end == 8);
  CHECK(parse_seeds("0:0")->end == 0);
  CHECK_FALSE(parse_seeds("5:4"));
  CHECK_FALSE(parse_seeds("a:b"));
  CHECK_FALSE(parse_seeds("1:2:3"));
  CHECK_FALSE(parse_seeds("-1:3"));
  CHECK_FALSE(parse_seeds("18446744073709551615"));
}

TEST_CASE("help goes to standard output and has examples") {
  const ParseEnd end = ended({"--help"});
  CHECK(end.code == ExitCode::Holds);
  CHECK(end.text.find("Examples:") != std::string::npos);
  CHECK(ended({"run", "--help"}).text.find("--check-determinism") != std::string::npos);
}

TEST_CASE("an unknown option or command names the nearest known one") {
  CHECK(ended({"run", "a.toml", "--sedes", "1:2"}).text.find("unknown option '--sedes'; did you mean '--seeds'?") == 0);
  CHECK(ended({"rnu", "a.toml"}).text.find("unknown command 'rnu'; did you mean 'run'?") == 0);
  CHECK(ended({"run", "a.toml", "--sedes", "1:2"}).code == ExitCode::BadInput);
  CHECK(ended({"run"}).code == ExitCode::BadInput);
  CHECK(ended({}).code == ExitCode::BadInput);
  CHECK(ended({"run", "a.toml", "--seeds", "tomorrow"}).text.find("--seeds 'tomorrow' is no range") == 0);
}

TEST_CASE("suggestions are made only when they are near") {
  CHECK(did_you_mean("replya", {"run", "replay"}) == "; did you mean 'replay'?");
  CHECK(did_you_mean("zebra", {"run", "replay"}).empty());
}

TEST_CASE("progress says how far, how fast and how long") {
  CHECK(progress_text("x", 50, 200, 0, 1000, 8) == "x  [##......]  50 of 200 seeds, 50/s, 4 s left");
  CHECK(progress_text("x", 200, 200, 3, 1000, 0) == "x  200 of 200 seeds, 3 not holding, 200/s");
}

TEST_CASE("defects are listed and explained") {
  Heard heard;
  CHECK(defects({""}, heard.console) == ExitCode::Holds);
  CHECK(heard.out.str().find("ack-before-durable") != std::string::npos);
  CHECK(defects({"ack-before-durable"}, heard.console) == ExitCode::Holds);
  CHECK(heard.out.str().find("defects = [\"ack-before-durable\"]") != std::string::npos);
  CHECK(defects({"ack-before-durabel"}, heard.console) == ExitCode::BadInput);
  CHECK(heard.err.str().find("did you mean 'ack-before-durable'?") != std::string::npos);
}

TEST_CASE("a missing scenario file is bad input and nothing is run") {
  Heard heard;
  RunArguments arguments;
  arguments.paths = {"/no/such/file.toml"};
  const auto catalogue = weir::scenarios::JobCatalogue::built_in();
  CHECK(run_scenarios(catalogue, arguments, heard.console) == ExitCode::BadInput);
  CHECK(heard.out.str().empty());
  CHECK(heard.err.str().find("/no/such/file.toml") != std::string::npos);
}

TEST_CASE("a warning is told once, by check and by run, and refuses nothing") {
  const weir::scenarios::test::TemporaryDirectory directory;
  const std::string file =
      directory.write("x.toml",
                      "[job]\nname = \"keyed-count\"\nrecords = 20\n[checkpoint]\ninterval = \"50ms\"\n"
                      "[faults]\nlose-messages = true\n[matrix]\nstate.backend = [\"heap\", \"rocksdb\"]\n");
  const auto catalogue = weir::scenarios::JobCatalogue::built_in();
  const auto warned_once = [](const Heard& heard) {
    const std::string said = heard.err.str();
    const std::size_t at = said.find("x.toml:7:17: warning: world.drain (1min) is not longer");
    return at != std::string::npos && said.find("warning", said.find("warning") + 1) == std::string::npos;
  };
  Heard checking;
  CHECK(check(catalogue, {{file}, {}}, checking.console) == ExitCode::Holds);
  CHECK(warned_once(checking));
  CHECK(checking.out.str().find("2 scenarios are well-formed") != std::string::npos);
  Heard running;
  RunArguments arguments;
  arguments.paths = {file};
  arguments.seeds = SeedRange{1, 3};
  arguments.jobs = 1;
  run_scenarios(catalogue, arguments, running.console);
  CHECK(warned_once(running));
}

TEST_CASE("what a job's own code throws ends in exit code 70, says what was run, and gives a line to paste") {
  const weir::scenarios::test::TemporaryDirectory directory;
  const std::string file =
      directory.write("x.toml", "[scenario]\nname = \"small\"\n[job]\nname = \"throws-when-built\"\nrecords = 20\n");
  const auto catalogue = weir::scenarios::test::throwing_jobs();
  const auto [code, said] = called(catalogue, {"run", file.c_str(), "--seeds", "42:44"});
  CHECK(code == 70);
  CHECK(said.find(
            "error: building job 'throws-when-built' threw: no plan\nfor this\n  in scenario 'small', seed 0x1;") == 0);
  const std::string line = said.substr(said.find("weir replay '"));
  CHECK(line == "weir replay 'weir1: scenario.name=small; job.name=throws-when-built; job.records=20'\n");

  const std::string spec = "weir1: scenario.name=mine; job.name=throws-in-reference; world.seed=0x2a";
  const auto [again, told] = called(catalogue, {"replay", spec.c_str()});
  CHECK(again == 70);
  CHECK(told.find("running job 'throws-in-reference' once without faults") != std::string::npos);
  CHECK(told.find("scenario 'mine', seed 0x2a") != std::string::npos);
  CHECK(told.find("weir replay '" + spec + "'\n") != std::string::npos);
  CHECK(called(catalogue, {"check", file.c_str()}).first == 70);
}

TEST_CASE("messages are valid text of one line, whatever they quote") {
  Heard heard;
  heard.console.tell({"bad \x01\xff byte\nand more"});
  CHECK(heard.err.str() == "bad  \xEF\xBF\xBD byte and more\n");
  heard.err.str("");
  CHECK(heard.console.fail(ExitCode::BadInput, "one\x1b[31m\ntwo\n") == ExitCode::BadInput);
  CHECK(heard.err.str() == "error: one [31m\ntwo\n");
}

TEST_CASE("a spec that is neither a file nor a line is refused with the remedy") {
  CHECK(read_spec("nonsense").status().message().find("neither a file nor a run spec") != std::string::npos);
  CHECK(read_spec("weir1: job.name=word-count; world.seed=0x2a").value().world.seed == 42);
  CHECK_FALSE(read_spec("weir9: job.name=word-count").ok());
}
