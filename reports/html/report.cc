#include "html/report.h"

#include "draw/job_graph.h"
#include "export/version.h"
#include "history/jobs.h"
#include "html/elements.h"
#include "html/sections.h"
#include "text/numbers.h"
#include "viewer/assets.h"

namespace weir::reports {
namespace {

std::string title_of(const RunView& run) {
  const scenarios::RunSpec& spec = run.result.spec;
  return std::string(name(run.result.answer)) + " · " + (spec.scenario.empty() ? spec.job.name : spec.scenario) +
         " · seed " + hex(spec.world.seed);
}

constexpr const char* kNavigation =
    "<nav aria-label=\"sections\"><a href=\"#properties\">Properties</a><a href=\"#faults\">Faults</a>"
    "<a href=\"#space-time\">Space and time</a><a href=\"#checkpoints\">Checkpoints</a>"
    "<a href=\"#metrics\">Metrics</a><a href=\"#job-graph\">Job "
    "graph</a>"
    "<a href=\"#events\">Events</a><a href=\"#spec\">Run spec</a></nav>\n";

std::string drawn_job(const engine::JobGraph& job, const ReportOptions& options) {
  const std::string dot = job_graph_dot(job);
  const DotPicture picture = options.use_dot ? render_dot(dot) : DotPicture{"", "no picture was asked for"};
  if (!picture.svg.empty()) return "<div class=\"scroll\">" + picture.svg + "</div>\n";
  return element("p", picture.note + "; this is its description:", "note") + "\n" + element("pre", dot) + "\n";
}

}  // namespace

std::string job_graph_section(const RunView& run, const ReportOptions& options) {
  std::string out = "<section id=\"job-graph\">\n<h2>Job graph</h2>\n";
  const Jobs jobs = jobs_of(run);
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    if (jobs.size() > 1) out += element("h3", "Job " + std::to_string(job + 1)) + "\n";
    out += drawn_job(jobs[job].job(), options);
  }
  return out + "</section>\n";
}

std::string space_time_section(const SpaceTimePicture& picture, const Interest& interest) {
  std::string out = "<section id=\"space-time\">\n<h2>Space and time</h2>\n";
  out += element("p",
                 "Around " + interest.why + ": events " + grouped(picture.first) + " to " + grouped(picture.last) +
                     "; time runs downwards. Every sign tells its event when pointed at.",
                 "note") +
         "\n";
  if (picture.cut) {
    out += element("p",
                   "The story is longer than this picture: only " + counted(picture.marks, "event", "events") +
                       " around the moment of interest are drawn.",
                   "loud") +
           "\n";
  }
  return out + "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"space-time diagram\">" +
         picture.svg + "</div>\n</section>\n";
}

std::string spec_section(const RunView& run) {
  return "<section id=\"spec\">\n<h2>Run spec</h2>\n"
         "<p class=\"note\">Everything the run depends on. <code>weir replay FILE</code> takes this text, too.</p>\n"
         "<div class=\"command\"><pre id=\"spec-text\">" +
         markup(to_text(run.result.spec)) +
         "</pre><button type=\"button\" data-copy=\"#spec-text\" hidden>copy</button></div>\n" +
         element("p",
                 "weir " + std::string(kVersion) + " · run spec version " + std::to_string(scenarios::kRunSpecVersion) +
                     " · " + counted(run.trace.size(), "trace event", "trace events"),
                 "note") +
         "\n</section>\n";
}

std::string html_page(const RunView& run, const ReportOptions& options, const Interest& interest,
                      const SpaceTimePicture& picture) {
  return page_head(title_of(run)) + verdict_section(run, options) + kNavigation + "<main>\n" + property_section(run) +
         fault_section(run) + space_time_section(picture, interest) + checkpoint_section(run) + metrics_section(run) +
         job_graph_section(run, options) + event_section(run, interest) + spec_section(run) + "</main>\n<script>\n" +
         std::string(viewer_script()) + "</script>\n</body>\n</html>\n";
}

std::string html_report(const RunView& run, const ReportOptions& options) {
  const Interest interest = find_interest(run);
  return html_page(run, options, interest, draw_space_time(run, interest));
}

}  // namespace weir::reports
