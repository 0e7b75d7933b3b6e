#include "world/disk.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

using namespace weir::sim;
using weir::engine::StatusCode;

namespace {

using Names = std::vector<std::string>;

std::uint64_t nothing(std::uint64_t) { return 0; }
std::uint64_t everything(std::uint64_t pending) { return pending; }

void put(SimDisk& disk, const std::string& path, const std::string& content) {
  REQUIRE(disk.create(path).ok());
  REQUIRE(disk.append(path, content).ok());
}

std::string text(SimDisk& disk, const std::string& path) {
  const auto content = disk.read(path);
  return content.ok() ? std::string(content.value()) : "(" + content.status().message() + ")";
}

}  // namespace

TEST_CASE("a disk keeps files and directories by path") {
  SimDisk disk;
  REQUIRE(disk.make_directory("rocksdb").ok());
  REQUIRE(disk.make_directory("rocksdb").ok());
  REQUIRE(disk.make_directory("rocksdb/totals-0-a3").ok());
  put(disk, "rocksdb/totals-0-a3/000004.sst", "abc");
  put(disk, "rocksdb/totals-0-a3/CURRENT", "x");
  REQUIRE(disk.append("rocksdb/totals-0-a3/CURRENT", "yz").ok());
  CHECK(text(disk, "rocksdb/totals-0-a3/CURRENT") == "xyz");
  CHECK(text(disk, "/rocksdb//totals-0-a3/000004.sst") == "abc");
  CHECK(disk.list("rocksdb/totals-0-a3") == Names{"000004.sst", "CURRENT"});
  CHECK(disk.list("rocksdb/totals-0-a3/") == Names{"000004.sst", "CURRENT"});
  CHECK(disk.list("") == Names{"rocksdb"});
  CHECK(disk.exists("rocksdb/totals-0-a3"));
  CHECK_FALSE(disk.exists("rocksdb/totals-0-a4"));
  CHECK(disk.bytes() == 6);
}

TEST_CASE("what a disk cannot do is a status that names the path") {
  SimDisk disk;
  put(disk, "file", "x");
  REQUIRE(disk.make_directory("dir").ok());
  CHECK(disk.read("none").status().code() == StatusCode::NotFound);
  CHECK(disk.read("none").status().message() == "no file 'none' on this disk");
  CHECK(disk.read("dir").status().code() == StatusCode::NotFound);
  CHECK(disk.create("none/file").message() == "no directory for 'none/file' on this disk");
  CHECK(disk.create("file/below").code() == StatusCode::NotFound);
  CHECK(disk.create("dir").code() == StatusCode::Unavailable);
  CHECK(disk.make_directory("file").code() == StatusCode::Unavailable);
  CHECK(disk.append("none", "x").code() == StatusCode::NotFound);
  CHECK(disk.remove("none").code() == StatusCode::NotFound);
  CHECK(disk.remove("dir").code() == StatusCode::NotFound);
  CHECK(disk.sync_directory("none").code() == StatusCode::NotFound);
  CHECK(disk.link("file", "file").code() == StatusCode::Unavailable);
  CHECK(disk.rename("file", "dir").code() == StatusCode::Unavailable);
  CHECK(disk.rename("dir", "dir/inside").code() == StatusCode::Unavailable);
  CHECK(disk.remove_directory("").code() == StatusCode::NotFound);
  CHECK(text(disk, "file") == "x");
}

TEST_CASE("a power loss keeps what was synced and a prefix of what was not") {
  SimDisk disk;
  put(disk, "log", "durable");
  REQUIRE(disk.sync("log").ok());
  REQUIRE(disk.sync_directory("").ok());
  REQUIRE(disk.append("log", "-pending").ok());

  SECTION("nothing of it") {
    disk.power_loss(nothing);
    CHECK(text(disk, "log") == "durable");
  }
  SECTION("some of it") {
    std::vector<std::uint64_t> asked;
    disk.power_loss([&](std::uint64_t pending) {
      asked.push_back(pending);
      return std::uint64_t{3};
    });
    CHECK(asked == std::vector<std::uint64_t>{8});
    CHECK(text(disk, "log") == "durable-pe");
    disk.power_loss(nothing);  // what survived one loss is durable
    CHECK(text(disk, "log") == "durable-pe");
  }
  SECTION("all of it") {
    disk.power_loss(everything);
    CHECK(text(disk, "log") == "durable-pending");
  }
  CHECK(disk.counters().power_losses >= 1);
}

TEST_CASE("a synced file whose directory was not synced loses its name") {
  SimDisk disk;
  put(disk, "a", "1");
  REQUIRE(disk.sync("a").ok());
  disk.power_loss(nothing);
  CHECK_FALSE(disk.exists("a"));
}

TEST_CASE("a durable name can outlive the bytes that were never synced") {
  SimDisk disk;
  put(disk, "a", "12345");
  REQUIRE(disk.sync_directory("").ok());
  disk.power_loss(nothing);
  CHECK(text(disk, "a").empty());
}

TEST_CASE("changes of a directory survive in order") {
  SimDisk disk;
  for (const char* name : {"c", "a", "b"}) {
    put(disk, name, name);
    REQUIRE(disk.sync(name).ok());
  }
  disk.power_loss([](std::uint64_t pending) { return pending - 1; });
  CHECK(disk.list("") == Names{"a", "c"});
}

TEST_CASE("a rename within a directory survives whole or not at all") {
  for (std::uint64_t kept = 0; kept <= 2; ++kept) {
    SimDisk disk;
    put(disk, "CURRENT", "old");
    put(disk, "CURRENT.tmp", "new");
    REQUIRE(disk.sync("CURRENT").ok());
    REQUIRE(disk.sync("CURRENT.tmp").ok());
    REQUIRE(disk.sync_directory("").ok());
    REQUIRE(disk.rename("CURRENT.tmp", "CURRENT").ok());
    disk.power_loss([&](std::uint64_t) { return kept; });
    CHECK(text(disk, "CURRENT") == (kept == 2 ? "new" : "old"));
    CHECK(disk.exists("CURRENT.tmp") == (kept != 2));
  }
}

TEST_CASE("a removed file comes back when its removal was not synced") {
  SimDisk disk;
  put(disk, "a", "kept");
  REQUIRE(disk.sync("a").ok());
  REQUIRE(disk.sync_directory("").ok());
  REQUIRE(disk.remove("a").ok());
  CHECK_FALSE(disk.exists("a"));
  put(disk, "a", "another");
  disk.power_loss(nothing);
  CHECK(text(disk, "a") == "kept");
}

TEST_CASE("a removed directory comes back whole when its removal was not synced") {
  SimDisk disk;
  REQUIRE(disk.make_directory("dir").ok());
  put(disk, "dir/a", "1");
  REQUIRE(disk.sync("dir/a").ok());
  REQUIRE(disk.sync_directory("dir").ok());
  REQUIRE(disk.sync_directory("").ok());
  REQUIRE(disk.remove_directory("dir").ok());
  CHECK(disk.bytes() == 0);
  disk.power_loss(nothing);
  CHECK(text(disk, "dir/a") == "1");
  REQUIRE(disk.remove_directory("dir").ok());
  REQUIRE(disk.sync_directory("").ok());
  disk.power_loss(nothing);
  CHECK_FALSE(disk.exists("dir"));
}

TEST_CASE("a truncation that was not synced can be lost, with everything after it") {
  for (std::uint64_t kept = 0; kept <= 3; ++kept) {
    SimDisk disk;
    put(disk, "a", "durable");
    REQUIRE(disk.sync("a").ok());
    REQUIRE(disk.sync_directory("").ok());
    REQUIRE(disk.truncate("a", 2).ok());
    REQUIRE(disk.append("a", "XY").ok());
    CHECK(text(disk, "a") == "duXY");
    disk.power_loss([&](std::uint64_t pending) {
      CHECK(pending == 3);
      return kept;
    });
    const std::vector<std::string> expected{"durable", "du", "duX", "duXY"};
    CHECK(text(disk, "a") == expected[kept]);
  }
}

TEST_CASE("hard links share their content and their fate") {
  SimDisk disk;
  put(disk, "a", "12");
  REQUIRE(disk.link("a", "b").ok());
  REQUIRE(disk.sync_directory("").ok());
  REQUIRE(disk.append("b", "34").ok());
  CHECK(text(disk, "a") == "1234");
  int asked = 0;
  disk.power_loss([&](std::uint64_t) { return static_cast<std::uint64_t>(++asked * 3); });
  CHECK(asked == 1);
  CHECK(text(disk, "a") == "123");
  CHECK(text(disk, "b") == "123");
  REQUIRE(disk.remove("a").ok());
  CHECK(text(disk, "b") == "123");
}

TEST_CASE("a wiped disk is empty and a cleared one has also forgotten what it counted") {
  SimDisk disk;
  REQUIRE(disk.make_directory("dir").ok());
  put(disk, "dir/a", "123");
  REQUIRE(disk.sync("dir/a").ok());
  disk.wipe();
  CHECK(disk.list("").empty());
  CHECK(disk.bytes() == 0);
  CHECK(disk.counters().appended_bytes == 3);
  put(disk, "b", "1");
  disk.clear();
  CHECK(disk.list("").empty());
  CHECK(disk.counters() == DiskCounters{});
  put(disk, "dir", "now a file");
  CHECK(text(disk, "dir") == "now a file");
}

TEST_CASE("equal random streams lose equal parts") {
  const auto survivors = [] {
    SimDisk disk;
    for (int i = 0; i < 50; ++i) put(disk, "f" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
    RandomStream random(7, "disk");
    disk.power_loss(random);
    std::string out;
    for (const std::string& name : disk.list("")) out += name + "=" + text(disk, name) + ";";
    return out;
  };
  const std::string first = survivors();
  CHECK(first == survivors());
  CHECK_FALSE(first.empty());
}

namespace {

// The same contract in the plainest form: a list of every change since the last sync, replayed up to the cut.
struct PlainFile {
  std::string durable;
  std::string now;
  bool shortened = false;
  std::string shortest;  // what a lost tail leads back to once the shortening itself survived

  void append(const std::string& bytes) { now += bytes; }
  void truncate(std::size_t size) {
    if (size < (shortened ? shortest : durable).size()) {
      shortened = true;
      shortest = now.substr(0, size);
    }
    now.resize(size);
  }
  void sync() { *this = PlainFile{now, now, false, {}}; }
  std::uint64_t pending() const { return shortened ? 1 + now.size() - shortest.size() : now.size() - durable.size(); }
  void lose(std::uint64_t kept) {
    if (!shortened) now.resize(durable.size() + kept);
    if (shortened) now = kept == 0 ? durable : now.substr(0, shortest.size() + kept - 1);
    sync();
  }
};

}  // namespace

TEST_CASE("any sequence of writes, truncations, syncs and power losses agrees with a plain model") {
  REQUIRE(rc::check([] {
    SimDisk disk;
    std::map<std::string, PlainFile> model;
    const Names names{"a", "b", "c"};
    for (const auto& name : names) RC_ASSERT(disk.create(name).ok()), model[name];
    RC_ASSERT(disk.sync_directory("").ok());
    const auto steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
      const std::string name = *rc::gen::elementOf(names);
      PlainFile& file = model[name];
      const auto action = *rc::gen::inRange(0, 10);
      if (action < 5) {
        const std::string bytes(*rc::gen::inRange<std::size_t>(0, 6), static_cast<char>('a' + i % 26));
        RC_ASSERT(disk.append(name, bytes).ok());
        file.append(bytes);
      } else if (action < 7) {
        const auto size = *rc::gen::inRange<std::size_t>(0, file.now.size() + 1);
        RC_ASSERT(disk.truncate(name, size).ok());
        file.truncate(size);
      } else if (action < 9) {
        RC_ASSERT(disk.sync(name).ok());
        file.sync();
      } else {
        std::vector<std::uint64_t> cuts;
        for (auto& [key, plain] : model) {
          if (plain.pending() == 0) continue;
          cuts.push_back(*rc::gen::inRange<std::uint64_t>(0, plain.pending() + 1));
          plain.lose(cuts.back());
        }
        std::size_t next = 0;
        disk.power_loss([&](std::uint64_t) { return cuts.at(next++); });
        RC_ASSERT(next == cuts.size());
      }
      for (const auto& [key, plain] : model) RC_ASSERT(text(disk, key) == plain.now);
    }
  }));
}

TEST_CASE("entries under random changes and losses are always those after a prefix of the changes") {
  REQUIRE(rc::check([] {
    SimDisk disk;
    std::vector<std::vector<std::string>> history{{}};  // listing after each change since the last sync
    const Names names{"a", "b", "c", "d"};
    for (int i = *rc::gen::inRange(1, 40); i > 0; --i) {
      const std::string name = *rc::gen::elementOf(names);
      const auto action = *rc::gen::inRange(0, 8);
      if (action < 4 && !disk.exists(name)) {
        RC_ASSERT(disk.create(name).ok());
        history.push_back(disk.list(""));
      } else if (action < 6 && disk.exists(name)) {
        RC_ASSERT(disk.remove(name).ok());
        history.push_back(disk.list(""));
      } else if (action == 6) {
        RC_ASSERT(disk.sync_directory("").ok());
        history = {disk.list("")};
      } else if (action == 7) {
        std::uint64_t kept = 0;
        disk.power_loss([&](std::uint64_t pending) {
          RC_ASSERT(pending + 1 == history.size());
          return kept = *rc::gen::inRange<std::uint64_t>(0, pending + 1);
        });
        RC_ASSERT(disk.list("") == history[kept]);
        history = {disk.list("")};
      }
    }
  }));
}
