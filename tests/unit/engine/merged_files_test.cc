// Which pieces of state lie in one file, and how long (SH-15).

#include "state/merged_files.h"

#include <rapidcheck/catch.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "state/confirmed_uploads.h"
#include "weir/engine/restore_files.h"

using namespace weir::engine;

namespace {

constexpr SubtaskId kMap{1};
constexpr SubtaskId kTotals{2};

struct Merged {
  explicit Merged(FileMergingOptions with = {}) : options(with) {}

  std::string add(SubtaskId subtask, std::uint64_t checkpoint, SegmentScope scope, std::uint64_t size = 10) {
    const FileSegment at = files.add(subtask, CheckpointId{checkpoint}, scope, size);
    files.stored(at.file, true);
    return location_of(at);
  }
  std::string own(SubtaskId subtask, std::uint64_t checkpoint) {
    return add(subtask, checkpoint, SegmentScope::Private);
  }
  std::string share(SubtaskId subtask, std::uint64_t checkpoint, std::uint64_t size = 10) {
    return add(subtask, checkpoint, SegmentScope::Shared, size);
  }
  std::vector<std::string> retain(std::uint64_t lowest) {
    files.retained(CheckpointId{lowest});
    return files.take_unused();
  }

  FileMergingOptions options;
  MergedFiles files{options, "taskowned/tm-1-1"};
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a location is a file or a segment of one (SH-15)") {
  const FileSegment segment{"taskowned/tm-1-1/3", 512, 100};
  CHECK(location_of(segment) == "taskowned/tm-1-1/3@512+100");
  CHECK(as_segment("taskowned/tm-1-1/3@512+100") == segment);
  for (const char* file : {"chk-1/totals/0-1/0-keyed", "chk-1/a@1+2/0-keyed", "a@", "a@1", "a@+2", "a@1+", "a@1+2x",
                           "a@99999999999999999999+1"}) {
    CHECK_FALSE(as_segment(file).has_value());
    CHECK(file_of(file) == file);
    CHECK(hash_of_location(file) != hash_of_location(std::string(file) + "/"));
  }
  CHECK(file_of("a@1+2") == "a");
  CHECK(hash_of_location("a@1+2") != hash_of_location("a@2+2"));
  CHECK(hash_of_location("a@1+2") != hash_of_location("b@1+2"));
}

TEST_CASE("a segment that its file is too short for is not there (SH-15)") {
  CHECK(part_of("0123456789", {"f", 8, 2}).value() == "89");
  CHECK(part_of("0123456789", {"f", 10, 0}).value().empty());
  for (const FileSegment& beyond : {FileSegment{"f", 9, 2}, FileSegment{"f", 11, 0}, FileSegment{"f", 0, 11},
                                    FileSegment{"f", ~0ull, 2}, FileSegment{"f", 2, ~0ull}}) {
    CHECK(part_of("0123456789", beyond).status().code() == StatusCode::NotFound);
  }
}

TEST_CASE("pieces of one checkpoint lie in one file, those that others may refer to by subtask (SH-15)") {
  Merged m;
  CHECK(m.own(kMap, 1) == "taskowned/tm-1-1/1@0+10");
  CHECK(m.own(kTotals, 1) == "taskowned/tm-1-1/1@10+10");
  CHECK(m.share(kMap, 1) == "taskowned/tm-1-1/2@0+10");
  CHECK(m.share(kTotals, 1) == "taskowned/tm-1-1/3@0+10");
  CHECK(m.share(kMap, 1) == "taskowned/tm-1-1/2@10+10");
  CHECK(m.own(kMap, 2) == "taskowned/tm-1-1/4@0+10");
}

TEST_CASE("across checkpoints a file takes pieces of the next one too (SH-15)") {
  Merged m({true, 25, 200, true});
  CHECK(m.own(kMap, 1) == "taskowned/tm-1-1/1@0+10");
  CHECK(m.own(kMap, 2) == "taskowned/tm-1-1/1@10+10");
  CHECK(m.own(kMap, 3) == "taskowned/tm-1-1/1@20+10");  // beyond the size, and the last one
  CHECK(m.own(kMap, 4) == "taskowned/tm-1-1/2@0+10");
  CHECK(m.retain(3).empty());
  CHECK(m.retain(4) == Paths{"taskowned/tm-1-1/1"});
}

TEST_CASE("a file goes with the last piece that a retained checkpoint uses (SH-15, SH-4)") {
  Merged m;
  m.own(kMap, 1);
  const std::string kept = m.share(kMap, 1);
  m.share(kMap, 1);
  m.files.use(kept, CheckpointId{2});
  CHECK(m.retain(1).empty());
  CHECK(m.retain(2) == Paths{"taskowned/tm-1-1/1"});
  CHECK(m.retain(3) == Paths{"taskowned/tm-1-1/2"});
  CHECK(m.files.size() == 0);
}

TEST_CASE("what one subtask brought for an aborted checkpoint goes, not what it used again (SH-15, SN-17)") {
  Merged m;
  const std::string base = m.share(kMap, 1);
  m.own(kMap, 2);
  m.own(kTotals, 2);
  m.files.use(base, CheckpointId{2});
  m.files.discard(kMap, CheckpointId{2});
  CHECK(m.files.take_unused().empty());  // another subtask's piece is in the same file
  m.files.discard(kTotals, CheckpointId{2});
  CHECK(m.files.take_unused() == Paths{"taskowned/tm-1-1/2"});
  CHECK(m.files.may_reuse(base));
}

TEST_CASE("a file stays while bytes are on their way to it (SH-15, SN-17)") {
  Merged m;
  const FileSegment at = m.files.add(kMap, CheckpointId{1}, SegmentScope::Private, 10);
  m.files.discard(kMap, CheckpointId{1});
  CHECK(m.files.take_unused().empty());
  m.files.stored(at.file, true);
  CHECK(m.files.take_unused() == Paths{at.file});
}

TEST_CASE("after an append that failed nothing else goes into the file (SH-15)") {
  Merged m;
  const FileSegment broken = m.files.add(kMap, CheckpointId{1}, SegmentScope::Private, 10);
  m.files.stored(broken.file, false);
  CHECK(m.own(kTotals, 1) == "taskowned/tm-1-1/2@0+10");
}

TEST_CASE("a file that is mostly waste is not referred to again: what is used of it is uploaded anew (SH-15)") {
  Merged m;
  const std::string a = m.share(kMap, 1, 60);
  const std::string b = m.share(kMap, 1, 50);
  const std::string c = m.share(kMap, 1, 10);
  CHECK(m.files.may_reuse(a));
  for (const std::string& used : {a, c}) m.files.use(used, CheckpointId{2});
  m.retain(2);
  CHECK_FALSE(m.files.may_reuse(b));  // gone
  CHECK(m.files.may_reuse(a));        // 120 bytes, 70 of them used
  m.files.use(c, CheckpointId{3});
  m.retain(3);
  CHECK_FALSE(m.files.may_reuse(c));  // 120 bytes, 10 of them used

  ConfirmedUploads uploads;
  uploads.uploaded(CheckpointId{3}, {{"c.sst", c, 10}, {"d.sst", "shared/d", 10}});
  uploads.notify_complete(CheckpointId{3});
  const auto plan = uploads.plan({"c.sst", "d.sst"}, SharingStrategy::Reuse, &m.files);
  CHECK(plan.upload == Paths{"c.sst"});
  REQUIRE(plan.reused.size() == 1);
  CHECK(plan.reused[0].path == "shared/d");
  CHECK(uploads.plan({"c.sst"}, SharingStrategy::Reuse).upload.empty());
}

TEST_CASE("what another life of a TaskManager wrote is not referred to again (SH-15)") {
  Merged m;
  m.share(kMap, 1);
  CHECK_FALSE(m.files.may_reuse("taskowned/tm-1-2/2@0+10"));
  CHECK_FALSE(m.files.may_reuse("taskowned/tm-1-1/1@1+10"));
}

// Against a plain list of pieces: which are there, and which files.
TEST_CASE("files are there as long as a piece of them is used (SH-15)", "[property]") {
  rc::prop("any order of checkpoints, reuse, aborts and subsumption", [] {
    struct Piece {
      std::string location;
      std::uint64_t created, used;
      SubtaskId subtask;
    };
    FileMergingOptions options;
    options.across_checkpoints = *rc::gen::arbitrary<bool>();
    options.max_file_size = *rc::gen::inRange<std::uint64_t>(1, 60);
    Merged m(options);
    std::vector<Piece> pieces;
    std::set<std::string> files;
    std::uint64_t checkpoint = 0;
    const auto steps = *rc::gen::inRange(1, 40);
    for (int step = 0; step < steps; ++step) {
      const SubtaskId subtask{*rc::gen::inRange<std::uint16_t>(0, 3)};
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
        case 1: {
          const auto scope = *rc::gen::element(SegmentScope::Private, SegmentScope::Shared);
          const std::string at = m.add(subtask, ++checkpoint, scope, *rc::gen::inRange<std::uint64_t>(0, 30));
          for (const Piece& other : pieces) RC_ASSERT(other.location != at || at.ends_with("+0"));
          pieces.push_back({at, checkpoint, checkpoint, subtask});
          files.insert(file_of(at));
          break;
        }
        case 2:
          if (!pieces.empty()) {
            Piece& piece = pieces[*rc::gen::inRange<std::size_t>(0, pieces.size())];
            m.files.use(piece.location, CheckpointId{checkpoint});
            piece.used = checkpoint;
          }
          break;
        case 3:
          m.files.discard(subtask, CheckpointId{checkpoint});
          std::erase_if(pieces, [&](const Piece& p) {
            return p.subtask == subtask && p.created == checkpoint && p.used == checkpoint;
          });
          break;
        default: {
          const std::uint64_t lowest = *rc::gen::inRange<std::uint64_t>(0, checkpoint + 2);
          m.files.retained(CheckpointId{lowest});
          std::erase_if(pieces, [&](const Piece& p) { return p.used < lowest; });
        }
      }
      for (const std::string& gone : m.files.take_unused()) RC_ASSERT(files.erase(gone) == 1u);
      std::set<std::string> expected;
      for (const Piece& piece : pieces) expected.insert(file_of(piece.location));
      RC_ASSERT(files == expected);
    }
  });
}
