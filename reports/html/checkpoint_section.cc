#include "history/checkpoints.h"
#include "history/critical_path.h"
#include "history/jobs.h"

#include <algorithm>

#include "html/elements.h"
#include "html/sections.h"
#include "text/numbers.h"

namespace weir::reports {
namespace {

constexpr std::size_t kMostRows = 300;

std::string duration_cell(const std::optional<std::int64_t>& value) {
  return element("td", value ? short_duration(*value) : "–", "number");
}

std::string part_row(const SubtaskPart& part, const engine::ExecutionGraph& graph) {
  return "<tr>" + element("td", graph.subtask(part.subtask).name) + element("td", part.acknowledged ? "✔" : "✘ no") +
         duration_cell(part.end_to_end) + element("td", byte_size(part.bytes), "number") + duration_cell(part.sync) +
         duration_cell(part.async) + duration_cell(part.alignment) + duration_cell(part.start_delay) + "</tr>\n";
}

// What took longest, and all of what had to happen one after the other.
std::string path_of(const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  const CriticalPath path = critical_path(row, graph);
  if (path.steps.empty()) return "";
  std::string steps;
  for (const PathStep& step : path.steps) {
    steps += (steps.empty() ? "" : " → ") + place(step, graph) + " " + short_duration(step.end - step.begin);
  }
  const std::string longest = told(path, graph);
  return element("p", (longest.empty() ? "" : "Longest: " + longest + ". ") + "Critical path: " + steps);
}

// Flink's names of the columns of a subtask.
std::string parts_of(const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  std::string out = "<tr><td colspan=\"8\"><details><summary>subtasks of checkpoint " + std::to_string(row.id) +
                    "</summary>" + path_of(row, graph) + "<table>" +
                    table_head({"Subtask", "Acknowledged", "#End to End Duration", "#Checkpointed Data Size",
                                "#Sync Duration", "#Async Duration", "#Alignment Duration", "#Start Delay"}) +
                    "<tbody>\n";
  for (const SubtaskPart& part : row.parts) out += part_row(part, graph);
  return out + "</tbody></table></details></td></tr>\n";
}

const char* status_sign(CheckpointStatus status) {
  switch (status) {
    case CheckpointStatus::InProgress:
      return "… ";
    case CheckpointStatus::Completed:
      return "✔ ";
    case CheckpointStatus::Failed:
      break;
  }
  return "✘ ";
}

std::string fate_cell(const CheckpointRow& row) {
  std::string out = "<td>" + markup(fate(row));
  for (const std::uint32_t event : row.restored_by) out += " " + event_link(event);
  return out + "</td>";
}

std::string checkpoint_row(const CheckpointRow& row, const engine::ExecutionGraph& graph) {
  const auto took = row.latest_ack ? std::optional(*row.latest_ack - row.triggered_at) : std::nullopt;
  const std::string kind = row.kind == engine::CheckpointKind::Periodic ? "" : " (" + std::string(name(row.kind)) + ")";
  return "<tr><td class=\"number\"><a href=\"#e" + std::to_string(row.trigger_event) + "\">" + std::to_string(row.id) +
         "</a></td><td>" + status_sign(row.status) + name(row.status) + kind + "</td>" +
         element("td", std::to_string(row.acknowledged) + "/" + std::to_string(row.expected), "number") +
         element("td", short_duration(row.triggered_at), "number") + duration_cell(row.latest_ack) +
         duration_cell(took) + element("td", byte_size(row.bytes), "number") + fate_cell(row) + "</tr>\n" +
         (row.parts.empty() ? "" : parts_of(row, graph));
}

std::string counts(const std::vector<CheckpointRow>& rows) {
  const auto count = [&rows](CheckpointStatus status) {
    return grouped(static_cast<std::uint64_t>(
        std::count_if(rows.begin(), rows.end(), [status](const CheckpointRow& row) { return row.status == status; })));
  };
  std::uint64_t restored = 0;
  for (const CheckpointRow& row : rows) restored += row.restored_by.size();
  return "Triggered " + grouped(rows.size()) + " · In Progress " + count(CheckpointStatus::InProgress) +
         " · Completed " + count(CheckpointStatus::Completed) + " · Failed " + count(CheckpointStatus::Failed) +
         " · Restored " + grouped(restored);
}

}  // namespace

std::string checkpoint_section(const RunView& run) {
  const std::vector<CheckpointRow> rows = checkpoint_history(run.trace);
  const Jobs jobs = jobs_of(run);
  std::string out = "<section id=\"checkpoints\">\n<h2>Checkpoints</h2>\n" + element("p", counts(rows)) + "\n";
  if (rows.empty()) return out + "</section>\n";
  if (rows.size() > kMostRows) {
    out +=
        element("p", "Only the first " + grouped(kMostRows) + " are listed here; report.json has them all.", "loud") +
        "\n";
  }
  out += "<table>" +
         table_head({"#ID", "Status", "#Acknowledged", "#Trigger Time", "#Latest Acknowledgement",
                     "#End to End Duration", "#Checkpointed Data Size", "Fate"}) +
         "<tbody>\n";
  for (std::size_t i = 0; i < rows.size() && i < kMostRows; ++i)
    out += checkpoint_row(rows[i], jobs.at(rows[i].trigger_event));
  return out + "</tbody></table>\n</section>\n";
}

}  // namespace weir::reports
