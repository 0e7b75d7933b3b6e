#include "weir/reports/cli.h"

#include <exception>

#include "cli/commands.h"
#include "text/run_text.h"
#include "weir/scenarios/breakdown.h"

namespace weir::reports {
namespace {

ExitCode end_of_parsing(const ParseEnd& end, const Console& console) {
  if (end.code != ExitCode::Holds) return console.fail(end.code, end.text);
  console.out << end.text;
  return end.code;
}

ExitCode dispatch(const scenarios::JobCatalogue& catalogue, const Command& command, const Console& console) {
  struct Visitor {
    const scenarios::JobCatalogue& catalogue;
    const Console& console;
    ExitCode operator()(const ParseEnd& end) const { return end_of_parsing(end, console); }
    ExitCode operator()(const RunArguments& a) const { return run_scenarios(catalogue, a, console); }
    ExitCode operator()(const MatrixArguments& a) const { return matrix(catalogue, a, console); }
    ExitCode operator()(const ReplayArguments& a) const { return replay(catalogue, a, console); }
    ExitCode operator()(const ShrinkArguments& a) const { return shrink_spec(catalogue, a, console); }
    ExitCode operator()(const CheckArguments& a) const { return check(catalogue, a, console); }
    ExitCode operator()(const ListArguments& a) const { return list(catalogue, a, console); }
    ExitCode operator()(const SweepArguments& a) const { return sweep(catalogue, a, console); }
    ExitCode operator()(const StateArguments& a) const { return state(a, console); }
    ExitCode operator()(const DefectsArguments& a) const { return defects(a, console); }
  };
  const ExitCode code = std::visit(Visitor{catalogue, console}, command);
  console.out.flush();
  if (console.out.good()) return code;
  return console.fail(ExitCode::BadInput, "standard output cannot be written; is its disk full?");
}

}  // namespace

int main(const scenarios::JobCatalogue& catalogue, int argc, const char* const* argv) {
  const char* program = argc > 0 ? argv[0] : nullptr;
  Console console = make_console(ColorChoice::Auto, program);
  try {
    const Arguments arguments = parse_arguments(argc, argv);
    const Console chosen = make_console(arguments.color, program);
    return static_cast<int>(dispatch(catalogue, arguments.command, chosen));
  } catch (const scenarios::RunBreakdown& breakdown) {
    return static_cast<int>(console.fail(ExitCode::Internal, breakdown_text(breakdown, console.program)));
  } catch (const engine::InvariantViolation& violation) {
    const std::string place = std::string(violation.file) + ":" + std::to_string(violation.line);
    return static_cast<int>(console.fail(ExitCode::Internal, "this is a bug of weir: " + violation.message + " (" +
                                                                 violation.expression + ", " + place + ")"));
  } catch (const std::exception& e) {
    return static_cast<int>(console.fail(ExitCode::Internal, std::string("this is a bug of weir: ") + e.what()));
  } catch (...) {
    return static_cast<int>(console.fail(ExitCode::Internal, "this is a bug of weir: something odd was thrown"));
  }
}

}  // namespace weir::reports
