#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "fakes/core_jobs.h"
#include "graph/topology.h"
#include "weir/engine/job_graph.h"

using namespace weir::engine;
using namespace weir::engine::fakes;

namespace {

using Names = std::vector<std::string>;
using Sink = TransactionalLogSink<std::string>;
using Source = LogSource<std::string>;

std::string same(const std::string& s) { return s; }

std::shared_ptr<const JobGraph> build(const StreamGraph& graph) {
  auto built = JobGraph::build(graph);
  INFO(built.status().message());
  REQUIRE(built.ok());
  return built.value();
}
std::shared_ptr<const JobGraph> build(const StreamEnvironment& env) { return build(env.graph()); }

std::string problems(const StreamGraph& graph) {
  auto built = JobGraph::build(graph);
  REQUIRE_FALSE(built.ok());
  CHECK(built.status().code() == StatusCode::Invalid);
  return built.status().message();
}

// source -> a -> b -> sink, all of one parallelism
StreamEnvironment line_job(std::uint32_t parallelism = 1) {
  StreamEnvironment env("line");
  env.set_parallelism(parallelism);
  env.from_source(Source("in"), "source").map(same, "a").map(same, "b").sink_to(Sink("out"), "sink");
  return env;
}

StreamEdge plain(std::uint32_t from, std::uint32_t to) {
  return {from, to, std::make_shared<PlainEdge<std::string>>(Partitioning::Forward)};
}

Names vertex_names(const JobGraph& job) {
  Names names;
  for (const JobVertex& v : job.vertices) names.push_back(v.name);
  return names;
}
Names vertex_labels(const JobGraph& job) {
  Names labels;
  for (const JobVertex& v : job.vertices) labels.push_back(v.label);
  return labels;
}

using Catch::Matchers::Contains;

}  // namespace

TEST_CASE("a cycle is named by its operators") {
  StreamGraph graph = line_job().graph();
  graph.edges.push_back(plain(2, 1));
  CHECK(problems(graph) == "the operators form a cycle, 'a' -> 'b' -> 'a': remove one of its edges");
  graph.edges.push_back(plain(1, 1));
  CHECK_THAT(problems(graph), Contains("'a' -> 'a'"));
}

TEST_CASE("an operator that no source reaches is named") {
  StreamGraph graph = line_job().graph();
  StreamNode island = graph.nodes[1];
  island.id = 4;
  island.name = "island";
  graph.nodes.push_back(island);
  graph.edges.push_back(plain(4, 3));
  CHECK(problems(graph) == "operator 'island' is not reachable from any source: connect it or remove it");
}

TEST_CASE("two operators with one uid are named") {
  StreamGraph graph = line_job().graph();
  graph.nodes[1].uid = graph.nodes[2].uid = "x";
  CHECK(problems(graph) == "operators 'a' and 'b' have the same uid 'x': give each a uid of its own");
}

TEST_CASE("a job needs operators, a source and a sink") {
  CHECK_THAT(problems(StreamGraph{}), Contains("no operators"));
  StreamGraph no_source = line_job().graph();
  no_source.nodes[0].source = false;
  CHECK_THAT(problems(no_source), Contains("the job has no source: start with from_source"));
  StreamGraph no_sink = line_job().graph();
  no_sink.nodes[3].sink = false;
  CHECK_THAT(problems(no_sink), Contains("the job has no sink: end it with sink_to"));
}

TEST_CASE("results that nobody consumes are named") {
  StreamEnvironment env("dangling");
  auto in = env.from_source(Source("in"), "in");
  in.map(same, "forgotten");
  in.sink_to(Sink("out"));
  CHECK(problems(env.graph()) == "nothing consumes the results of 'forgotten': connect it to a sink or remove it");
}

TEST_CASE("a source has no input and a sink no consumer") {
  StreamGraph into_source = line_job().graph();
  into_source.nodes.push_back(into_source.nodes[0]);
  into_source.nodes.back().id = 4;
  into_source.nodes.back().uid = "second";
  into_source.edges.push_back(plain(1, 4));
  into_source.edges.push_back(plain(4, 2));
  CHECK_THAT(problems(into_source), Contains("source 'second' has an input, 'a'"));

  StreamEnvironment env("after-sink");
  env.from_source(Source("in"), "in").sink_to(Sink("out"), "sink").sink_to(Sink("out"), "again");
  CHECK_THAT(problems(env.graph()), Contains("sink 'sink' has a consumer, 'again'"));
}

TEST_CASE("an edge to an operator that does not exist is refused") {
  StreamGraph graph = line_job().graph();
  graph.edges.push_back(plain(0, 9));
  CHECK_THAT(problems(graph), Contains("from operator 0 to operator 9"));
}

TEST_CASE("parallelism stays between 1, the max parallelism and 32768 (RS-1)") {
  StreamGraph zero = line_job().graph();
  zero.nodes[1].parallelism = 0;
  CHECK(problems(zero) == "operator 'a' has parallelism 0: choose at least 1");

  StreamGraph above = line_job(4).graph();
  above.max_parallelism = 3;
  CHECK_THAT(problems(above), Contains("operator 'b' has parallelism 4, above the max parallelism 3"));

  StreamGraph huge = line_job().graph();
  huge.max_parallelism = 32769;
  CHECK_THAT(problems(huge), Contains("the job's max parallelism is 32769: choose one from 1 to 32768"));
  huge.max_parallelism = 0;
  CHECK_THAT(problems(huge), Contains("max parallelism is 0"));

  StreamGraph legal = line_job(3).graph();
  legal.max_parallelism = 3;
  CHECK(build(legal)->vertices[0].max_parallelism == 3);
  CHECK_THAT(problems(line_job(30000).graph()), Contains("120000 subtasks"));
}

TEST_CASE("every problem is listed, one a line") {
  StreamGraph graph = line_job().graph();
  graph.nodes[1].uid = graph.nodes[2].uid = "x";
  graph.nodes[0].parallelism = 0;
  graph.edges.push_back(plain(2, 1));
  const std::string all = problems(graph);
  CHECK(std::count(all.begin(), all.end(), '\n') == 2);
}

TEST_CASE("forward edges of equal parallelism are chained") {
  const auto job = build(line_job(3));
  CHECK(vertex_names(*job) == Names{"source -> a -> b -> sink"});
  CHECK(job->edges.empty());
  CHECK(job->vertices[0].parallelism == 3);
  CHECK(job->vertices[0].source());
}

TEST_CASE("without chaining every operator is a vertex and forward edges stay forward") {
  StreamEnvironment env = line_job(2);
  env.disable_operator_chaining();
  const auto job = build(env);
  CHECK(vertex_names(*job) == Names{"source", "a", "b", "sink"});
  REQUIRE(job->edges.size() == 3);
  CHECK(job->edges[0].type->partitioning() == Partitioning::Forward);
}

TEST_CASE("a forward edge between different parallelisms becomes rebalance") {
  StreamGraph graph = line_job(2).graph();
  graph.nodes[2].parallelism = 3;
  const auto job = build(graph);
  CHECK(vertex_names(*job) == Names{"source -> a", "b", "sink"});
  REQUIRE(job->edges.size() == 2);
  CHECK(job->edges[0].type->partitioning() == Partitioning::Rebalance);
  CHECK(job->edges[1].type->partitioning() == Partitioning::Rebalance);
  CHECK(job->source.edges[1].type->partitioning() == Partitioning::Forward);
}

TEST_CASE("hash, rebalance and broadcast edges never chain (RS-14)") {
  StreamEnvironment env("edges");
  env.from_source(Source("in"), "in")
      .rebalance()
      .map(same, "r")
      .broadcast()
      .map(same, "b")
      .key_by(itself)
      .process<CountWords>("k")
      .sink_to(TransactionalLogSink<Counted>("out"), "sink");
  const auto job = build(env);
  CHECK(vertex_names(*job) == Names{"in", "r", "b", "k -> sink"});
  CHECK(job->vertices[3].chain[0].keyed);
  CHECK(job->edges[2].type->partitioning() == Partitioning::Hash);
}

TEST_CASE("an operator with two inputs is not chained, and its producer may chain another consumer") {
  StreamEnvironment env("union");
  auto in = env.from_source(Source("in"), "in");
  in.map(same, "left").sink_to(Sink("out"), "both");
  in.map(same, "right").sink_to(Sink("out"), "other");
  StreamGraph graph = env.graph();
  graph.edges.push_back(plain(3, 2));  // right -> both
  const auto job = build(graph);
  CHECK(vertex_names(*job) == Names{"in -> left", "right -> other", "both"});
  const JobVertex& head = job->vertices[0];
  REQUIRE(head.outputs.size() == 2);
  CHECK(job->edges[head.outputs[0]].from_operator == 1);
  CHECK(job->edges[head.outputs[1]].from_operator == 0);
  CHECK(job->vertices[2].inputs.size() == 2);
}

TEST_CASE("labels are uids, else names, and always unique") {
  StreamEnvironment env("labels");
  env.disable_operator_chaining();
  env.from_source(Source("in"), "in").map(same).map(same).map(same).uid("map-2").sink_to(Sink("out"), "in");
  CHECK(vertex_labels(*build(env)) == Names{"in", "map", "map-3", "map-2", "in-2"});

  StreamEnvironment chained("chained");
  chained.from_source(Source("in"), "in").map(same).uid("named").sink_to(Sink("out")).uid("later");
  CHECK(vertex_labels(*build(chained)) == Names{"named"});
}

TEST_CASE("a generated uid depends on the place of an operator, not on its name (RS-12)") {
  StreamGraph graph = line_job().graph();
  const auto before = build(graph);
  graph.nodes[1].name = "renamed";
  graph.nodes[2].uid = "mine";
  const auto after = build(graph);
  const auto& chain = before->vertices[0].chain;
  CHECK(chain[1].uid == after->vertices[0].chain[1].uid);
  CHECK(chain[1].id == after->vertices[0].chain[1].id);
  CHECK(chain[1].uid != chain[2].uid);
  CHECK(after->vertices[0].chain[2].id == OperatorId{hash_bytes("mine")});
}

TEST_CASE("sources are numbered in the order of the stream's nodes") {
  StreamEnvironment env("sources");
  env.from_source(Source("a"), "a").sink_to(Sink("out"));
  env.from_source(Source("b"), "b").sink_to(Sink("out"));
  const auto job = build(env);
  REQUIRE(job->vertices.size() == 2);
  CHECK(job->vertices[0].chain[0].source_ordinal == 0);
  CHECK(job->vertices[1].chain[0].source_ordinal == 1);
  CHECK(job->vertices[1].chain[1].source_ordinal == 0);
}

TEST_CASE("the worked example of the article is a job of two vertices") {
  StreamEnvironment env("article");
  env.set_parallelism(2).enable_checkpointing(5s);
  env.from_source(Source("events"), "kafka-source")
      .uid("kafka-source")
      .key_by([](const std::string& line) { return line.substr(0, line.find(',')); })
      .process<CountWords>("count")
      .uid("keyed-process")
      .sink_to(TransactionalLogSink<Counted>("counts"), "print");
  const auto job = build(env);
  CHECK(job->name == "article");
  CHECK(vertex_labels(*job) == Names{"kafka-source", "keyed-process"});

  const ExecutionGraph execution(job);
  CHECK(execution.subtasks().size() == 4);
  CHECK(execution.channels().size() == 4);
  CHECK(execution.slots_needed() == 2);
}

TEST_CASE("subtasks and channels are numbered and named in order") {
  const ExecutionGraph execution(build(word_count_job(2)));
  Names subtasks, channels;
  for (const SubtaskInfo& s : execution.subtasks()) subtasks.push_back(s.name);
  for (const ChannelInfo& c : execution.channels()) channels.push_back(c.name);
  CHECK(subtasks == Names{"lines/0", "lines/1", "totals/0", "totals/1"});
  CHECK(channels == Names{"lines/0->totals/0", "lines/0->totals/1", "lines/1->totals/0", "lines/1->totals/1"});
  CHECK(execution.subtask_named("totals/1") == SubtaskId{3});
  CHECK(execution.subtask_named("totals/2") == std::nullopt);
  REQUIRE(execution.channel_named("lines/1->totals/0") == ChannelId{2});
  CHECK(execution.channel_named("lines/1") == std::nullopt);
  CHECK(execution.subtask_at(VertexId{1}, 1) == SubtaskId{3});
  CHECK(execution.subtask(SubtaskId{2}).inputs == std::vector{ChannelId{0}, ChannelId{2}});
  CHECK(execution.subtask(SubtaskId{1}).outputs == std::vector{ChannelId{2}, ChannelId{3}});
  CHECK(execution.vertex_of(SubtaskId{2}).label == "totals");
}

TEST_CASE("a forward edge has one channel for every pair of subtasks with one index") {
  StreamEnvironment env = line_job(3);
  env.disable_operator_chaining();
  const ExecutionGraph execution(build(env));
  CHECK(execution.channels().size() == 9);
  for (const ChannelInfo& c : execution.channels()) {
    CHECK(execution.subtask(c.producer).index == execution.subtask(c.consumer).index);
  }
}

TEST_CASE("channels of parallel edges have names of their own") {
  StreamGraph graph = line_job().graph();
  graph.edges.push_back(plain(0, 1));
  const ExecutionGraph execution(build(graph));
  REQUIRE(execution.channels().size() == 2);
  CHECK(execution.channel_named("source/0->a/0") == ChannelId{0});
  CHECK(execution.channel_named("source/0->a/0#2") == ChannelId{1});
}

TEST_CASE("a topological order puts producers first and the lower position where it is free") {
  CHECK(topological_order(make_topology(5, {{3, 0}, {3, 1}, {0, 2}})) == NodeList{3, 0, 1, 2, 4});
  REQUIRE(rc::check([] {
    const auto nodes = *rc::gen::inRange<std::uint32_t>(2, 20);
    const auto place = *rc::gen::container<NodeList>(nodes, rc::gen::inRange<std::uint32_t>(0, 1000));
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (const auto& [a, b] : *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
             rc::gen::pair(rc::gen::inRange(0u, nodes), rc::gen::inRange(0u, nodes)))) {
      if (place[a] < place[b]) edges.emplace_back(a, b);
    }
    const Topology topology = make_topology(nodes, edges);
    const NodeList order = topological_order(topology);
    std::vector<std::size_t> position(nodes);
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    RC_ASSERT(order.size() == nodes);
    for (const auto& [from, to] : edges) RC_ASSERT(position[from] < position[to]);
    RC_ASSERT(find_cycles(topology).empty());
  }));
}
