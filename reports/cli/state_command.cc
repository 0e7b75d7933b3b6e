#include "cli/commands.h"
#include "export/state_json.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "text/state_text.h"

namespace weir::reports {
namespace {

// What cannot be read, one a line; false when there is any.
bool tell_problems(const CheckpointDirectory& directory, const Console& console) {
  std::string text;
  for (const engine::SnapshotProblem& problem : directory.problems) text += problem.path + ": " + problem.reason + "\n";
  if (!text.empty()) console.fail(ExitCode::BadInput, text);
  return text.empty();
}

ExitCode list_state(const StateArguments& arguments, const CheckpointDirectory& directory, const Console& console) {
  console.out << (arguments.json ? json_checkpoints(directory) : checkpoints_text(directory, console.paint));
  return tell_problems(directory, console) ? ExitCode::Holds : ExitCode::BadInput;
}

// The newest checkpoint of a directory; which one, is told when there were several. All of it must be readable.
class Chosen {
 public:
  Chosen(const std::string& path, const Console& console) {
    auto opened = open_checkpoints(path);
    if (!opened.ok()) {
      code_ = console.fail(ExitCode::BadInput, opened.status().message());
      return;
    }
    directory_ = std::move(opened).value();
    if (!tell_problems(directory_, console)) {
      code_ = ExitCode::BadInput;
    } else if (directory_.checkpoints.size() > 1) {
      console.tell({path + ": " + checkpoint().name + " is the newest of " +
                    counted(directory_.checkpoints.size(), "checkpoint", "checkpoints")});
    }
  }
  ExitCode code() const { return code_; }
  const FoundCheckpoint& checkpoint() const { return directory_.checkpoints.back(); }
  const engine::SnapshotContent& content() const { return checkpoint().content; }

 private:
  CheckpointDirectory directory_;
  ExitCode code_ = ExitCode::Holds;
};

ExitCode get(const StateArguments& arguments, const Console& console) {
  const Chosen chosen(arguments.path, console);
  if (chosen.code() != ExitCode::Holds) return chosen.code();
  const std::string* key = arguments.get.size() > 2 ? &arguments.get[2] : nullptr;
  const auto op = find_operator(chosen.content(), arguments.get[0]);
  if (!op.ok()) return console.fail(ExitCode::BadInput, op.status().message());
  const auto state = find_state(*op.value(), arguments.get[1]);
  if (!state.ok()) return console.fail(ExitCode::BadInput, state.status().message());
  const auto entries = find_entries(*state.value(), key);
  if (!entries.ok()) return console.fail(ExitCode::BadInput, entries.status().message());
  if (arguments.json) {
    console.out << json_entries({chosen.content().id.value, operator_name(*op.value()), state.value()->meta.name},
                                entries.value());
  } else {
    console.out << entries_text(entries.value(), key == nullptr);
  }
  if (!entries.value().empty()) return ExitCode::Holds;
  return console.fail(ExitCode::NothingSelected,
                      key == nullptr ? "the state has no entry in " + chosen.checkpoint().name
                                     : "nothing is under key '" + *key + "' in " + chosen.checkpoint().name);
}

ExitCode compare(const StateArguments& arguments, const Console& console) {
  const Chosen first(arguments.path, console);
  if (first.code() != ExitCode::Holds) return first.code();
  const Chosen second(arguments.compare, console);
  if (second.code() != ExitCode::Holds) return second.code();
  std::string a = first.checkpoint().name;
  std::string b = second.checkpoint().name;
  if (a == b) {
    a = arguments.path;
    b = arguments.compare;
  }
  const CheckpointDiff diff = compare_checkpoints(first.content(), second.content());
  console.out << (arguments.json ? json_diff(diff, a, b) : diff_text(diff, one_line(a), one_line(b), console.paint));
  return diff.same() ? ExitCode::Holds : ExitCode::Violated;
}

}  // namespace

ExitCode state(const StateArguments& arguments, const Console& console) {
  if (!arguments.get.empty()) return get(arguments, console);
  if (!arguments.compare.empty()) return compare(arguments, console);
  const auto opened = open_checkpoints(arguments.path);
  if (!opened.ok()) return console.fail(ExitCode::BadInput, opened.status().message());
  return list_state(arguments, opened.value(), console);
}

}  // namespace weir::reports
