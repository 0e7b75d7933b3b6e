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
#include "weir/scenarios/keys.h"

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
  CHECK(ended({"xyzzy"}).text.find(
            "unknown command 'xyzzy'; known: run, matrix, replay, shrink, check, state, sweep, list, defects") == 0);
  CHECK(ended({"help"}).text.find("did you mean '--help'?") != std::string::npos);
  CHECK(ended({}).text.find("say what to do; known: run, ") == 0);
  CHECK(ended({"run", "a.toml", "-j", "0"}).text.find("--jobs '0' is no number of threads; write one from 1") == 0);
  CHECK(ended({"run", "a.toml", "--seeds", "0:3"}).text.find("--seeds '0:3' begins with 0; seeds count from 1") == 0);
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

TEST_CASE("shrinking says what it tried and kept, because nobody knows its end") {
  CHECK(shrink_progress_text("shrinking", 42, 600, 7, 3200, 24) ==
        "shrinking  42 runs tried of at most 600, 7 simplifications kept, 3 s");
}

TEST_CASE("on a terminal progress is a line that moves and is gone at the end") {
  Heard heard;
  heard.console.interactive = true;
  {
    ProgressMeter meter(heard.console, "shrinking", shrink_progress_text);
    for (std::uint64_t tried = 1; heard.err.str().empty() && tried < 100'000'000; ++tried) meter(tried, 600, 0);
  }
  const std::string shown = heard.err.str();
  CHECK(shown.find("\r\x1b[Kshrinking  ") == 0);
  CHECK(shown.substr(shown.size() - 4) == "\r\x1b[K");
}

TEST_CASE("defects are listed and explained") {
  Heard heard;
  CHECK(defects({""}, heard.console) == ExitCode::Holds);
  CHECK(heard.out.str().find("ack-before-durable") != std::string::npos);
  CHECK(defects({"ack-before-durable"}, heard.console) == ExitCode::Holds);
  CHECK(heard.out.str().find("defects = [\"ack-before-durable\"]") != std::string::npos);
  CHECK(defects({"ack-before-durabel"}, heard.console) == ExitCode::BadInput);
  CHECK(heard.err.str().find("did you mean 'ack-before-durable'?") != std::string::npos);
  CHECK(std::get<DefectsArguments>(parsed({"defects", "ack-before-durable"}).command).explain == "ack-before-durable");
  CHECK(ended({"defects", "a", "b"}).text.find("nothing is to be done with 'b'; remove it") == 0);
}

TEST_CASE("the list names what a fault may be about") {
  Heard heard;
  CHECK(list(weir::scenarios::JobCatalogue::built_in(), {}, heard.console) == ExitCode::Holds);
  for (const char* name : {"slow-barrier(channel=", "acknowledge-checkpoint", "snapshot-durable", "process-crashed"}) {
    CHECK(heard.out.str().find(name) != std::string::npos);
  }
}

TEST_CASE("the list is the schema of scenario files instead, if that is asked for") {
  Heard heard;
  const auto arguments = std::get<ListArguments>(parsed({"list", "--schema"}).command);
  CHECK(list(weir::scenarios::JobCatalogue::built_in(), arguments, heard.console) == ExitCode::Holds);
  CHECK(heard.out.str() == weir::scenarios::scenario_schema());
  CHECK_FALSE(std::get<ListArguments>(parsed({"list"}).command).schema);
}

TEST_CASE("a report's place is tried before anything is run") {
  const weir::scenarios::test::TemporaryDirectory directory;
  directory.write("kept/note.txt", "mine");
  const auto catalogue = weir::scenarios::JobCatalogue::built_in();
  Heard heard;
  const std::string spec = "weir1: job.name=no-such-job";
  CHECK(replay(catalogue, {spec, directory.path("kept"), false, false}, heard.console) == ExitCode::BadInput);
  CHECK(shrink_spec(catalogue, {spec, {}, directory.path("kept")}, heard.console) == ExitCode::BadInput);
  CHECK(heard.err.str().find("kept: holds 'note.txt'") != std::string::npos);
  CHECK(heard.err.str().find("no-such-job") == std::string::npos);
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
  const weir::scenarios::test::TemporaryDirectory directory;
  const std::string good = directory.write("good.txt", "# a report's\njob.name = word-count\nworld.seed = 0x2a\n");
  CHECK(read_spec(good).value().world.seed == 42);
  const std::string bad = directory.write("bad.txt", "job.name = word-count\nworld.sede = 1\n");
  CHECK(read_spec(bad).status().message().find("'" + bad + "': run spec, line 2: unknown key 'world.sede'") == 0);
  CHECK(read_spec(directory.write("zero.txt", std::string("a\0b", 3))).status().message().find("is not a text file") !=
        std::string::npos);
  CHECK(read_spec(directory.path("")).status().message().find("is a directory") != std::string::npos);
}
