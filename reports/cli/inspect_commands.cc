#include <utility>

#include "cli/commands.h"
#include "cli/nearest.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "text/table.h"
#include "weir/engine/defects.h"
#include "weir/engine/messages.h"
#include "weir/properties/property.h"
#include "weir/scenarios/keys.h"
#include "weir/scenarios/scenario.h"
#include "weir/sim/trace.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;

TextTable two_columns() { return TextTable({Align::Left, Align::Left}); }

std::string jobs_text(const scenarios::JobCatalogue& catalogue) {
  TextTable table = two_columns();
  for (const scenarios::JobDefinition& job : catalogue.all()) {
    table.add({job.name, job.summary + (job.takes_file ? " (job.input may name a file)" : "")});
    for (const scenarios::JobParameter& parameter : job.parameters) {
      table.add({"  job.params." + parameter.name, parameter.doc + " (default " + parameter.standard + ")"});
    }
  }
  return table.text("  ");
}

std::string properties_text() {
  TextTable table({Align::Left, Align::Left, Align::Left});
  for (const properties::PropertyInfo& info : properties::all_properties()) {
    table.add({std::string(info.name), std::string(info.rules), std::string(info.promise)});
  }
  return table.text("  ");
}

std::string faults_text() {
  TextTable table = two_columns();
  table.add({"crash(tm=N, restart=TIME)", "a TaskManager dies and is started again"});
  table.add({"crash(process=jobmanager, restart=TIME)", "the JobManager dies; with high availability the leading one"});
  table.add({"lose-messages(kind=MESSAGE, subtask=S, checkpoint=N, count=N)", "control messages never arrive"});
  table.add({"repeat-messages(kind=MESSAGE, subtask=S, checkpoint=N, count=N, delay=TIME)",
             "control messages arrive twice, the second time later and out of order"});
  table.add({"delay-messages(kind=MESSAGE, subtask=S, checkpoint=N, count=N, delay=TIME)",
             "control messages arrive late, overtaken where Flink allows it"});
  table.add(
      {"slow-barrier(channel=C, checkpoint=N, delay=TIME, count=N)", "barriers come late, and what follows them"});
  table.add({"pause(tm=N, for=TIME)", "a process stands still and then goes on; tm=0: the JobManager"});
  table.add({"partition(tm=N, for=TIME, direction=WHICH)",
             "control messages between a TaskManager and the JobManager are lost, both ways or one"});
  table.add({"ha-write-ambiguous(applied=BOOL, checkpoint=N, count=N)",
             "nobody learns what became of writes to the high-availability store"});
  table.add({"lose-leadership(delay=TIME)", "another JobManager leads, and the one before hears of it later"});
  return table.text("  ") + "  each with a trigger: at TIME, or when EVENT actor=A checkpoint=N occurrence=N\n";
}

// Names in lines of a readable length.
std::string names_text(const std::vector<std::string_view>& names) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::string line = " ";
  for (const std::string_view name : names) {
    if (line.size() + 1 + name.size() > kWidth) out += std::exchange(line, " ") + "\n";
    line.append(" ").append(name);
  }
  return out + line + "\n";
}

std::vector<std::string_view> message_names() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
    names.push_back(engine::name(static_cast<engine::MessageKind>(i)));
  }
  return names;
}

ExitCode explain(const std::string& name, const Console& console) {
  const auto defect = engine::defect_named(name);
  if (!defect) {
    std::vector<std::string> known;
    for (const engine::DefectInfo& info : engine::all_defects()) known.emplace_back(info.name);
    const std::string meant = did_you_mean(name, known);
    return console.fail(ExitCode::BadInput,
                        "'" + name + "' is not a defect" + (meant.empty() ? "; `weir defects` lists them all" : meant));
  }
  const engine::DefectInfo& info = engine::info(*defect);
  console.out << info.name << "\n\n  " << info.summary << "\n\n  breaks      " << info.rule << "\n  real bug    "
              << info.source << "\n\nTo see it found, switch it on in a scenario:\n\n  [scenario]\n  defects = [\""
              << info.name << "\"]\n\nand run it: weir run FILE --out out, then open out/<scenario>/report.html.\n";
  return ExitCode::Holds;
}

}  // namespace

ExitCode list(const scenarios::JobCatalogue& catalogue, const ListArguments& arguments, const Console& console) {
  if (arguments.schema) {
    console.out << scenarios::scenario_schema();
    return ExitCode::Holds;
  }
  console.out << console.paint(Tone::Strong, "Jobs") << "\n" << jobs_text(catalogue);
  console.out << "\n" << console.paint(Tone::Strong, "Properties") << "\n" << properties_text();
  console.out << "\n" << console.paint(Tone::Strong, "Faults") << "\n" << faults_text();
  console.out << "\n" << console.paint(Tone::Strong, "Messages") << "\n" << names_text(message_names());
  console.out << "\n" << console.paint(Tone::Strong, "Events") << "\n" << names_text(sim::event_names());
  return ExitCode::Holds;
}

ExitCode defects(const DefectsArguments& arguments, const Console& console) {
  if (!arguments.explain.empty()) return explain(arguments.explain, console);
  TextTable table({Align::Left, Align::Left, Align::Left});
  table.add({"defect", "breaks", "what the code then does wrong"});
  for (const engine::DefectInfo& info : engine::all_defects()) {
    table.add({std::string(info.name), std::string(info.rule), std::string(info.summary)});
  }
  console.out << table.text("");
  return ExitCode::Holds;
}

ExitCode check(const scenarios::JobCatalogue& catalogue, const CheckArguments& arguments, const Console& console) {
  const scenarios::LoadResult loaded = scenarios::load_scenarios(arguments.paths, catalogue, arguments.set);
  console.tell(loaded.warnings);
  console.tell(loaded.problems);
  if (!loaded.problems.empty()) {
    return console.fail(ExitCode::BadInput, counted(loaded.problems.size(), "problem", "problems") + " found");
  }
  if (loaded.scenarios.empty()) return console.fail(ExitCode::NothingSelected, "no scenario file there");
  for (const std::string& note : loaded.notes) console.out << one_line(note) << "\n";
  TextTable table = two_columns();
  for (const scenarios::Scenario& scenario : loaded.scenarios) table.add({scenario.name, scenario.summary});
  console.out << table.text("") << counted(loaded.scenarios.size(), "scenario is", "scenarios are") << " well-formed\n";
  return ExitCode::Holds;
}

}  // namespace weir::reports
