#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "cli/nearest.h"
#include "export/version.h"

namespace weir::reports {
namespace {

constexpr const char* kExamples = R"(Examples:
  weir run scenarios/suites/word-count-gpl.toml               the scenario's own seeds, all cores
  weir run my.toml --set checkpoint.interval=50ms --out out   another value; a report of the first failing seed in out/
  weir replay 'weir1: job.name=word-count; world.seed=0x2a'   one run again, from the line that reports print
  weir shrink failing-spec.txt --out small                    a smaller run that fails in the same way
  weir check my.toml                                          is the file well-formed? nothing is run
  weir defects ack-before-durable                             what a planted bug does, and which rule it breaks
  weir sweep scenarios/sweeps/young.toml --out out            how a measure depends on a setting, as a plot
  weir state kept                                             what lies in checkpoints that a run has kept

`weir COMMAND --help` tells all about a command.
)";
constexpr const char* kExitCodes =
    R"(Exit codes: 0 holds, 1 violated, 2 bad usage or scenario, 3 inconclusive, 4 nothing selected, 5 nondeterminism,
            70 internal error, 77 skipped)";

constexpr const char* kRunExamples = R"(Examples:
  weir run scenarios/suites/word-count-gpl.toml               the scenario's own seeds, all cores
  weir run scenarios/suites --seeds 1:20001 --junit weir.xml  a whole directory, 20,000 seeds each
  weir run my.toml --seeds 0x2a -v                            one seed, with properties and faults
  weir run my.toml --set checkpoint.interval=50ms --out out   another value; a report of the first failing seed in out/
  weir run my.toml --seeds 7 --keep-checkpoints kept          what `weir state kept` then shows
)";
constexpr const char* kReplayExamples = R"(Examples:
  weir replay 'weir1: job.name=word-count; world.seed=0x2a' -v          every event in words
  weir replay out/my-scenario/spec.txt --out again                      from a report's spec.txt; a new report in again/
  weir replay 'weir1: job.name=word-count; …' --check-determinism       twice; the traces must be the same
)";
constexpr const char* kShrinkExamples = R"(Examples:
  weir shrink 'weir1: job.name=word-count; …'         the line that a failing run prints last
  weir shrink out/my-scenario/spec.txt --out small    from a report; the report of the smallest run in small/
)";
constexpr const char* kCheckExamples = R"(Examples:
  weir check my.toml
  weir check scenarios/suites --set job.parallelism=4
)";
constexpr const char* kStateExamples = R"(Examples:
  weir state kept                               every checkpoint in kept/: operators, states, files
  weir state kept/chk-3/_metadata --json        one of them, for programs
  weir state kept/chk-3 --get totals total 17   the value under key 17 of state 'total' of operator 'totals'
  weir state kept --get totals total            all keys of that state, in the newest checkpoint
  weir state kept/chk-2 --compare kept/chk-3    what changed from one to the other

Operators are named by uid or id. Keys are written as they are shown: 17, ann, {1, "x"}, {user: "ann", at: 17}.
Ends with 1 when checkpoints that are compared differ, with 4 when nothing is under a key.
)";
constexpr const char* kSweepExamples = R"(Examples:
  weir sweep scenarios/sweeps/young.toml --out out      the interval that loses least; plot and table in out/sweep.html
  weir sweep scenarios/sweeps --seeds 1:11 --json       a whole directory, 10 seeds at each point, JSON lines
  weir sweep my.toml --set 'sweep.values=["20ms", "80ms"]'    other values of sweep.x
)";
constexpr const char* kMatrixExamples = R"(Examples:
  weir matrix scenarios/suites/matrix                         every fault at every step, one seed
  weir matrix scenarios/suites/matrix --seeds 1:6 --places 6  more of the same
  weir matrix my.toml -j 1                                    on a job of one's own, on one core

Rows are steps of a checkpoint, a recovery and a stop; columns are faults, which strike right after the step. A cell
says in how many runs the fault took effect. Ends with 3 when in some cell it never did, unless that cannot be.
)";
constexpr const char* kDefectsExamples = R"(Examples:
  weir defects                       all of them
  weir defects ack-before-durable    this one, and how to see it found
)";

constexpr std::uint32_t kMostJobs = 1024;
constexpr std::uint32_t kMostPlaces = 1000;

std::optional<std::uint64_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.substr(0, 2) == "0x") {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class Parser {
 public:
  Parser() : app_("weir runs a streaming job in a simulated world, breaks the world, and checks what must hold.") {
    app_.set_version_flag("--version", "weir " + std::string(kVersion));
    app_.add_option("--color", color_, "auto, always or never; auto: on a terminal, unless NO_COLOR is set")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    app_.footer(std::string(kExamples) + "\n" + kExitCodes);
    app_.require_subcommand(1);
    app_.fallthrough();
    add_run();
    add_matrix();
    add_replay();
    add_shrink();
    add_check();
    add_state();
    add_sweep();
    add_others();
  }

  Arguments parse(int argc, const char* const* argv) {
    Arguments result;
    try {
      app_.parse(argc, argv);
      result.command = chosen();
    } catch (const CLI::CallForHelp&) {
      result.command = ParseEnd{ExitCode::Holds, app_.help()};
    } catch (const CLI::CallForVersion& e) {
      result.command = ParseEnd{ExitCode::Holds, std::string(e.what()) + "\n"};
    } catch (const CLI::ParseError& e) {
      result.command = bad_usage(e.what());
    }
    result.color = color_ == "always"  ? ColorChoice::Always
                   : color_ == "never" ? ColorChoice::Never
                                       : ColorChoice::Auto;
    return result;
  }

 private:
  void add_run() {
    CLI::App* c = add_command("run", "Run scenarios over many seeds", kRunExamples);
    c->add_option("FILE", run_.paths, "scenario files, or directories of them")->required()->type_name("");
    add_campaign_options(*c);
    c->add_flag("--json", run_.json, "JSON lines on standard output instead of text");
    c->add_option("--junit", run_.junit, "write JUnit XML to this file")->type_name("FILE");
    c->add_option("--out", run_.out, "write a report of the first failing seed to DIR/<scenario>/")->type_name("DIR");
    c->add_option("--report", report_, "first-failure, or most-eventful: a report also when nothing failed")
        ->type_name("WHICH")
        ->check(CLI::IsMember({"first-failure", "most-eventful"}));
    c->add_option("--keep-checkpoints", run_.keep_checkpoints,
                  "write what checkpoint storage held at the end to this directory; one scenario, one seed")
        ->type_name("DIR");
    add_set(*c, run_.set, "use this instead of what the file says; may be repeated");
    c->add_flag("--check-determinism", run_.check_determinism, "run each seed twice and compare the traces");
    CLI::Option* quiet = c->add_flag("-q,--quiet", run_.quiet, "only the verdict");
    c->add_flag("-v,--verbose", run_.verbose, "properties and faults of every scenario")->excludes(quiet);
    run_command_ = c;
  }
  void add_matrix() {
    CLI::App* c = add_command("matrix", "Try every fault at every step of the protocols", kMatrixExamples);
    c->add_option("FILE", matrix_.paths, "scenario files, or directories of them: the ground")
        ->required()
        ->type_name("");
    add_campaign_options(*c, "1");
    c->add_option("--places", places_, "strike at so many of the events of a step in a run; default: 3")
        ->type_name("N");
    add_set(*c, matrix_.set);
    c->add_flag("--json", matrix_.json, "JSON lines on standard output instead of text: one a cell");
    matrix_command_ = c;
  }
  void add_replay() {
    CLI::App* c = add_command("replay", "Run one run spec again", kReplayExamples);
    c->add_option("SPEC", replay_.spec,
                  "a line that starts with 'weir1:', a file with a run spec, or - for standard input")
        ->required()
        ->type_name("");
    c->add_option("--out", replay_.out, "write the report to this directory")->type_name("DIR");
    c->add_option("--keep-checkpoints", replay_.keep_checkpoints,
                  "write what checkpoint storage held at the end to this directory")
        ->type_name("DIR");
    c->add_flag("-v,--verbose", replay_.verbose, "every event in words");
    c->add_flag("--check-determinism", replay_.check_determinism, "run it twice and name the first differing event");
    replay_command_ = c;
  }
  void add_shrink() {
    CLI::App* c = add_command("shrink", "Find a smaller run that violates the same property", kShrinkExamples);
    c->add_option("SPEC", shrink_.spec,
                  "a line that starts with 'weir1:', a file with a run spec, or - for standard input")
        ->required()
        ->type_name("");
    c->add_option("--property", shrink_.property,
                  "which of the properties that it violates the smaller run has to violate; else the first of them")
        ->type_name("NAME");
    c->add_option("--out", shrink_.out, "write the report of the smallest run to this directory")->type_name("DIR");
    shrink_command_ = c;
  }
  void add_check() {
    CLI::App* c = add_command("check", "Check scenario files without running them", kCheckExamples);
    c->add_option("FILE", check_.paths, "scenario files, or directories of them")->required()->type_name("");
    add_set(*c, check_.set);
    check_command_ = c;
  }
  void add_state() {
    CLI::App* c = add_command("state", "Show what lies in checkpoints on disk", kStateExamples);
    c->add_option("PATH", state_.path, "a checkpoint's directory or _metadata, or a directory of checkpoints")
        ->required()
        ->type_name("");
    CLI::Option* get = c->add_option("--get", state_.get, "print what is under a key, or without one under all keys");
    get->type_name("OPERATOR STATE [KEY]")->expected(2, 3);
    c->add_option("--compare", state_.compare, "say in what the state of this checkpoint is another")
        ->type_name("PATH")
        ->excludes(get);
    c->add_flag("--json", state_.json, "JSON on standard output instead of text");
    state_command_ = c;
  }
  void add_sweep() {
    CLI::App* c = add_command("sweep", "Plot how a measure depends on a setting", kSweepExamples);
    c->add_option("FILE", sweep_.paths, "scenario files with a section [sweep], or directories of them")
        ->required()
        ->type_name("");
    add_campaign_options(*c);
    c->add_flag("--json", sweep_.json, "JSON lines on standard output instead of text");
    c->add_option("--out", sweep_.out, "write sweep.html and sweep.json to this directory")->type_name("DIR");
    add_set(*c, sweep_.set);
    sweep_command_ = c;
  }
  // Only one command is parsed: run, matrix and sweep share the places.
  void add_campaign_options(CLI::App& command, const std::string& default_seeds = "the scenario's own") {
    command.add_option("--seeds", seeds_, "the seeds A to B-1, or one seed; default: " + default_seeds)
        ->type_name("A:B");
    command.add_option("-j,--jobs", jobs_, "threads; default: as many as cores")->type_name("N");
  }
  static void add_set(CLI::App& command, std::vector<std::string>& set, const std::string& help = "as for run") {
    command.add_option("--set", set, help)->type_name("KEY=VALUE")->take_all()->allow_extra_args(false);
  }
  void add_others() {
    list_command_ = add_command("list", "List jobs, properties, faults and events", "");
    list_command_->add_flag("--schema", list_.schema, "print the JSON Schema of scenario files instead, for editors");
    defects_command_ = add_command("defects", "List the bugs that can be planted on purpose", kDefectsExamples);
    CLI::Option* named = defects_command_->add_option("DEFECT", defects_.explain, "tell all about this one");
    named->type_name("");
    defects_command_->add_option("--explain", defects_.explain, "the same")->type_name("DEFECT")->excludes(named);
  }
  CLI::App* add_command(const char* name, const char* summary, const std::string& examples) {
    CLI::App* command = app_.add_subcommand(name, summary);
    command->footer(examples + (examples.empty() ? "" : "\n") + kExitCodes);
    return command;
  }

  Command chosen() {
    if (run_command_->parsed()) {
      run_.most_eventful = report_ == "most-eventful";
      return with_campaign_options(run_);
    }
    if (sweep_command_->parsed()) return with_campaign_options(sweep_);
    if (matrix_command_->parsed()) return checked_matrix();
    if (replay_command_->parsed()) return replay_;
    if (shrink_command_->parsed()) return shrink_;
    if (check_command_->parsed()) return check_;
    if (defects_command_->parsed()) return defects_;
    if (state_command_->parsed()) return state_;
    return list_;
  }
  template <class A>
  Command with_campaign_options(A& arguments) {
    if (const auto wrong = check_number("--jobs", jobs_, "threads", kMostJobs, arguments.jobs)) return refused(*wrong);
    if (const auto wrong = check_seeds(arguments.seeds)) return refused(*wrong);
    return arguments;
  }
  Command checked_matrix() {
    if (const auto wrong = check_number("--places", places_, "places", kMostPlaces, matrix_.places)) {
      return refused(*wrong);
    }
    return with_campaign_options(matrix_);
  }
  // Why what was said cannot be; nothing was said: it stays as it is.
  static std::optional<std::string> check_number(const std::string& option, const std::string& text,
                                                 const std::string& what, std::uint32_t most, std::uint32_t& number) {
    if (text.empty()) return std::nullopt;
    const auto said = parse_number(text);
    if (!said || *said < 1 || *said > most) {
      return option + " '" + text + "' is no number of " + what + "; write one from 1 to " + std::to_string(most);
    }
    number = static_cast<std::uint32_t>(*said);
    return std::nullopt;
  }
  std::optional<std::string> check_seeds(std::optional<SeedRange>& seeds) const {
    if (seeds_.empty()) return std::nullopt;
    seeds = parse_seeds(seeds_);
    if (!seeds) return "--seeds '" + seeds_ + "' is no range; write A:B for the seeds A to B-1, or one seed";
    if (seeds->first == 0) return "--seeds '" + seeds_ + "' begins with 0; seeds count from 1";
    return std::nullopt;
  }
  static ParseEnd refused(const std::string& why) { return {ExitCode::BadInput, why + "\n"}; }

  CLI::App* parsed_command() const {
    const auto commands = app_.get_subcommands();
    return commands.empty() ? nullptr : commands.front();
  }
  std::vector<std::string> command_names() const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(command->get_name());
    return names;
  }
  std::string known_commands() const {
    std::string list;
    for (const std::string& name : command_names()) list += (list.empty() ? "; known: " : ", ") + name;
    return list;
  }
  std::vector<std::string> known_words(bool options) const {
    std::vector<std::string> words;
    if (!options) {
      words = command_names();
      words.insert(words.end(), {"--help", "--version"});
      return words;
    }
    const CLI::App* command = parsed_command();
    for (const CLI::App* app : {static_cast<const CLI::App*>(&app_), command}) {
      if (app == nullptr) continue;
      for (const CLI::Option* option : app->get_options()) {
        for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
      }
    }
    return words;
  }
  // What is not known at all: an option, or a word in the place of the command.
  std::optional<std::string> unknown_word() const {
    for (const std::string& word : app_.remaining(true)) {
      const bool option = word.size() > 1 && word.front() == '-';
      if (!option && parsed_command() != nullptr) return "nothing is to be done with '" + word + "'; remove it";
      const std::string name = word.substr(0, word.find('='));
      const std::string meant = did_you_mean(name, known_words(option));
      if (option) return "unknown option '" + name + "'" + meant;
      return "unknown command '" + name + "'" + (meant.empty() ? known_commands() : meant);
    }
    return std::nullopt;
  }
  // CLI11 complains first about what is missing; what is unknown says more.
  ParseEnd bad_usage(const std::string& complaint) const {
    const CLI::App* command = parsed_command();
    const std::string missing = command == nullptr ? "say what to do" + known_commands() : complaint;
    const std::string text = unknown_word().value_or(missing);
    return {ExitCode::BadInput,
            text + "\nsee `weir " + (command == nullptr ? "" : command->get_name() + " ") + "--help`.\n"};
  }

  CLI::App app_;
  std::string color_ = "auto";
  std::string seeds_;
  std::string jobs_;
  std::string places_;
  std::string report_ = "first-failure";
  RunArguments run_;
  MatrixArguments matrix_;
  ReplayArguments replay_;
  ShrinkArguments shrink_;
  CheckArguments check_;
  ListArguments list_;
  DefectsArguments defects_;
  StateArguments state_;
  SweepArguments sweep_;
  CLI::App* run_command_ = nullptr;
  CLI::App* matrix_command_ = nullptr;
  CLI::App* replay_command_ = nullptr;
  CLI::App* shrink_command_ = nullptr;
  CLI::App* check_command_ = nullptr;
  CLI::App* state_command_ = nullptr;
  CLI::App* sweep_command_ = nullptr;
  CLI::App* list_command_ = nullptr;
  CLI::App* defects_command_ = nullptr;
};

}  // namespace

std::optional<SeedRange> parse_seeds(const std::string& text) {
  const std::size_t colon = text.find(':');
  const auto first = parse_number(std::string_view(text).substr(0, colon));
  if (!first) return std::nullopt;
  if (colon == std::string::npos) {
    if (*first == UINT64_MAX) return std::nullopt;
    return SeedRange{*first, *first + 1};
  }
  const auto end = parse_number(std::string_view(text).substr(colon + 1));
  if (!end || *end < *first) return std::nullopt;
  return SeedRange{*first, *end};
}

Arguments parse_arguments(int argc, const char* const* argv) { return Parser().parse(argc, argv); }

}  // namespace weir::reports
