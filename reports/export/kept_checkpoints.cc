#include "export/kept_checkpoints.h"

#include "export/staged_output.h"

namespace weir::reports {
namespace {

bool is_checkpoint_entry(const std::string& name) {
  return name.rfind("chk-", 0) == 0 || name.rfind("savepoint-", 0) == 0 || name.rfind("job-", 0) == 0 ||
         name == "shared" || name == "taskowned";
}

const DirectoryKind kCheckpointDirectory{"the checkpoints of a run", is_checkpoint_entry};

// Storage takes any name; a disk would let some of them out of the directory.
bool stays_inside(std::string_view path) {
  return !path.empty() && path.front() != '/' && ("/" + std::string(path) + "/").find("/../") == std::string::npos;
}

}  // namespace

engine::Status can_keep_checkpoints(const std::string& directory) {
  if (directory.empty()) return {};
  const DirectoryPlace place = place_of(directory);
  const StagedReports staged(place.parent, kCheckpointDirectory);
  const engine::Status status = staged.open();
  return status.ok() ? staged.accepts(place.name) : status;
}

engine::Status keep_checkpoints(const std::string& directory, const std::vector<sim::StoredFile>& files) {
  const DirectoryPlace place = place_of(directory);
  StagedReports staged(place.parent, kCheckpointDirectory);
  Files kept;
  for (const sim::StoredFile& file : files) {
    if (!stays_inside(file.path)) {
      return {engine::StatusCode::Invalid, directory + ": '" + std::string(file.path) +
                                               "' would lie outside of it; give the job's operators plain names"};
    }
    kept.emplace_back(file.path, file.content);
  }
  engine::Status status = staged.open();
  if (status.ok()) status = staged.add(place.name, std::move(kept));
  return status.ok() ? staged.publish() : status;
}

}  // namespace weir::reports
