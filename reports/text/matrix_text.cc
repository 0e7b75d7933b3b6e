#include "text/matrix_text.h"

#include <map>
#include <utility>
#include <vector>

#include "text/escape.h"
#include "text/numbers.h"
#include "text/table.h"
#include "weir/engine/messages.h"
#include "weir/reports/run_report.h"

namespace weir::reports {
namespace {

using Align = TextTable::Align;
using engine::MessageKind;
using scenarios::CellStanding;
using scenarios::MatrixCell;
using scenarios::MatrixFault;
using scenarios::MatrixResult;

constexpr std::size_t kMostStories = 20;
constexpr std::string_view kSigns =
    "number: runs in which the fault took effect, of those in which the step came when these are more\n"
    "!: a property was violated   ?: no answer   -: cannot be, see below\n"
    "x: listed below, and not so\n";

// Columns are narrow, messages have long names.
std::string_view heading(MessageKind kind) {
  switch (kind) {
    case MessageKind::RegisterTaskManager:
      return "register";
    case MessageKind::TaskStateUpdate:
      return "state";
    case MessageKind::AcknowledgeCheckpoint:
      return "ack";
    case MessageKind::DeclineCheckpoint:
      return "decline";
    case MessageKind::EndOfDataReport:
      return "end";
    case MessageKind::RegistrationAccepted:
      return "accepted";
    case MessageKind::DeployTask:
      return "deploy";
    case MessageKind::CancelTask:
      return "cancel";
    case MessageKind::TaskStateSeen:
      return "seen";
    case MessageKind::TriggerCheckpoint:
      return "trigger";
    case MessageKind::NotifyCheckpointComplete:
      return "complete";
    case MessageKind::NotifyCheckpointAborted:
      return "aborted";
    case MessageKind::FreeSlot:
      return "free";
    case MessageKind::Heartbeat:
      return "beat";
    case MessageKind::HeartbeatRequest:
      return "ask";
    case MessageKind::Disconnected:
      return "parted";
    case MessageKind::CoordinatorEvent:
      return "told";
    case MessageKind::OperatorEvent:
      return "tells";
    case MessageKind::EventSeen:
      return "heard";
  }
  return "?";
}

std::string heading(const MatrixFault& fault) {
  for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
    const auto kind = static_cast<MessageKind>(i);
    if (engine::name(kind) == fault.target) return std::string(heading(kind));
  }
  return std::string(fault.target);
}

Tone tone_of_cell(CellStanding standing) {
  switch (standing) {
    case CellStanding::Violated:
      return Tone::Bad;
    case CellStanding::Infeasible:
      return Tone::Faint;
    case CellStanding::Holds:
      return Tone::Plain;
    default:
      return Tone::Unsure;
  }
}

std::string sign(CellStanding standing) {
  switch (standing) {
    case CellStanding::Holds:
      return "";
    case CellStanding::Violated:
      return "!";
    case CellStanding::Infeasible:
      return "-";
    case CellStanding::Refuted:
      return "x";
    default:
      return "?";
  }
}

TextTable::Cell cell_of(const MatrixCell& cell, const Paint& paint) {
  const CellStanding is = standing(cell);
  std::string text = std::to_string(cell.took_effect);
  if (cell.fired != cell.took_effect) text += "/" + std::to_string(cell.fired);
  text = is == CellStanding::Infeasible ? sign(is) : text + sign(is);
  return {paint(tone_of_cell(is), text), columns(text)};
}

// The columns of one kind of fault.
std::string table_of(const MatrixResult& result, sim::FaultKind kind, const Paint& paint) {
  std::vector<Align> aligns{Align::Left, Align::Left};
  std::vector<TextTable::Cell> head{"", std::string(sim::name(kind)) + " after"};
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < result.faults.size(); ++i) {
    if (result.faults[i].kind != kind) continue;
    chosen.push_back(i);
    aligns.push_back(Align::Right);
    head.emplace_back(heading(result.faults[i]));
  }
  TextTable table(aligns);
  table.add(std::move(head));
  for (std::size_t phase = 0; phase < result.phases.size(); ++phase) {
    std::vector<TextTable::Cell> row{std::string(result.phases[phase].section), std::string(result.phases[phase].name)};
    for (const std::size_t fault : chosen) row.push_back(cell_of(result.cell(phase, fault), paint));
    table.add(std::move(row));
  }
  return table.text("") + "\n";
}

std::string tables(const MatrixResult& result, const Paint& paint) {
  std::vector<sim::FaultKind> kinds;
  for (const MatrixFault& fault : result.faults) {
    if (kinds.empty() || kinds.back() != fault.kind) kinds.push_back(fault.kind);
  }
  std::string out;
  for (const sim::FaultKind kind : kinds) out += table_of(result, kind, paint);
  return out;
}

std::string fault_text(const MatrixFault& fault) {
  return std::string(sim::name(fault.kind)) + " " + std::string(fault.target);
}

template <class Visit>
void each_cell(const MatrixResult& result, const Visit& visit) {
  for (std::size_t fault = 0; fault < result.faults.size(); ++fault) {
    for (std::size_t phase = 0; phase < result.phases.size(); ++phase) {
      visit(result.phases[phase], result.faults[fault], result.cell(phase, fault));
    }
  }
}

// The cells of one standing, one line a fault and a reason, with the steps.
std::string listed(const MatrixResult& result, CellStanding wanted, const std::string& title) {
  std::vector<std::pair<std::string, std::string>> lines;
  each_cell(result, [&](const auto& phase, const auto& fault, const MatrixCell& cell) {
    if (standing(cell) != wanted) return;
    const std::string reason(cell.infeasible);
    const std::string what = fault_text(fault) + (reason.empty() ? "" : " (" + reason + ")");
    if (lines.empty() || lines.back().first != what) lines.emplace_back(what, "");
    lines.back().second += (lines.back().second.empty() ? "" : ", ") + std::string(phase.name);
  });
  std::string out = lines.empty() ? "" : title + "\n";
  for (const auto& [what, where] : lines) out += "  " + what + " after " + where + "\n";
  return out;
}

std::string stories(const MatrixResult& result, const Paint& paint, std::string_view program) {
  std::string out;
  std::size_t told = 0;
  each_cell(result, [&](const auto& phase, const auto& fault, const MatrixCell& cell) {
    if (!cell.first || ++told > kMostStories) return;
    out += paint(Tone::Bad, "VIOLATED") + "  " + fault_text(fault) + " after " + std::string(phase.name) + ": " +
           one_line(cell.first->cause) + "\n" + reproduce_command(cell.first->spec, program) + "\n";
  });
  return out;
}

std::string counts(const MatrixResult& result, const Paint& paint) {
  std::map<CellStanding, std::uint64_t> cells;
  for (const MatrixCell& cell : result.cells) ++cells[standing(cell)];
  const auto also = [&](CellStanding is, const char* word) {
    return cells[is] == 0 ? "" : ", " + grouped(cells[is]) + " " + word;
  };
  const std::string words = counted(result.cells.size(), "cell", "cells") + ": " + grouped(cells[CellStanding::Holds]) +
                            " hold" + also(CellStanding::Violated, "violated") +
                            also(CellStanding::Idle, "never took effect") + also(CellStanding::Undecided, "undecided") +
                            also(CellStanding::Refuted, "not as listed") +
                            also(CellStanding::Infeasible, "infeasible") + "; " + counted(result.runs, "run", "runs");
  return paint(tone_of(overall(result)), words) + "\n";
}

}  // namespace

std::string matrix_text(const MatrixResult& result, const Paint& paint, std::string_view program) {
  return tables(result, paint) + std::string(kSigns) + listed(result, CellStanding::Infeasible, "cannot be:") +
         listed(result, CellStanding::Idle, "never took effect:") +
         listed(result, CellStanding::Undecided, "no run was conclusive:") +
         listed(result, CellStanding::Refuted, "listed, and not so:") + counts(result, paint) +
         stories(result, paint, program);
}

}  // namespace weir::reports
