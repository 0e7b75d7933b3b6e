#include "world/input_files.h"

namespace weir::sim {

engine::Result<engine::BytesView> SimInputFiles::contents(std::string_view path) {
  for (const InputFile& file : workload_->files) {
    if (file.path == path) return engine::BytesView(file.contents);
  }
  return engine::Status(engine::StatusCode::NotFound, "the workload has no file " + std::string(path));
}

}  // namespace weir::sim
