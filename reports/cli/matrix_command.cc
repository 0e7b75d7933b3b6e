#include "cli/commands.h"
#include "export/matrix_json.h"
#include "text/matrix_text.h"
#include "weir/scenarios/fault_matrix.h"
#include "weir/scenarios/scenario.h"

namespace weir::reports {
namespace {

scenarios::MatrixOptions options_of(const MatrixArguments& arguments) {
  scenarios::MatrixOptions options;
  if (arguments.seeds) {
    options.first_seed = arguments.seeds->first;
    options.end_seed = arguments.seeds->end;
  }
  if (arguments.places != 0) options.places = arguments.places;
  options.jobs = arguments.jobs;
  return options;
}

}  // namespace

ExitCode matrix(const scenarios::JobCatalogue& catalogue, const MatrixArguments& arguments, const Console& console) {
  const scenarios::LoadResult loaded = scenarios::load_scenarios(arguments.paths, catalogue, arguments.set);
  console.tell(loaded.warnings);
  const ExitCode code = console.check_selection(loaded.problems, "scenario", loaded.scenarios.size(), arguments.seeds);
  if (code != ExitCode::Holds) return code;

  const scenarios::MatrixOptions options = options_of(arguments);
  ProgressMeter meter(console, "matrix");
  const auto result = run_matrix(catalogue, loaded.scenarios, options,
                                 [&meter](auto done, auto total, auto violated) { meter(done, total, violated); });
  if (!result.ok()) return console.fail(ExitCode::BadInput, result.status().message());
  console.out << (arguments.json ? matrix_json(result.value(), "weir")
                                 : matrix_text(result.value(), console.paint, console.program));
  return exit_code_of(overall(result.value()));
}

}  // namespace weir::reports
