#include "html/sweep_page.h"

#include "draw/sweep_plot.h"
#include "export/version.h"
#include "html/elements.h"
#include "text/numbers.h"
#include "text/sweep_text.h"

namespace weir::reports {
namespace {

std::string id_of(std::size_t index) { return "sweep-" + std::to_string(index + 1); }

std::string number_head(const std::string& words, const std::string& more = "") {
  return "<th scope=\"col\" class=\"number\"" + more + ">" + markup(words) + "</th>";
}

// The names of the lines stand above both of their columns.
std::string head_of(const SweepView& view) {
  std::string names = number_head(view.sweep.x.key, " rowspan=\"2\"");
  std::string columns;
  for (std::size_t line = 0; line < view.sweep.lines(); ++line) {
    names += number_head(line_name(view, line), " colspan=\"2\"");
    columns += number_head("mean") + number_head("half of the seeds");
  }
  return "<thead><tr>" + names + "</tr>\n<tr>" + columns + "</tr></thead>\n";
}

std::string table_of(const SweepView& view) {
  const auto young = young_finding(view);
  std::string out = "<table>" + head_of(view) + "<tbody>\n";
  for (std::size_t x = 0; x < view.sweep.x.values.size(); ++x) {
    const bool least = young && young->least == x;
    out += "<tr><th scope=\"row\" class=\"number\">" + markup(shown_value(view.sweep.x.values[x])) + "</th>";
    for (std::size_t line = 0; line < view.sweep.lines(); ++line) {
      const scenarios::PointResult& point = view.at(x, line);
      out += element("td", mean_text(view, point) + (least ? " (least)" : ""), "number") +
             element("td", spread_text(view, point), "number");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

std::string findings_of(const SweepView& view) {
  const auto young = young_finding(view);
  if (!young) return "";
  std::string out;
  for (const std::string& sentence : told(*young)) out += element("p", sentence) + "\n";
  return out;
}

std::string section_of(const SweepView& view, std::size_t index) {
  const std::string id = id_of(index);
  const std::string summary = view.sweep.summary.empty() ? "" : element("p", view.sweep.summary) + "\n";
  return "<section id=\"" + id + "\">\n" + element("h2", view.sweep.name) + "\n" + summary + findings_of(view) +
         element("p",
                 std::string(info(view.sweep.measure).title) + ": " + std::string(info(view.sweep.measure).doc) +
                     ". A mark is the mean of the seeds, the bar through it holds the middle half of them.",
                 "note") +
         "\n<div class=\"beside\"><div class=\"scroll\">" + draw_plot(plot_of(view, id)) + "</div>\n<div>" +
         table_of(view) + "</div></div>\n" + element("p", sweep_counts(view) + "; from " + view.sweep.file, "note") +
         "\n</section>\n";
}

std::string navigation(const std::vector<SweepView>& sweeps) {
  std::string out = "<nav aria-label=\"sweeps\">";
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    out += "<a href=\"#" + id_of(i) + "\">" + markup(sweeps[i].sweep.name) + "</a>";
  }
  return out + "</nav>\n";
}

}  // namespace

std::string sweep_page(const std::vector<SweepView>& sweeps) {
  const std::string title = sweeps.size() == 1 ? "Sweep " + sweeps.front().sweep.name : "Sweeps";
  std::string out = page_head(title) + "<header>\n" + element("h1", title) + "\n</header>\n";
  if (sweeps.size() > 1) out += navigation(sweeps);
  out += "<main>\n";
  for (std::size_t i = 0; i < sweeps.size(); ++i) out += section_of(sweeps[i], i);
  return out + element("p", "weir " + std::string(kVersion), "note") + "\n</main>\n</body>\n</html>\n";
}

}  // namespace weir::reports
