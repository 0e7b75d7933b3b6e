#include <catch2/catch.hpp>

#include "channel/recovered_input.h"
#include "checkpoint/metadata.h"
#include "recovery/in_flight_assignment.h"
#include "recovery/restore_check.h"
#include "state/in_flight_bytes.h"
#include "unit/engine/fakes/memory_storage.h"
#include "weir/engine/frame.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

OperatorId id_of(const std::string& uid) { return OperatorId{hash_bytes(uid)}; }

JobVertex vertex(std::uint16_t id, const std::string& uid, std::uint32_t parallelism) {
  JobVertex made;
  made.id = VertexId{id};
  made.label = uid;
  made.chain.emplace_back();
  made.chain.front().uid = uid;
  made.chain.front().id = id_of(uid);
  made.parallelism = parallelism;
  return made;
}

// words -> totals, by key or dealt out.
JobGraph job(std::uint32_t words, std::uint32_t totals, Partitioning partitioning = Partitioning::Hash) {
  JobGraph made;
  made.vertices = {vertex(0, "words", words), vertex(1, "totals", totals)};
  JobEdge edge;
  edge.from = VertexId{0};
  edge.to = VertexId{1};
  if (partitioning == Partitioning::Hash) {
    edge.type = std::make_shared<KeyedEdge<std::int64_t, std::int64_t, std::int64_t (*)(std::int64_t)>>(
        [](std::int64_t v) { return v; });
  } else {
    edge.type = std::make_shared<PlainEdge<std::int64_t>>(partitioning);
  }
  made.edges.push_back(std::move(edge));
  made.vertices[0].outputs = {0};
  made.vertices[1].inputs = {0};
  return made;
}

InFlightPart part(std::uint32_t producer, std::uint32_t consumer, bool sent, std::uint64_t offset = 0) {
  return {id_of("words"), id_of("totals"), 0, producer, consumer, sent, offset, 5};
}

OperatorPart in_snapshot(const std::string& uid, std::vector<std::vector<InFlightPart>> by_subtask) {
  OperatorPart made{id_of(uid), uid, static_cast<std::uint32_t>(by_subtask.size()), 128, {}};
  for (auto& parts : by_subtask) {
    SubtaskPart& subtask = made.subtasks.emplace_back();
    const std::string path = uid + std::to_string(made.subtasks.size() - 1);
    if (!parts.empty()) subtask.state.in_flight.push_back({std::move(parts), {path, {}, 50}});
  }
  return made;
}

// words/1 -> totals/0 has something at both ends, words/0 -> totals/1 at the sender's.
CompletedCheckpoint checkpoint() {
  return {CheckpointId{3},
          {in_snapshot("words", {{part(0, 1, true)}, {part(1, 0, true)}}),
           in_snapshot("totals", {{part(1, 0, false, 7)}, {}})}};
}

Bytes frames(std::initializer_list<std::uint64_t> origins) {
  Bytes bytes;
  for (const std::uint64_t origin : origins) {
    char header[Frame::kMaxHeader];
    bytes.append(header, write_frame_header(header, Origin{origin}, 2));
    bytes += "ab";
  }
  return bytes;
}

TEST_CASE("each channel's data comes back to its consumer, first what that had received (BA-36)") {
  const auto assigned = assign_in_flight(job(2, 2), job(2, 2).vertices[1], checkpoint());
  REQUIRE(assigned.size() == 2);
  REQUIRE(assigned[0].size() == 1);
  const InFlightData& both = assigned[0][0];
  CHECK(both.producer == 1);
  CHECK(both.same_channel);
  REQUIRE(both.slices.size() == 2);
  CHECK(both.slices[0].state.path == "totals0");
  CHECK(both.slices[0].offset == 7);
  CHECK(both.slices[1].state.path == "words1");
  REQUIRE(assigned[1].size() == 1);
  CHECK(assigned[1][0].slices.size() == 1);
  CHECK(assign_in_flight(job(2, 2), job(2, 2).vertices[0], checkpoint()) == std::vector<std::vector<InFlightData>>(2));
}

TEST_CASE("after a rescale a keyed edge's data goes to all whose key groups overlap (BA-38)") {
  const auto out = assign_in_flight(job(2, 3), job(2, 3).vertices[1], checkpoint());
  CHECK(out[0].size() == 1);  // groups 0..42 of old 0..63
  CHECK(out[1].size() == 2);  // 43..85 of both
  CHECK(out[2].size() == 1);
  CHECK_FALSE(out[0][0].same_channel);
  const auto in = assign_in_flight(job(2, 1), job(2, 1).vertices[1], checkpoint());
  CHECK(in[0].size() == 2);
}

TEST_CASE("after a rescale a rebalanced edge's data goes to one (BA-38)") {
  const JobGraph graph = job(2, 1, Partitioning::Rebalance);
  CHECK(assign_in_flight(graph, graph.vertices[1], checkpoint())[0].size() == 2);
  const JobGraph wider = job(2, 5, Partitioning::Rebalance);
  const auto assigned = assign_in_flight(wider, wider.vertices[1], checkpoint());
  CHECK(assigned[0].size() == 1);
  CHECK(assigned[1].size() == 1);
  CHECK(assigned[4].empty());
}

TEST_CASE("when only the senders are rescaled, the data stays where it is, but not its channel (BA-38)") {
  const auto assigned = assign_in_flight(job(3, 2), job(3, 2).vertices[1], checkpoint());
  REQUIRE(assigned[0].size() == 1);
  CHECK_FALSE(assigned[0][0].same_channel);
}

TEST_CASE("what is in flight on each input stays with that input, also when both come from one operator (BA-27)") {
  JobGraph graph = job(2, 2);
  graph.edges.push_back(graph.edges.front());
  graph.vertices[0].outputs = graph.vertices[1].inputs = {0, 1};
  CompletedCheckpoint both = checkpoint();
  both.operators[1].subtasks[0].state.in_flight[0].parts.push_back(part(1, 0, false, 12));
  both.operators[1].subtasks[0].state.in_flight[0].parts.back().input = 1;
  const auto assigned = assign_in_flight(graph, graph.vertices[1], both);
  REQUIRE(assigned[0].size() == 2);
  CHECK(assigned[0][0].input == 0);
  CHECK(assigned[0][0].slices.size() == 2);
  CHECK(assigned[0][1].input == 1);
  REQUIRE(assigned[0][1].slices.size() == 1);
  CHECK(assigned[0][1].slices[0].offset == 12);
}

TEST_CASE("a job without the edge is not restored from a checkpoint with data in flight on it (BA-39)") {
  JobGraph changed = job(2, 2);
  CHECK(problems_of_in_flight(changed, checkpoint()).empty());
  changed.vertices[0] = vertex(0, "lines", 2);
  const std::string problems = problems_of_restore(changed, checkpoint(), true);
  CHECK(problems.find("in flight from 'words' to 'totals'") != std::string::npos);
  CHECK(problems.find("savepoint") != std::string::npos);
}

TEST_CASE("a stateless operator with data in flight is in the metadata, with its parallelism (BA-40)") {
  const auto decoded = decode_metadata(encode(checkpoint()));
  REQUIRE(decoded.ok());
  CHECK(decoded.value().operators == checkpoint().operators);
  CHECK(decoded.value().operators[0].parallelism == 2);
}

TEST_CASE("the two ends' bytes of a channel are read as one, record by record (BA-28, BA-36)") {
  const Bytes whole = frames({1, 2, 3});
  const std::size_t cut = 15;  // within the second record
  const EncodedInFlight received = encode_in_flight({{part(1, 0, false), whole.substr(0, cut)}});
  const EncodedInFlight sent = encode_in_flight({{part(0, 0, true), "other"}, {part(1, 0, true), whole.substr(cut)}});
  testing::MemoryStorage storage;
  storage.files = {{"received", received.bytes}, {"sent", sent.bytes}};
  InFlightData data;
  data.slices = {{{"received", {}, received.bytes.size()}, received.parts[0].offset, received.parts[0].size},
                 {{"sent", {}, sent.bytes.size()}, sent.parts[1].offset, sent.parts[1].size}};
  RecoveredInput input;
  REQUIRE(input.read({data}, storage).ok());
  REQUIRE(input.any());
  const RecoveredInput::Piece first = input.next(2);
  CHECK(first.records == 2);
  CHECK(first.frames == frames({1, 2}));
  REQUIRE(input.any());
  CHECK(input.next(2).frames == frames({3}));
  CHECK_FALSE(input.any());
}

TEST_CASE("data in flight that cannot be read is named and not used") {
  testing::MemoryStorage storage;
  storage.files["chk-1/in-flight"] = "not what was written";
  InFlightData data;
  data.slices = {{{"chk-1/in-flight", {}, 20}, 0, 5}};
  RecoveredInput input;
  const Status status = input.read({data}, storage);
  CHECK(status.code() == StatusCode::Corrupt);
  CHECK(status.message().find("chk-1/in-flight") != std::string::npos);
  data.slices[0].state.path = "gone";
  CHECK(RecoveredInput().read({data}, storage).code() == StatusCode::NotFound);
}

}  // namespace
}  // namespace weir::engine
