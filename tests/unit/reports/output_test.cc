#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "export/staged_output.h"
#include "sample_run.h"

using namespace weir;
using namespace weir::reports;
using reports::testing::SampleRun;
namespace fs = std::filesystem;

namespace {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (fs::temp_directory_path() / "weir-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchDirectory() { fs::remove_all(path_); }
  fs::path operator/(const char* name) const { return path_ / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }
  std::string str() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string contents(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("reports appear only when they are published, and replace the old ones") {
  const ScratchDirectory scratch;
  {
    StagedReports staged(scratch.str());
    REQUIRE(staged.open().ok());
    REQUIRE(staged.add("a", {{"report.txt", "old"}}).ok());
    CHECK_FALSE(fs::exists(scratch / "a"));
    REQUIRE(staged.publish().ok());
  }
  CHECK(contents(scratch / "a" / "report.txt") == "old");
  {
    StagedReports abandoned(scratch.str());
    REQUIRE(abandoned.open().ok());
    REQUIRE(abandoned.add("a", {{"report.txt", "new"}}).ok());
  }
  CHECK(contents(scratch / "a" / "report.txt") == "old");
  {
    StagedReports staged(scratch.str());
    REQUIRE(staged.open().ok());
    REQUIRE(staged.add("a", {{"report.html", "new"}}).ok());
    REQUIRE(staged.publish().ok());
  }
  CHECK(contents(scratch / "a" / "report.html") == "new");
  CHECK_FALSE(fs::exists(scratch / "a" / "report.txt"));
  CHECK(scratch.entries() == 1);
}

TEST_CASE("a directory that holds anything but a report is never replaced") {
  const ScratchDirectory scratch;
  fs::create_directory(scratch / "home");
  std::ofstream(scratch / "home" / "thesis.tex") << "years of work";
  StagedReports staged(scratch.str());
  REQUIRE(staged.open().ok());
  const auto status = staged.add("home", {{"report.txt", "x"}});
  CHECK_FALSE(status.ok());
  CHECK(status.message().find("thesis.tex") != std::string::npos);
  CHECK(contents(scratch / "home" / "thesis.tex") == "years of work");
}

TEST_CASE("a place that cannot be made is a message with the place") {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "file") << "x";
  StagedReports staged((scratch / "file" / "below").string());
  const auto status = staged.open();
  CHECK_FALSE(status.ok());
  CHECK(status.message().find("file/below: cannot be written: ") != std::string::npos);
}

TEST_CASE("a file is written whole or not at all") {
  const ScratchDirectory scratch;
  const std::string path = (scratch / "junit.xml").string();
  REQUIRE(write_file(path, "first").ok());
  REQUIRE(write_file(path, "second").ok());
  CHECK(contents(path) == "second");
  CHECK(scratch.entries() == 1);
  CHECK_FALSE(write_file((scratch / "no" / "such.xml").string(), "x").ok());
  CHECK(writable((scratch / "new.xml").string()).ok());
  CHECK(writable(path).ok());
  CHECK(contents(path) == "second");
  CHECK(scratch.entries() == 1);
  CHECK(writable("/proc/weir.xml").message().find("/proc/weir.xml: cannot be written: ") == 0);
  CHECK(writable((scratch / "no" / "such.xml").string()).message().find("its directory does not exist") !=
        std::string::npos);
  CHECK_FALSE(write_file(scratch.str(), "x").ok());
}

TEST_CASE("a full disk is a message, not half a file") {
  if (!fs::exists("/dev/full")) return;
  const auto status = write_file("/dev/full", std::string(100'000, 'x'));
  CHECK_FALSE(status.ok());
  CHECK(status.message().find("/dev/full: cannot be written: No space left") == 0);
  CHECK(status.message().find("; free some space, or name another place") != std::string::npos);
}

TEST_CASE("a run's report is a directory of six files, and is written over by the next") {
  const ScratchDirectory scratch;
  const SampleRun run;
  const std::string directory = (scratch / "out").string();
  REQUIRE(write_run_report(directory, run.view(), {"weir", false}).ok());
  REQUIRE(write_run_report(directory + "/", run.view(), {"weir", false}).ok());
  for (const char* file : {"report.html", "report.json", "report.txt", "spec.txt", "space-time.svg", "job-graph.dot"}) {
    CHECK(fs::file_size(scratch / "out" / file) > 0);
  }
  CHECK(contents(scratch / "out" / "spec.txt") == to_text(const_cast<SampleRun&>(run).result().spec));
  CHECK(scratch.entries() == 1);
}
