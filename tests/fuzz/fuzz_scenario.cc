// Scenario files (scenario.h), from a real file as users have them: either they load, or every problem says where.

#include <unistd.h>

#include <fstream>

#include "fuzz_support.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/scenario.h"

using namespace weir::scenarios;
using namespace weir::fuzz;

namespace {

struct ScratchFile {
  ScratchFile() : path("/tmp/weir-fuzz-" + std::to_string(getpid()) + ".toml") {}
  ~ScratchFile() { unlink(path.c_str()); }
  std::string path;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ScratchFile file;
  static const JobCatalogue catalogue = JobCatalogue::built_in();
  if (view(data, size).find("input") != BytesView::npos) return 0;  // would read whatever file it names
  std::ofstream(file.path, std::ios::binary | std::ios::trunc) << view(data, size);
  survives([&] {
    const LoadResult loaded = load_scenario(file.path, catalogue, {});
    must(!loaded.problems.empty() || !loaded.scenarios.empty(), "a file loads, or it is said why not");
    for (const std::string& problem : loaded.problems) {
      must(problem.find(file.path) != std::string::npos, "a problem says where it is");
    }
  });
  return 0;
}
