#include "trace_builder.h"

#include <map>
#include <set>

#include <rapidcheck.h>

#include "weir/engine/assert.h"

using namespace weir::properties;
namespace engine = weir::engine;
namespace sim = weir::sim;

TEST_CASE("the expected results of a word count are those of a plain count") {
  const ExpectedRecords& expected = word_job().reference->expected();
  std::map<std::string, int> counts;
  std::set<std::string> plain;
  std::uint64_t words = 0;
  for (const auto& partition : word_job().workload->topics.front().partitions) {
    for (const std::string& word : partition) {
      plain.insert(word + ": " + std::to_string(++counts[word]));
      ++words;
    }
  }
  CHECK(expected.total() == words);
  CHECK(expected.size() == plain.size());
  const std::uint32_t topic = expected.topic_number("counts");
  for (const std::string& value : plain) {
    const std::uint32_t record = expected.find(topic, value);
    REQUIRE(record != ExpectedRecords::kForeign);
    CHECK(expected.count(record) == 1);
    CHECK(expected.value(record) == value);
    CHECK(expected.topic(record) == "counts");
  }
  CHECK(expected.find(topic, "fox: 4") == ExpectedRecords::kForeign);
  CHECK(expected.find(expected.topic_number("words"), "fox: 1") == ExpectedRecords::kForeign);
}

TEST_CASE("sources know where their splits start and end") {
  REQUIRE(word_job().reference->sources().size() == 1);
  const SourceInfo& source = word_job().reference->sources().front();
  CHECK(source.label == "kafka-source");
  CHECK(source.start == std::vector<std::uint64_t>{0, 0});
  CHECK(source.end == std::vector<std::uint64_t>{6, 4});
  CHECK(word_job().reference->describe(engine::Origin::of(0, 1, 3)) == "kafka-source split 1 offset 3");
}

TEST_CASE("the table of expected records is the multiset that went in") {
  REQUIRE(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& drawn) {
    std::vector<engine::SequentialOutput> outputs;
    std::map<std::pair<std::string, std::string>, std::vector<engine::Origin>> plain;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const std::string topic(1, static_cast<char>('a' + drawn[i].first % 3));
      const std::string value = "v" + std::to_string(drawn[i].second % 8);
      outputs.push_back({topic, value, engine::Origin::of(0, 0, i)});
      plain[{topic, value}].push_back(outputs.back().origin);
    }
    const ExpectedRecords expected(outputs);
    RC_ASSERT(expected.total() == drawn.size());
    RC_ASSERT(expected.size() == plain.size());
    for (const auto& [content, origins] : plain) {
      const std::uint32_t record = expected.find(expected.topic_number(content.first), content.second);
      RC_ASSERT(record != ExpectedRecords::kForeign);
      const auto held = expected.origins(record);
      RC_ASSERT(std::vector<engine::Origin>(held.begin(), held.end()) == origins);
    }
    RC_ASSERT(expected.topic_number("d") == ExpectedRecords::kForeign);
    RC_ASSERT(expected.find(ExpectedRecords::kForeign, "v0") == ExpectedRecords::kForeign);
  }));
}

TEST_CASE("the workload is read as the log and the files of the engine") {
  const sim::Workload workload{{{"in", {{"x", "y", "z"}, {}}}}, {{"a.txt", "one\ntwo"}}, {"out"}};
  ReadOnlyLog log(workload);
  CHECK(log.partitions("in") == 2);
  CHECK(log.partitions("out") == 1);
  CHECK(log.end_offset("out", 0) == 0);
  CHECK(log.partitions("nowhere") == 0);
  CHECK(log.end_offset("in", 0) == 3);
  CHECK(log.end_offset("in", 7) == 0);
  std::vector<engine::LogRecord> records;
  log.fetch("in", 0, 1, 10, records);
  log.fetch("in", 0, 9, 10, records);
  REQUIRE(records.size() == 2);
  CHECK(records[1].value == "z");
  CHECK(records[1].origin == engine::Origin::of(0, 0, 2));
  CHECK_THROWS_AS(log.register_producer("sink", engine::AttemptId{1}), engine::InvariantViolation);
  CHECK_THROWS_AS(log.append({1}, 0, "x", {}), engine::InvariantViolation);

  ReadOnlyFiles files(workload);
  CHECK(files.contents("a.txt").value() == "one\ntwo");
  CHECK(files.contents("b.txt").status().code() == engine::StatusCode::NotFound);
}

TEST_CASE("a record is shown as its topic's type where the job knows it, else quoted") {
  using Pairs = std::vector<std::pair<std::string, std::int64_t>>;
  engine::StreamEnvironment env("pairs");
  env.from_source(engine::LogSource<Pairs>("in"), "in").sink_to(engine::TransactionalLogSink<Pairs>("out"), "sink");
  auto job = engine::JobGraph::build(env.graph());
  REQUIRE(job.ok());
  auto workload = std::make_shared<sim::Workload>(sim::Workload{{{"in", {{}}}}, {}, {"out"}});
  const auto reference = make_reference(job.value(), workload);
  CHECK(reference->shown("out", engine::serialize(Pairs{{"fox", 3}, {"dog", -1}})) == R"([{"fox", 3}, {"dog", -1}])");
  CHECK(reference->shown("elsewhere", engine::serialize(Pairs{})) == R"("\x00")");
  CHECK(reference->shown("out", "\x02") == R"("\x02")");  // it does not decode
  CHECK(reference->shown("out", engine::serialize(Pairs(100, {"x", 1}))).size() == 123);
  CHECK(word_job().reference->shown("counts", "fox: 3") == "\"fox: 3\"");
}

TEST_CASE("values are quoted so that every byte shows") {
  CHECK(quoted("fox: 3") == "\"fox: 3\"");
  CHECK(quoted(std::string("a\0\"\\\xff", 5)) == "\"a\\x00\\x22\\x5c\\xff\"");
  CHECK(quoted(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "...\"");
}
