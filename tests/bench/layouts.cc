#include "bench/layouts.h"

#include <rocksdb/perf_level.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "state/rocksdb/tiny_options.h"

namespace weir::bench {
namespace {

constexpr const char* kParent = "rocksdb";

std::string directory_of(const std::string& name) { return std::string(kParent) + "/" + name; }
std::string attempt_name(unsigned task, unsigned attempt) {
  return "s" + std::to_string(task) + "-a" + std::to_string(attempt);
}

class DatabasePerTask final : public Layout {
 public:
  explicit DatabasePerTask(const DiskAndTime& world) : world_(world) {}

  void begin(unsigned task, unsigned attempt) override {
    Own& own = own_[task];
    own.directory = directory_of(attempt_name(task, attempt));
    require(world_.disk.make_directory(own.directory));
    require(world_.disk.sync_directory(kParent));
    own.db = std::make_unique<LayoutDb>(world_, own.directory);
    cells_[task] = {own.db.get(), own.db->create("counts")};
  }
  void end(unsigned task) override { own_[task].db.reset(); }
  void clean_up(unsigned task) override { require(world_.disk.remove_directory(own_[task].directory)); }
  void request_flush(unsigned task, unsigned) override { cells(task).db->request_flush(cells(task).family); }
  void run_queued() override {
    for (auto& [task, own] : own_) own.db->run_queued();
  }

 private:
  struct Own {
    std::string directory;
    std::unique_ptr<LayoutDb> db;
  };
  DiskAndTime world_;
  std::map<unsigned, Own> own_;
};

// The database lives as long as the process. Names carry the attempt, because two of one task may overlap.
class FamilyPerTask final : public Layout {
 public:
  explicit FamilyPerTask(const DiskAndTime& world) : db_(world, directory_of("shared")) {}

  void begin(unsigned task, unsigned attempt) override {
    cells_[task] = {&db_, db_.create(attempt_name(task, attempt) + ":counts")};
  }
  void end(unsigned) override {}
  void clean_up(unsigned task) override {
    db_.drop(cells(task).family);
    db_.release(cells(task).family);
  }
  void request_flush(unsigned task, unsigned) override { db_.request_flush(cells(task).family); }
  void run_queued() override { db_.run_queued(); }

 private:
  LayoutDb db_;
};

// One memtable for all, so the first task that a checkpoint reaches flushes for the others too: the cheapest way, and
// enough for canonical snapshots, which read a pinned sequence number.
class PrefixPerTask final : public Layout {
 public:
  explicit PrefixPerTask(const DiskAndTime& world)
      : db_(world, directory_of("shared")), family_(db_.create("counts")) {}

  void begin(unsigned task, unsigned attempt) override {
    cells_[task] = {
        &db_, family_, {static_cast<char>(task), static_cast<char>(attempt >> 8), static_cast<char>(attempt)}};
  }
  void end(unsigned) override {}
  void clean_up(unsigned task) override {
    engine::Bytes last = cells(task).prefix;
    ++last.back();
    require(db_.raw().DeleteRange(engine::write_options(), family_, slice(cells(task).prefix), slice(last)));
  }
  void request_flush(unsigned, unsigned checkpoint) override {
    if (std::exchange(flushed_for_, checkpoint) != checkpoint) db_.request_flush(family_);
  }
  void run_queued() override { db_.run_queued(); }

 private:
  LayoutDb db_;
  LayoutDb::Family family_;
  unsigned flushed_for_ = ~0u;
};

}  // namespace

LayoutDb::LayoutDb(const DiskAndTime& world, const std::string& directory)
    : env_(world.disk, world.clock, world.executor, directory), options_(engine::tiny_options(env_)) {
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  rocksdb::DB* opened = nullptr;
  require(rocksdb::DB::Open(options_, directory, &opened));
  db_.reset(opened);
}

LayoutDb::~LayoutDb() {
  env_.disconnect();
  for (const Family family : families_) require(db_->DestroyColumnFamilyHandle(family));
}

LayoutDb::Family LayoutDb::create(const std::string& name) {
  Family made = nullptr;
  require(db_->CreateColumnFamily(options_, name, &made));
  return families_.emplace_back(made);
}

void LayoutDb::drop(Family family) { require(db_->DropColumnFamily(family)); }

void LayoutDb::release(Family family) {
  std::erase(families_, family);
  require(db_->DestroyColumnFamilyHandle(family));
}

void LayoutDb::request_flush(Family family) { require(db_->Flush(engine::flush_options(), family)); }

void LayoutDb::run_queued() {
  while (env_.jobs().run_one()) {
  }
}

std::string_view name_of(LayoutKind kind) {
  switch (kind) {
    case LayoutKind::DatabasePerTask:
      return "a database per task";
    case LayoutKind::FamilyPerTask:
      return "a family per task";
    case LayoutKind::PrefixPerTask:
      return "a prefix per task";
  }
  return "";
}

std::unique_ptr<Layout> start_layout(LayoutKind kind, const DiskAndTime& world) {
  if (world.disk.exists(kParent)) require(world.disk.remove_directory(kParent));
  require(world.disk.make_directory(kParent));
  require(world.disk.sync_directory(""));
  switch (kind) {
    case LayoutKind::DatabasePerTask:
      return std::make_unique<DatabasePerTask>(world);
    case LayoutKind::FamilyPerTask:
      return std::make_unique<FamilyPerTask>(world);
    case LayoutKind::PrefixPerTask:
      return std::make_unique<PrefixPerTask>(world);
  }
  return nullptr;
}

void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_layout: %s\n", why.c_str());
  std::exit(1);
}
void require(const rocksdb::Status& status) {
  if (!status.ok()) give_up(status.ToString());
}
void require(const engine::Status& status) {
  if (!status.ok()) give_up(status.message());
}

}  // namespace weir::bench
