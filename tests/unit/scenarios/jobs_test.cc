#include <catch2/catch.hpp>

#include <map>
#include <sstream>

#include "job_outputs.h"
#include "jobs/generate.h"
#include "temporary_directory.h"
#include "weir/scenarios/job_catalogue.h"
#include "weir/scenarios/runner.h"

namespace weir::scenarios {
namespace {

using test::outputs;
using test::ref_of;
using test::resolved;
using test::TemporaryDirectory;

std::string refusal(JobRef ref) {
  const auto job = JobCatalogue::built_in().resolve(ref);
  return job.ok() ? "it resolves" : job.status().message();
}

// "word: 1", "word: 2", … up to each count, sorted.
std::vector<engine::Bytes> running(const std::map<std::string, int>& counts, const std::string& before,
                                   const std::string& between) {
  std::vector<engine::Bytes> lines;
  for (const auto& [key, count] : counts) {
    for (int n = 1; n <= count; ++n) lines.push_back(before + key + between + std::to_string(n));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<engine::Bytes> records_of(const sim::Workload& workload) {
  std::vector<engine::Bytes> records;
  for (const auto& partition : workload.topics.at(0).partitions) {
    records.insert(records.end(), partition.begin(), partition.end());
  }
  return records;
}

}  // namespace

TEST_CASE("word-count counts the words of generated lines") {
  JobRef ref = ref_of("word-count");
  const ResolvedJob job = resolved(ref);
  std::map<std::string, int> counts;
  for (const auto& line : records_of(*job.workload)) {
    std::istringstream words(line);
    for (std::string word; words >> word;) ++counts[word];
  }
  CHECK(counts.size() == ref.keys);
  CHECK(outputs(job) == running(counts, "", ": "));
}

TEST_CASE("word-count counts the words of a file, in lower case, without punctuation") {
  const TemporaryDirectory directory;
  JobRef ref = ref_of("word-count");
  ref.input = directory.write("text.txt", "The cat -- the CAT!\n\n  (it's) 2 caf\xC3\xA9s\nno line end: the");
  CHECK(outputs(resolved(ref)) == running({{"the", 3},
                                           {"cat", 2},
                                           {"it", 1},
                                           {"s", 1},
                                           {"2", 1},
                                           {"caf\xC3\xA9s", 1},
                                           {"no", 1},
                                           {"line", 1},
                                           {"end", 1}},
                                          "", ": "));
}

TEST_CASE("word-count reads the same words whatever the number of splits") {
  const TemporaryDirectory directory;
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += std::string(static_cast<std::size_t>(i % 7), 'a') + " b" + std::to_string(i % 5) + "\n";
  JobRef ref = ref_of("word-count");
  ref.input = directory.write("text.txt", text);
  ref.parallelism = 1;
  const auto alone = outputs(resolved(ref));
  for (const std::uint32_t parallelism : {2u, 3u, 7u}) {
    ref.parallelism = parallelism;
    CHECK(outputs(resolved(ref)) == alone);
  }
  CHECK(!alone.empty());
}

TEST_CASE("keyed-count keeps a running count per key, and source, map, count and sink are vertices of their own") {
  JobRef ref = ref_of("keyed-count");
  const ResolvedJob job = resolved(ref);
  std::map<std::int64_t, std::int64_t> counts;
  std::vector<engine::Bytes> expected;
  for (const auto& record : records_of(*job.workload)) {
    std::pair<std::int64_t, std::int64_t> click;
    REQUIRE(engine::deserialize(record, click));
    expected.push_back(engine::serialize(std::pair(click.first, ++counts[click.first])));
  }
  std::sort(expected.begin(), expected.end());
  CHECK(outputs(job) == expected);
  REQUIRE(job.graph->job().vertices.size() == 4);
  for (const char* name : {"source/2", "map/2", "totals/2", "sink/2"})
    CHECK(job.graph->subtask_named(name).has_value());
  CHECK(job.graph->channel_named("map/0->totals/1").has_value());
}

TEST_CASE("the article's job counts per first field and has its names and checkpoint settings") {
  JobRef ref = ref_of("article");
  const ResolvedJob job = resolved(ref);
  std::map<std::string, int> counts;
  for (const auto& record : records_of(*job.workload)) ++counts[record.substr(0, record.find(','))];
  CHECK(outputs(job) == running(counts, "Key: ", ", Count: "));
  CHECK(job.options.checkpoint.enabled);
  CHECK(job.options.checkpoint.interval == std::chrono::seconds(5));
  CHECK(job.graph->subtask_named("kafka-source/0").has_value());
  CHECK(job.graph->subtask_named("keyed-process/0").has_value());
}

TEST_CASE("generated records depend on the workload seed alone and are dealt to the partitions in turn") {
  JobRef ref = ref_of("article");
  const auto first = resolved(ref).workload->topics.at(0);
  CHECK(first.partitions == resolved(ref).workload->topics.at(0).partitions);
  REQUIRE(first.partitions.size() == 3);
  CHECK(first.partitions[0].size() == 67);
  CHECK(first.partitions[2].size() == 66);
  ref.parallelism = 1;
  const auto one = resolved(ref).workload->topics.at(0).partitions.at(0);
  CHECK(one[0] == first.partitions[0][0]);
  CHECK(one[1] == first.partitions[1][0]);
  CHECK(one[3] == first.partitions[0][1]);
  ref.workload_seed = 2;
  CHECK(resolved(ref).workload->topics.at(0).partitions.at(0) != one);
}

TEST_CASE("every job gives the same results when its subtasks read several partitions each") {
  const JobCatalogue catalogue = JobCatalogue::built_in();
  Runner runner(catalogue);
  for (const JobDefinition& job : catalogue.all()) {
    CAPTURE(job.name);
    RunSpec spec = parse_run_spec(
                       "weir1: job.parallelism=2; job.partitions=9; job.records=1800; job.keys=40; "
                       "checkpoint.enabled=true; checkpoint.interval=40ms; cost.source-record=500us; job.name=" +
                       job.name)
                       .value();
    const auto result = runner.run(spec);
    REQUIRE(result.ok());
    CHECK(result.value().answer == properties::Answer::Holds);
  }
}

TEST_CASE("generated words are different for different numbers") {
  std::map<std::string, int> seen;
  for (std::uint64_t n = 0; n < 6000; ++n) ++seen[nth_word(n)];
  CHECK(seen.size() == 6000);
}

TEST_CASE("an input file that is missing, a directory, empty or binary is refused with the remedy") {
  const TemporaryDirectory directory;
  JobRef ref = ref_of("word-count");
  const auto with_input = [&](const std::string& path) {
    ref.input = path;
    return refusal(ref);
  };
  const auto file = [&](const std::string& name) { return "input file '" + directory.path(name) + "' "; };
  CHECK(with_input(directory.path("none.txt")) == file("none.txt") + "does not exist; check the path");
  CHECK(with_input(directory.path("")) == file("") + "is a directory; name a text file");
  CHECK(with_input("/dev/null") == "input file '/dev/null' is not a regular file; name a text file");
  CHECK(with_input("/proc/self/mem") ==
        "input file '/proc/self/mem' cannot be read: Input/output error; name another file");
  CHECK(with_input(directory.write("empty.txt", "")) == file("empty.txt") + "is empty; name a file with text in it");
  CHECK(with_input(directory.write("zero.txt", std::string("a\nb\0c", 5))) ==
        file("zero.txt") + "is not a text file: byte 0x00 in line 2 is a control character");
  CHECK(with_input(directory.write("latin1.txt", "caf\xE9 noir\n")) ==
        file("latin1.txt") + "is not a text file: byte 0xe9 in line 1 is not UTF-8 (iconv converts other encodings)");
  CHECK(with_input(directory.write("cut.txt", "\xF0\x9F\x98")).find("is not UTF-8") != std::string::npos);
  CHECK(with_input(directory.write("surrogate.txt", "\xED\xA0\x80")).find("is not UTF-8") != std::string::npos);
  CHECK(with_input(directory.write("good.txt", "\xF0\x9F\x98\x80 \xE2\x82\xAC\f\r\n")) == "it resolves");
}

TEST_CASE("an input file with other bytes than the run was made with is refused") {
  const TemporaryDirectory directory;
  JobRef ref = ref_of("word-count");
  ref.input = directory.write("text.txt", "one two\n");
  resolved(ref);
  CHECK(ref.input_hash != 0);
  CHECK(refusal(ref) == "it resolves");
  directory.write("text.txt", "one three\n");
  CHECK(refusal(ref).find("has other bytes than this run was made with (hash 0x") != std::string::npos);
}

TEST_CASE("the totals of tumbling windows are a plain count of the clicks in them (WI-3)") {
  JobRef ref = ref_of("window-totals");
  const ResolvedJob job = resolved(ref);
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> clicks;  // by user and start
  for (const auto& partition : job.workload->topics.front().partitions) {
    for (const engine::Bytes& record : partition) {
      std::pair<std::int64_t, std::int64_t> click;
      REQUIRE(engine::deserialize(engine::BytesView(record), click));
      ++clicks[{click.first, click.second / 500 * 500}];
    }
  }
  std::vector<engine::Bytes> expected;
  for (const auto& [window, n] : clicks) {
    expected.push_back(engine::serialize(std::tuple(window.first, window.second, window.second + 500, n)));
  }
  std::sort(expected.begin(), expected.end());
  CHECK(expected.size() > 20);
  CHECK(outputs(job) == expected);
}

TEST_CASE("a parameter that lists its values takes no other") {
  JobRef ref = ref_of("window-totals");
  ref.parameters["window"] = "round";
  CHECK(refusal(ref) == "job.params.window is 'round', but must be one of tumbling, sliding, session");
}

TEST_CASE("unknown jobs and parameters are refused with a suggestion") {
  CHECK(refusal(ref_of("word-cuont")) == "unknown job 'word-cuont'; did you mean 'word-count'?");
  CHECK(refusal(ref_of("")) ==
        "no job is named; known: word-count, keyed-count, article, window-totals, versioned-count, "
        "running-aggregate, deduplicate, match, interval-join, window-join, top-n, "
        "broadcast-rules, sessions, async-enrich, chained-totals, slices");
  JobRef ref = ref_of("article");
  ref.parameters["skew"] = "1";
  CHECK(refusal(ref) == "job 'article' has no parameters; remove job.params.skew");
  ref = ref_of("article");
  ref.input = "/etc/passwd";
  CHECK(refusal(ref) == "job 'article' reads no file; remove job.input");
  ref = ref_of("article");
  ref.max_parallelism = 2;
  CHECK(refusal(ref) == "job.parallelism 3 is above job.max-parallelism 2; lower it, or raise job.max-parallelism");
}

TEST_CASE("a registered job finds its parameters, given or standard, and replaces one of the same name") {
  JobCatalogue catalogue = JobCatalogue::built_in();
  std::string seen;
  JobDefinition mine = *catalogue.find("article");
  mine.parameters = {{"colour", "red", "of the house"}};
  mine.build = [&seen, build = mine.build](engine::StreamEnvironment& env, const JobRef& ref) {
    seen = ref.parameters.at("colour");
    build(env, ref);
  };
  catalogue.add(mine);
  CHECK(catalogue.all().size() == JobCatalogue::built_in().all().size());
  JobRef ref = ref_of("article");
  REQUIRE(catalogue.resolve(ref).ok());
  CHECK(seen == "red");
  CHECK(ref.parameters.empty());
  ref.parameters["colour"] = "green";
  REQUIRE(catalogue.resolve(ref).ok());
  CHECK(seen == "green");
  ref.parameters["color"] = "blue";
  CHECK(catalogue.resolve(ref).status().message() == "job 'article' has no parameter 'color'; did you mean 'colour'?");
}

}  // namespace weir::scenarios
