#include "export/matrix_json.h"

#include "export/json_writer.h"
#include "export/jsonl.h"
#include "weir/reports/run_report.h"

namespace weir::reports {
namespace {

using scenarios::CellStanding;
using scenarios::MatrixCell;

const char* identifier(CellStanding standing) {
  switch (standing) {
    case CellStanding::Holds:
      return "holds";
    case CellStanding::Violated:
      return "violated";
    case CellStanding::Idle:
      return "idle";
    case CellStanding::Undecided:
      return "undecided";
    case CellStanding::Infeasible:
      return "infeasible";
    case CellStanding::Refuted:
      break;
  }
  return "refuted";
}

std::string line(const scenarios::MatrixPhase& phase, const scenarios::MatrixFault& fault, const MatrixCell& cell,
                 std::string_view program) {
  JsonWriter json;
  json.begin_object().key("schema").count(kJsonSchema).key("event").text("matrix_cell");
  json.key("section").text(phase.section).key("phase").text(phase.name).key("rules").text(phase.rules);
  json.key("what").text(phase.what).key("fault").text(sim::name(fault.kind)).key("target").text(fault.target);
  json.key("standing").text(identifier(standing(cell))).key("runs").count(cell.runs).key("fired").count(cell.fired);
  json.key("had_effect").count(cell.took_effect).key("holds").count(cell.held);
  json.key("violated").count(cell.violated).key("reason").text(cell.infeasible).key("reproduce");
  cell.first ? json.text(reproduce_command(cell.first->spec, program)) : json.null();
  return json.end_object().str() + "\n";
}

}  // namespace

std::string matrix_json(const scenarios::MatrixResult& result, std::string_view program) {
  std::string out;
  for (std::size_t phase = 0; phase < result.phases.size(); ++phase) {
    for (std::size_t fault = 0; fault < result.faults.size(); ++fault) {
      out += line(result.phases[phase], result.faults[fault], result.cell(phase, fault), program);
    }
  }
  return out;
}

}  // namespace weir::reports
