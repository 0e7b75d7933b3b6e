// Two inputs without event time: requests and responses meet by their id, whichever comes first, and leave no state.

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connected_streams.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kRequests[] = "requests";
constexpr char kResponses[] = "responses";
constexpr char kExchanges[] = "exchanges";

struct Request {
  std::int64_t id = 0;
  std::int64_t question = 0;
  static constexpr auto fields() { return std::tuple{&Request::id, &Request::question}; }
};
struct Response {
  std::int64_t id = 0;
  std::string answer;
  static constexpr auto fields() { return std::tuple{&Response::id, &Response::answer}; }
};
struct Exchange {
  std::int64_t id = 0;
  std::int64_t question = 0;
  std::string answer;
  static constexpr auto fields() { return std::tuple{&Exchange::id, &Exchange::question, &Exchange::answer}; }
  static constexpr auto field_names() { return std::array{"id", "question", "answer"}; }
};

class Match : public KeyedCoProcessFunction<std::int64_t, Request, Response, Exchange> {
 public:
  void open(RuntimeContext& context) override {
    request_ = context.get_state(ValueStateDescriptor<Request>{"request"});
    response_ = context.get_state(ValueStateDescriptor<Response>{"response"});
  }
  void process_element1(const Request& request, Context&, Collector<Exchange>& out) override {
    if (const Response* response = response_.get()) {
      out.collect({request.id, request.question, response->answer});
      response_.clear();
    } else {
      request_.update(request);
    }
  }
  void process_element2(const Response& response, Context&, Collector<Exchange>& out) override {
    if (const Request* request = request_.get()) {
      out.collect({request->id, request->question, response.answer});
      request_.clear();
    } else {
      response_.update(response);
    }
  }

 private:
  ValueState<Request> request_;
  ValueState<Response> response_;
};

void build(StreamEnvironment& env, const JobRef&) {
  auto requests = env.from_source(LogSource<Request>(kRequests), "requests").uid("requests");
  auto responses = env.from_source(LogSource<Response>(kResponses), "responses").uid("responses");
  requests.connect(responses)
      .key_by([](const Request& r) { return r.id; }, [](const Response& r) { return r.id; })
      .process<Match>("match")
      .uid("match")
      .sink_to(TransactionalLogSink<Exchange>(kExchanges), "sink")
      .uid("sink");
}

// Every id once on either side, in an order of each side's own.
std::vector<std::int64_t> shuffled_ids(const JobRef& ref, const char* topic) {
  std::vector<std::int64_t> ids;
  for (std::uint64_t id = 0; id < ref.records; ++id) ids.push_back(static_cast<std::int64_t>(id));
  sim::RandomStream random(ref.workload_seed, std::string("workload/order/") + topic);
  for (std::size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[random.below(i)]);
  return ids;
}

sim::Workload workload(const JobRef& ref, const Bytes&) {
  const JobRef half = part_of(ref, 2);
  const auto requests = shuffled_ids(half, kRequests);
  const auto responses = shuffled_ids(half, kResponses);
  std::size_t asked = 0;
  std::size_t answered = 0;
  sim::Workload made;
  made.topics = {generated_topic(kRequests, half,
                                 [&](sim::RandomStream& random) {
                                   const auto question = static_cast<std::int64_t>(random.below(ref.keys));
                                   return serialize(Request{requests[asked++], question});
                                 }),
                 generated_topic(kResponses, half, [&](sim::RandomStream& random) {
                   return serialize(Response{responses[answered++], nth_word(random.below(ref.keys))});
                 })};
  made.output_topics = {kExchanges};
  return made;
}

}  // namespace

JobDefinition match() {
  return {"match", "requests and responses of two inputs by id, each pair once", false, {}, build, workload};
}

}  // namespace weir::scenarios
