#include "draw/job_graph.h"
#include "export/staged_output.h"
#include "html/report.h"

namespace weir::reports {

std::vector<std::pair<std::string, std::string>> report_files(const RunView& run, const ReportOptions& options) {
  const Interest interest = find_interest(run);
  const SpaceTimePicture picture = draw_space_time(run, interest);
  return {{"report.html", html_page(run, options, interest, picture)},
          {"report.json", json_report(run, options)},
          {"report.txt", run_text(run, options)},
          {"spec.txt", to_text(run.result.spec)},
          {"space-time.svg", picture.svg},
          {"job-graph.dot", job_graph_dot(run.graph.job())}};
}

engine::Status can_write_run_report(const std::string& directory) {
  const DirectoryPlace place = place_of(directory);
  const StagedReports staged(place.parent);
  const engine::Status status = staged.open();
  return status.ok() ? staged.accepts(place.name) : status;
}

engine::Status write_run_report(const std::string& directory, const RunView& run, const ReportOptions& options) {
  const DirectoryPlace place = place_of(directory);
  StagedReports staged(place.parent);
  engine::Status status = staged.open();
  if (status.ok()) status = staged.add(place.name, report_files(run, options));
  return status.ok() ? staged.publish() : status;
}

}  // namespace weir::reports
