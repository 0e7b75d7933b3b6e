// A first job, as a tutorial would show it: count events per user, with exactly-once checkpoints every five seconds.

#include <string>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

class CountPerKey : public KeyedProcessFunction<std::string, std::string, std::string> {
 public:
  void open(RuntimeContext& context) override { count_ = context.get_state(ValueStateDescriptor<int>{"count"}); }

  void process_element(const std::string&, Context& context, Collector<std::string>& out) override {
    const int count = count_.value_or(0) + 1;
    count_.update(count);
    out.collect("Key: " + context.current_key + ", Count: " + std::to_string(count));
  }

 private:
  ValueState<int> count_;
};

std::string first_field(const std::string& line) { return line.substr(0, line.find(',')); }

void build(StreamEnvironment& env, const JobRef&) {
  env.enable_checkpointing(5s);
  env.options().checkpoint.mode = CheckpointingMode::ExactlyOnce;

  env.from_source(LogSource<std::string>("events"), "Kafka Source")
      .uid("kafka-source")
      .key_by(first_field)
      .process<CountPerKey>("Keyed Process")
      .uid("keyed-process")
      .sink_to(TransactionalLogSink<std::string>("counts"), "Print")
      .uid("print");
}

// "tavo,click": a user and what the user did.
std::string generated_event(const JobRef& ref, sim::RandomStream& random) {
  constexpr const char* kActions[] = {"view", "click", "buy"};
  const std::string user = nth_word(random.below(ref.keys));
  return user + "," + kActions[random.below(3)];
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  sim::Workload made;
  made.topics = {
      generated_topic("events", ref, [&](sim::RandomStream& random) { return generated_event(ref, random); })};
  made.output_topics = {"counts"};
  return made;
}

}  // namespace

JobDefinition article() {
  return {"article", "a tutorial's first job: events per user, checkpoint every 5 s", false, {}, build, workload};
}

}  // namespace weir::scenarios
