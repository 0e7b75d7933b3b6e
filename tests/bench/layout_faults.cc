#include "bench/layout_faults.h"

#include <rocksdb/metadata.h>
#include <rocksdb/utilities/checkpoint.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "bench/counting_disk.h"
#include "bench/layouts.h"
#include "fakes/state_world.h"
#include "state/rocksdb/tiny_options.h"
#include "world/disk.h"

namespace weir::bench {
namespace {

using engine::Bytes;

constexpr unsigned kCells = 100;

class RefusingDisk final : public CountingDisk {
 public:
  using CountingDisk::CountingDisk;
  engine::Status append(const std::string& path, engine::BytesView bytes) override {
    return refuses ? engine::Status(engine::StatusCode::Unavailable, "disk refuses")
                   : CountingDisk::append(path, bytes);
  }
  bool refuses = false;
};

// A TaskManager with the tasks 0 and 1, each with cells that are in memory alone.
struct Scene {
  explicit Scene(LayoutKind of) : kind(of), layout(start_layout(of, world)) {
    for (const unsigned task : {0u, 1u}) {
      layout->begin(task, 1);
      for (unsigned i = 0; i < kCells; ++i) require(put(layout->cells(task), "key-" + std::to_string(i)));
    }
  }
  static rocksdb::Status put(const Cells& at, const std::string& key) {
    return at.db->raw().Put(engine::write_options(), at.family, at.prefix + key, "value");
  }
  void flush(unsigned task, unsigned checkpoint) {
    layout->request_flush(task, checkpoint);
    layout->run_queued();
  }
  std::uint64_t table_bytes() {
    std::uint64_t sum = 0;
    for (const std::string& directory : disk.list("rocksdb")) {
      for (const std::string& name : disk.list("rocksdb/" + directory)) {
        if (name.ends_with(".sst")) sum += disk.read("rocksdb/" + directory + "/" + name).value().size();
      }
    }
    return sum;
  }
  bool shared() const { return kind != LayoutKind::DatabasePerTask; }

  LayoutKind kind;
  sim::SimDisk machine;
  RefusingDisk disk{machine};
  engine::testing::ManualClock clock;
  engine::testing::CountingExecutor executor;
  DiskAndTime world{disk, clock, executor};
  std::unique_ptr<Layout> layout;
};

bool say(LayoutKind kind, bool as_described, const std::string& what) {
  std::printf("  %-20s %s%s\n", name_of(kind).data(), what.c_str(), as_described ? "" : "   <- NOT AS DESCRIBED");
  return as_described;
}

// What it left behind has to go while the other task goes on.
bool dies_alone(LayoutKind kind) {
  Scene scene(kind);
  scene.flush(0, 1);
  if (kind != LayoutKind::PrefixPerTask) scene.flush(1, 1);
  const std::uint64_t before = scene.table_bytes();
  scene.layout->end(0);
  scene.layout->clean_up(0);
  const std::uint64_t after = scene.table_bytes();
  const bool gone = after < before;
  return say(kind, gone == (kind != LayoutKind::PrefixPerTask),
             std::to_string(before) + " bytes of tables, " + std::to_string(after) + " after the clean-up" +
                 (gone ? "" : ": they stay until a compaction"));
}

// The next attempt cleans up while the earlier one, which nobody could reach, still writes.
bool overlap(LayoutKind kind) {
  Scene scene(kind);
  const Cells old = scene.layout->cells(0);
  kind == LayoutKind::FamilyPerTask ? old.db->drop(old.family) : scene.layout->clean_up(0);
  const rocksdb::Status late = Scene::put(old, "late");
  if (late.ok()) scene.flush(0, 1);
  const bool left = scene.table_bytes() > 0;
  const std::string what = late.ok() ? "the late write is taken, and " : "the late write is refused, and ";
  return say(
      kind, left == (kind == LayoutKind::PrefixPerTask),
      what + (left ? "stays in a table for ever: nobody deletes it again" : "nothing of it is left on the disk"));
}

// A table of task 0 cannot be written; the disk then is well again.
bool fails_alone(LayoutKind kind) {
  Scene scene(kind);
  scene.layout->request_flush(0, 1);
  scene.disk.refuses = true;
  scene.layout->run_queued();
  scene.disk.refuses = false;
  const rocksdb::Status other = Scene::put(scene.layout->cells(1), "more");
  return say(kind, other.ok() == !scene.shared(),
             other.ok() ? "task 1 goes on" : "task 1 cannot write either: " + other.ToString());
}

std::uint64_t in_memory(const Cells& at) {
  std::uint64_t cells = 0;
  at.db->raw().GetIntProperty(at.family, rocksdb::DB::Properties::kNumEntriesActiveMemTable, &cells);
  return cells;
}

bool flushes_alone(LayoutKind kind) {
  Scene scene(kind);
  scene.flush(0, 1);
  const std::uint64_t left = in_memory(scene.layout->cells(1));
  return say(
      kind, (left == kCells) == (kind != LayoutKind::PrefixPerTask),
      std::to_string(left) + " of the " + std::to_string(kCells) + " unflushed cells of task 1 are still unflushed");
}

// What a native snapshot of task 0 would be made of: the tables and the MANIFEST of its database.
bool native_of_one(LayoutKind kind) {
  Scene scene(kind);
  for (const unsigned task : {0u, 1u}) scene.flush(task, 1);
  const Cells& own = scene.layout->cells(0);
  std::vector<rocksdb::LiveFileMetaData> tables;
  own.db->raw().GetLiveFilesMetaData(&tables);
  std::uint64_t cells = 0;
  for (const auto& table : tables) cells += table.num_entries;
  return say(
      kind, (cells == kCells) == !scene.shared(),
      "its database's files hold " + std::to_string(cells) + " cells, " + std::to_string(kCells) + " of them its own");
}

std::vector<std::string> names_of_tables(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.name);
  return names;
}

// Such a copy cannot be opened by its own family alone...
bool part_refuses_to_open() {
  Scene scene(LayoutKind::FamilyPerTask);
  for (const unsigned task : {0u, 1u}) scene.flush(task, 1);
  const Cells& own = scene.layout->cells(0);
  rocksdb::Checkpoint* made = nullptr;
  require(rocksdb::Checkpoint::Create(&own.db->raw(), &made));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  require(checkpoint->CreateCheckpoint("part", std::numeric_limits<std::uint64_t>::max()));
  engine::VirtualEnv env(scene.disk, scene.clock, scene.executor, "part");
  const rocksdb::Options options = engine::tiny_options(env);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(
      options, "part", {{rocksdb::kDefaultColumnFamilyName, options}, {own.family->GetName(), options}}, &handles, &db);
  return say(LayoutKind::FamilyPerTask, opened.IsInvalidArgument(), "opened by its own family: " + opened.ToString());
}

// ... and a family that is exported and imported gets tables of other names (SN-18), so none counts as uploaded
// (SN-13).
bool import_renames() {
  Scene scene(LayoutKind::FamilyPerTask);
  for (const unsigned task : {1u, 0u}) scene.flush(task, 1);
  const Cells& own = scene.layout->cells(0);
  rocksdb::Checkpoint* made = nullptr;
  require(rocksdb::Checkpoint::Create(&own.db->raw(), &made));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  rocksdb::ExportImportFilesMetaData* exported = nullptr;
  require(checkpoint->ExportColumnFamily(own.family, "export", &exported));
  const std::unique_ptr<rocksdb::ExportImportFilesMetaData> files(exported);
  LayoutDb other(scene.world, "other");
  rocksdb::ColumnFamilyHandle* imported = nullptr;
  require(other.raw().CreateColumnFamilyWithImport(other.raw().GetOptions(), "counts", {}, *files, &imported));
  const std::vector<std::string> names = names_of_tables(other.raw());
  require(other.raw().DestroyColumnFamilyHandle(imported));
  const bool same = names.size() == 1 && names.front() == files->files.front().name;
  return say(
      LayoutKind::FamilyPerTask, !same,
      "exported as " + files->files.front().name + ", imported as " + (names.empty() ? "nothing" : names.front()));
}

bool in_each(const char* what, const std::function<bool(LayoutKind)>& show) {
  std::printf("%s\n", what);
  bool as_described = true;
  for (const LayoutKind kind : kLayouts) as_described &= show(kind);
  return as_described;
}

}  // namespace

bool show_faults() {
  bool as_described = in_each("task 0 dies alone", dies_alone);
  as_described &= in_each("an earlier attempt of task 0 still writes after it was cleaned up", overlap);
  as_described &= in_each("the flush of task 0 fails", fails_alone);
  as_described &= in_each("a snapshot of task 0 flushes", flushes_alone);
  as_described &= in_each("a native snapshot of task 0", native_of_one);
  as_described &= part_refuses_to_open();
  as_described &= import_renames();
  return as_described;
}

}  // namespace weir::bench
