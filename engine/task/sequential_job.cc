#include "weir/engine/sequential.h"

#include <algorithm>
#include <optional>

#include "graph/topology.h"
#include "state/heap_backend.h"
#include "task/sequential_ports.h"
#include "weir/engine/watermark_valve.h"

namespace weir::engine {
namespace {

constexpr std::uint32_t kBatch = 256;

NodeList order_of(const StreamGraph& graph) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (const StreamEdge& edge : graph.edges) edges.emplace_back(edge.from, edge.to);
  return topological_order(make_topology(graph.nodes.size(), edges));
}

}  // namespace

class SequentialJob::Impl {
 public:
  Impl(std::shared_ptr<const JobGraph> job, LogBroker& log, InputFiles& files, Sinks sinks)
      : job_(std::move(job)),
        sinks_(sinks),
        log_(log),
        environment_(absent_.with(no_events_, log_, files, no_defects_)),
        order_(order_of(job_->source)),
        nodes_(job_->source.nodes.size()) {
    for (const JobVertex& vertex : job_->vertices) {
      for (const JobOperator& op : vertex.chain) {
        if (sinks_ == Sinks::Capture || !op.sink || op.keyed) create(vertex, op);
      }
    }
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
      if (nodes_[*at].instance != nullptr) open(nodes_[*at]);
    }
    for (const Node& node : nodes_) {
      if (node.instance != nullptr && node.info->source) add_source(node);
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    for (Node& node : nodes_) {
      if (node.instance != nullptr) node.instance->close();
    }
  }

  const std::vector<Source>& sources() const { return sources_; }
  const SourceOperator::Split& split(std::size_t source, std::uint32_t split) const {
    return readers_[source].splits[split];
  }
  CapturingLog& log() { return log_; }

  void advance(std::size_t source, std::uint32_t split, std::uint64_t position) {
    Reader& reader = readers_[source];
    SourceOperator::Split& s = reader.splits[split];
    while (!s.finished && s.position < position) {
      const std::uint64_t wanted = reader.batches ? std::min<std::uint64_t>(position - s.position, kBatch) : 1;
      if (read(reader, s, static_cast<std::uint32_t>(wanted)) == 0) break;
    }
  }

  void run_to_end() {
    for (Reader& reader : readers_) {
      for (SourceOperator::Split& s : reader.splits) {
        while (!s.finished && read(reader, s, kBatch) > 0) {
        }
      }
    }
    if (finished_) return;
    finished_ = true;
    for (const Reader& reader : readers_) reader.output.watermark(kMaxWatermark);
    for (const std::uint32_t node : order_) {
      if (nodes_[node].instance == nullptr) continue;
      for (std::uint32_t n = 0; n < job_->source.nodes[node].inputs; ++n) nodes_[node].instance->end_input(n);
      nodes_[node].instance->finish();
    }
  }

  std::uint64_t digest(OperatorId op, KeyGroupRange range) const {
    const auto found =
        std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) { return node.keyed && node.info->id == op; });
    WEIR_ASSERT(found != nodes_.end(), "only keyed operators have a digest");
    return found->keyed->digest(range);
  }

 private:
  // Where the watermarks of one of a node's edges go in: what comes out is the least of all its edges (TM-13).
  struct WatermarkEntrance final : WatermarkTarget {
    WatermarkEntrance(WatermarkValve& v, std::uint32_t e, AnyCollector t) : valve(v), edge(e), target(t) {}
    void watermark(EventTime watermark) override { valve.advance(edge, watermark, target.watermarks()); }
    void status(WatermarkStatus status) override { valve.set_status(edge, status, target.watermarks()); }
    WatermarkValve& valve;
    std::uint32_t edge;
    AnyCollector target;
  };
  struct Node {
    const JobOperator* info = nullptr;
    std::unique_ptr<KeyedStateBackend> keyed;
    OperatorStateStore operator_state;
    RawState raw_input, raw_output;
    std::optional<WatermarkValve> valve;  // when it has several edges
    std::vector<std::unique_ptr<WatermarkEntrance>> entrances;
    std::vector<std::shared_ptr<void>> wiring;
    AnyCollector output;
    std::unique_ptr<OperatorContext> context;
    std::unique_ptr<Operator> instance;  // last: goes before what it uses
  };
  struct Reader {
    SourceOperator* op = nullptr;
    AnyCollector output;
    bool batches = false;
    std::vector<SourceOperator::Split> splits;
  };

  void create(const JobVertex& vertex, const JobOperator& op) {
    Node& node = nodes_[op.node];
    node.info = &op;
    const auto last = static_cast<std::uint16_t>(vertex.max_parallelism - 1);
    if (op.keyed) node.keyed = make_heap_backend({KeyGroup{0}, KeyGroup{last}});
    node.context = std::make_unique<OperatorContext>(OperatorContext{
        environment_, chain_, op.id, op.uid, SubtaskId{}, AttemptId{1}, 0, 1, vertex.max_parallelism, node.keyed.get(),
        node.operator_state, no_alarm_, kNoCheckpoint, op.source_ordinal, false, &node.raw_input, &node.raw_output});
    node.instance = op.factory->create();
  }

  // Consumers are wired and opened before their producers, so that their entrances exist.
  void open(Node& node) {
    std::vector<AnyCollector> targets;
    for (const StreamEdge& edge : job_->source.edges) {
      if (edge.from != node.info->node || nodes_[edge.to].instance == nullptr) continue;
      targets.insert(targets.end(), copies(edge), entrance(node, edge));
    }
    if (targets.size() == 1) {
      node.output = targets.front();
    } else if (!node.info->sink) {
      StreamType::Joined joined = node.info->output->join(targets);
      node.wiring.push_back(std::move(joined.owner));
      node.output = joined.collector;
    }
    if (!node.info->sink) node.instance->set_output(node.output);
    node.instance->open(*node.context);
  }

  // Another source may have left its time.
  std::uint32_t read(Reader& reader, SourceOperator::Split& split, std::uint32_t max) {
    chain_.timestamp = kMinWatermark;
    return reader.op->read(split, max);
  }

  AnyCollector entrance(Node& producer, const StreamEdge& edge) {
    Node& consumer = nodes_[edge.to];
    const AnyCollector target = consumer.instance->entrance(edge.input);
    const auto is_input = [&](const StreamEdge& e) { return e.to == edge.to; };
    const auto edges = std::count_if(job_->source.edges.begin(), job_->source.edges.end(), is_input);
    if (edges == 1) return target;
    if (!consumer.valve) consumer.valve.emplace(static_cast<std::uint32_t>(edges));
    const auto number = static_cast<std::uint32_t>(consumer.entrances.size());
    consumer.entrances.push_back(std::make_unique<WatermarkEntrance>(*consumer.valve, number, target));
    StreamType::Joined parted = producer.info->output->part(target, *consumer.entrances.back());
    producer.wiring.push_back(std::move(parted.owner));
    return parted.collector;
  }

  std::size_t copies(const StreamEdge& edge) const {
    const StreamNode& consumer = job_->source.nodes[edge.to];
    if (edge.type->partitioning() != Partitioning::Broadcast || consumer.broadcast_state) return 1;
    return consumer.parallelism.value_or(job_->source.parallelism);
  }

  void add_source(const Node& node) {
    SourceOperator& op = SourceOperator::of(*node.instance);
    Reader& reader = readers_.emplace_back(Reader{&op, node.output, op.positions_count_records(), op.splits()});
    sources_.push_back({node.info->node, node.info->id, static_cast<std::uint32_t>(reader.splits.size())});
  }

  std::shared_ptr<const JobGraph> job_;
  Sinks sinks_;
  AbsentPorts absent_;
  CapturingLog log_;
  NoEvents no_events_;
  DefectSet no_defects_;
  NoAlarm no_alarm_;
  Environment environment_;
  ChainContext chain_;
  NodeList order_;
  std::vector<Node> nodes_;  // by position in the stream graph; without an instance when it is left out
  std::vector<Source> sources_;
  std::vector<Reader> readers_;
  bool finished_ = false;
};

SequentialJob::SequentialJob(std::shared_ptr<const JobGraph> job, LogBroker& log, InputFiles& files, Sinks sinks)
    : impl_(std::make_unique<Impl>(std::move(job), log, files, sinks)) {}
SequentialJob::~SequentialJob() = default;

const std::vector<SequentialJob::Source>& SequentialJob::sources() const { return impl_->sources(); }
void SequentialJob::advance(std::size_t source, std::uint32_t split, std::uint64_t position) {
  impl_->advance(source, split, position);
}
void SequentialJob::run_to_end() { impl_->run_to_end(); }
std::uint64_t SequentialJob::position(std::size_t source, std::uint32_t split) const {
  return impl_->split(source, split).position;
}
bool SequentialJob::at_end(std::size_t source, std::uint32_t split) const {
  return impl_->split(source, split).finished;
}
std::uint64_t SequentialJob::digest(OperatorId op, KeyGroupRange range) const { return impl_->digest(op, range); }
const std::vector<SequentialOutput>& SequentialJob::outputs() const { return impl_->log().captured(); }

}  // namespace weir::engine
