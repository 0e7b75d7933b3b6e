#include <algorithm>

#include "history/jobs.h"
#include "html/elements.h"
#include "html/sections.h"
#include "text/event_line.h"
#include "text/numbers.h"
#include "weir/sim/simulation.h"

namespace weir::reports {
namespace {

using engine::EventKind;
using sim::TraceEvent;
using sim::WorldEventKind;

// Record traffic and single messages: most of a trace, and the last thing a reader needs.
bool traffic(sim::TraceKind kind) {
  return kind == EventKind::SegmentSent || kind == EventKind::SegmentProcessed || kind == WorldEventKind::MessageSent ||
         kind == WorldEventKind::MessageDelivered;
}

// What the keys f, c and r jump to.
std::string jump_kinds(sim::TraceKind kind) {
  if (kind == WorldEventKind::FaultFired || kind == WorldEventKind::ProcessCrashed ||
      kind == WorldEventKind::MessageLost || kind == WorldEventKind::BarrierDelayed) {
    return "f";
  }
  if (kind == EventKind::CheckpointTriggered || kind == EventKind::CheckpointCompleted ||
      kind == EventKind::CheckpointAborted) {
    return "c";
  }
  return kind == EventKind::RestoreChosen || kind == EventKind::StateRestored ? "r" : "";
}

struct Selection {
  std::vector<std::uint32_t> rows;  // ascending
  std::string notice;               // what was left out, said loudly; empty when nothing
};

// `candidates` around the moment, as many as fit; witnesses in any case.
std::vector<std::uint32_t> around(const std::vector<std::uint32_t>& candidates, std::uint32_t moment, std::size_t most,
                                  const std::vector<std::uint32_t>& witnesses) {
  const auto middle =
      static_cast<std::size_t>(std::lower_bound(candidates.begin(), candidates.end(), moment) - candidates.begin());
  const std::size_t wanted_first = middle > most * 2 / 3 ? middle - most * 2 / 3 : 0;
  const std::size_t first = std::min(wanted_first, candidates.size() > most ? candidates.size() - most : 0);
  const std::size_t last = std::min(candidates.size(), first + most);
  std::vector<std::uint32_t> rows(candidates.begin() + static_cast<std::ptrdiff_t>(first),
                                  candidates.begin() + static_cast<std::ptrdiff_t>(last));
  std::vector<std::uint32_t> merged;
  std::set_union(rows.begin(), rows.end(), witnesses.begin(), witnesses.end(), std::back_inserter(merged));
  return merged;
}

Selection choose(const RunView& run, const Interest& interest, std::size_t most) {
  const std::vector<TraceEvent>& events = run.trace.events();
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    if (events.size() <= most || !traffic(events[i].kind)) candidates.push_back(i);
  }
  Selection chosen;
  chosen.rows = around(candidates, interest.event, most, witnesses_of(run.result, events.size()));
  if (chosen.rows.size() == events.size()) return chosen;
  chosen.notice =
      "This table shows " + grouped(chosen.rows.size()) + " of " + counted(events.size(), "event", "events") + ". ";
  chosen.notice +=
      candidates.size() <= most
          ? "Left out: segments of records and single control messages."
          : "Left out: segments of records, single control messages, and what is far from " + interest.why + ".";
  chosen.notice += " The whole trace: add -v to the command above.";
  return chosen;
}

std::string event_row(const RunView& run, const Jobs& jobs, std::uint32_t index, bool witness) {
  const TraceEvent& event = run.trace.events()[index];
  const engine::ExecutionGraph& graph = jobs.at(index);
  const std::string number = std::to_string(index);
  const std::string kinds = (witness ? "v" : "") + jump_kinds(event.kind);
  std::string out = "<tr id=\"e" + number + "\"";
  if (!kinds.empty()) out += " data-k=\"" + kinds + "\"";
  if (witness) out += " class=\"witness\"";
  return out + "><td class=\"number\">" + (witness ? "▲ " : "") + number + "</td>" +
         element("td", clock_time(event.time), "number") + element("td", sim::actor_name(graph, event.actor)) +
         element("td", event_name(event)) + element("td", event_words(event, graph)) + "</tr>\n";
}

constexpr const char* kStepper =
    "<button type=\"button\" data-do=\"first\" aria-label=\"first event\">⇤</button>"
    "<button type=\"button\" data-do=\"back\" aria-label=\"previous event\">◀</button>"
    "<button type=\"button\" data-do=\"forward\" aria-label=\"next event\">▶</button>"
    "<button type=\"button\" data-do=\"last\" aria-label=\"last event\">⇥</button>"
    "<button type=\"button\" data-do=\"violation\">violation <kbd>v</kbd></button>"
    "<button type=\"button\" data-do=\"fault\">fault <kbd>f</kbd></button>"
    "<button type=\"button\" data-do=\"checkpoint\">checkpoint <kbd>c</kbd></button>"
    "<button type=\"button\" data-do=\"restore\">restore <kbd>r</kbd></button>"
    "<input type=\"range\" min=\"0\" value=\"0\" aria-label=\"event\">"
    "<input type=\"search\" placeholder=\"filter ( / )\" aria-label=\"show only events with these words\">"
    "<span class=\"note\"><kbd>←</kbd> <kbd>→</kbd> step, <kbd>Shift</kbd> goes back</span>"
    "<div class=\"live\" aria-live=\"polite\"></div>";

}  // namespace

std::string event_section(const RunView& run, const Interest& interest, std::size_t most_rows) {
  const Selection chosen = choose(run, interest, most_rows);
  const Jobs jobs = jobs_of(run);
  const std::vector<std::uint32_t> witnesses = witnesses_of(run.result, run.trace.size());
  std::string out = "<section id=\"events\">\n<h2>Events</h2>\n";
  if (!chosen.notice.empty()) out += element("p", chosen.notice, "loud") + "\n";
  out += "<div class=\"scroll events\" tabindex=\"0\" role=\"region\" aria-label=\"events\"><table>" +
         table_head({"#Event", "#Time", "Where", "What", "In words"}) + "<tbody>\n";
  for (const std::uint32_t index : chosen.rows) {
    out += event_row(run, jobs, index, std::binary_search(witnesses.begin(), witnesses.end(), index));
  }
  out += "</tbody></table></div>\n</section>\n";
  return out +
         "<div class=\"bar\" id=\"stepper\" role=\"toolbar\" aria-label=\"step through the events\" data-start=\"e" +
         std::to_string(interest.event) + "\" hidden>" + kStepper + "</div>\n";
}

}  // namespace weir::reports
