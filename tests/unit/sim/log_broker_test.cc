#include "world/log_broker.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "world_fixture.h"

using namespace weir::sim;
namespace engine = weir::engine;
using engine::Origin;
using engine::StatusCode;

namespace {

class Reader final : public Observer {
 public:
  void on_event(const TraceEvent&, std::uint32_t) override {}
  void on_visible(const VisibleRecord& record) override { seen[record.partition].emplace_back(record.value); }
  std::map<std::uint32_t, std::vector<std::string>> seen;
};

struct Broker {
  Broker() {
    workload.topics.push_back({"words", {{"a", "b", "c"}, {}}});
    workload.output_topics = {"out", "other"};
    scheduler.reset(1, SchedulePolicy::Fifo, Time{});
    log.reset(1, &reader, nullptr);
    broker.reset(workload);
  }
  std::uint32_t registered(std::string_view name, std::uint32_t attempt = 1) {
    return broker.register_producer(name, engine::AttemptId{attempt}).value();
  }
  TransactionId begin(std::string_view name, std::uint32_t epoch) { return broker.begin(name, epoch, "out").value(); }
  StatusCode append(TransactionId t, std::string_view value, std::uint32_t partition = 0) {
    return broker.append(t, partition, value, Origin{}).code();
  }
  std::vector<std::string> seen(std::uint32_t partition = 0) { return reader.seen[partition]; }

  Workload workload;
  Reader reader;
  Scheduler scheduler;
  EventLog log{scheduler};
  SimLogBroker broker{log};
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("input topics are read by partition and offset, and reading past the end yields nothing") {
  Broker b;
  CHECK(b.broker.partitions("words") == 2);
  CHECK(b.broker.partitions("nowhere") == 0);
  CHECK(b.broker.partitions("out") > 1000);
  CHECK(b.broker.end_offset("words", 0) == 3);
  std::vector<engine::LogRecord> out;
  b.broker.fetch("words", 0, 1, 10, out);
  b.broker.fetch("words", 0, 3, 10, out);
  b.broker.fetch("words", 1, 0, 10, out);
  b.broker.fetch("words", 2, 0, 10, out);
  b.broker.fetch("nowhere", 0, 0, 10, out);
  b.broker.fetch("words", 0, 0, 1, out);
  REQUIRE(out.size() == 3);
  CHECK(out[0].value == "b");
  CHECK(out[0].origin == Origin::of(0, 0, 1));
  CHECK(out[1].value == "c");
  CHECK(out[2].value == "a");
}

TEST_CASE("records become visible with the commit of their transaction, and never with an abort") {
  Broker b;
  const auto epoch = b.registered("sink/0");
  const auto first = b.begin("sink/0", epoch);
  b.append(first, "x");
  b.append(first, "y");
  CHECK(b.broker.flush(first).ok());
  CHECK(b.seen().empty());
  CHECK(b.broker.commit(first).ok());
  CHECK(b.seen() == Words{"x", "y"});
  const auto second = b.begin("sink/0", epoch);
  b.append(second, "z");
  CHECK(b.broker.abort(second).ok());
  CHECK(b.broker.abort(second).ok());
  CHECK(b.seen() == Words{"x", "y"});
  CHECK(b.broker.end_offset("out", 0) == 3);
  REQUIRE(b.broker.visible().size() == 2);
  CHECK(b.broker.visible()[1].value == "y");
  CHECK(b.broker.visible()[1].topic == "out");
}

TEST_CASE("committing twice is fine and shows nothing twice (TX-1)") {
  Broker b;
  const auto epoch = b.registered("sink/0");
  const auto t = b.begin("sink/0", epoch);
  b.append(t, "x");
  CHECK(b.broker.commit(t).ok());
  b.registered("sink/0");
  CHECK(b.broker.commit(t).ok());
  CHECK(b.seen() == Words{"x"});
  CHECK(b.broker.abort(t).code() == StatusCode::NotFound);
  CHECK(b.broker.commit({99}).code() == StatusCode::NotFound);
}

TEST_CASE("an aborted transaction cannot be committed any more") {
  Broker b;
  const auto t = b.begin("sink/0", b.registered("sink/0"));
  CHECK(b.broker.abort(t).ok());
  CHECK(b.broker.commit(t).code() == StatusCode::NotFound);
  b.registered("sink/0");
  CHECK(b.broker.commit(t).code() == StatusCode::Fenced);
}

TEST_CASE("an open transaction holds back later records of its partition and of no other (TX-20)") {
  Broker b;
  const auto one = b.begin("sink/0", b.registered("sink/0"));
  const auto two = b.begin("sink/1", b.registered("sink/1"));
  b.append(one, "first", 0);
  b.append(two, "second", 0);
  b.append(two, "elsewhere", 3);
  CHECK(b.broker.commit(two).ok());
  CHECK(b.seen(0).empty());
  CHECK(b.seen(3) == Words{"elsewhere"});
  CHECK(b.broker.abort(one).ok());
  CHECK(b.seen(0) == Words{"second"});
}

TEST_CASE("a newer producer fences the older one but can commit what that one had flushed (TX-16)") {
  Broker b;
  const auto old_epoch = b.registered("sink/0");
  const auto flushed = b.begin("sink/0", old_epoch);
  b.append(flushed, "kept");
  CHECK(b.broker.flush(flushed).ok());
  const auto half = b.begin("sink/0", old_epoch);
  b.append(half, "at the broker");
  CHECK(b.broker.flush(half).ok());
  b.append(half, "at the client");
  CHECK(b.registered("sink/0") > old_epoch);
  CHECK(b.append(half, "zombie") == StatusCode::Fenced);
  CHECK(b.broker.flush(half).code() == StatusCode::Fenced);
  CHECK(b.broker.begin("sink/0", old_epoch, "out").status().code() == StatusCode::Fenced);
  CHECK(b.broker.open_transactions("sink/0") == std::vector<TransactionId>{flushed, half});
  CHECK(b.broker.commit(flushed).ok());
  CHECK(b.broker.commit(half).ok());
  CHECK(b.seen() == Words{"kept", "at the broker"});
  CHECK(b.broker.open_transactions("sink/0").empty());
}

TEST_CASE("an attempt that was replaced registers no producer any more (TX-16, RP-2)") {
  Broker b;
  const auto epoch = b.registered("sink/0", 7);
  const auto t = b.begin("sink/0", epoch);
  const auto late = b.broker.register_producer("sink/0", engine::AttemptId{6});
  CHECK(late.status().code() == StatusCode::Fenced);
  CHECK(late.status().message() == "attempt 7 has registered sink/0 since");
  CHECK(b.append(t, "written on") == StatusCode::Ok);
  CHECK(b.broker.register_producer("sink/1", engine::AttemptId{6}).ok());
  CHECK(b.broker.register_producer("sink/0", engine::AttemptId{8}).ok());
  CHECK(b.append(t, "zombie") == StatusCode::Fenced);
}

TEST_CASE("a producer or topic that does not exist is refused") {
  Broker b;
  CHECK(b.broker.begin("nobody", 1, "out").status().code() == StatusCode::NotFound);
  const auto epoch = b.registered("sink/0");
  CHECK(b.broker.begin("sink/0", epoch, "words").status().code() == StatusCode::NotFound);
  CHECK(b.append({0}, "x") == StatusCode::NotFound);
}

TEST_CASE("a broker that is used again starts empty") {
  Broker b;
  const auto t = b.begin("sink/0", b.registered("sink/0"));
  b.append(t, "x", 2);
  CHECK(b.broker.commit(t).ok());
  b.broker.reset(b.workload);
  CHECK(b.broker.visible().empty());
  CHECK(b.broker.end_offset("out", 2) == 0);
  CHECK(b.registered("sink/0") == 1);
  const auto again = b.begin("sink/0", 1);
  CHECK(again == TransactionId{1});
  b.append(again, "y", 2);
  CHECK(b.broker.commit(again).ok());
  REQUIRE(b.broker.visible().size() == 1);
  CHECK(b.broker.visible()[0].value == "y");
}

namespace {

// What the broker should do, written the slow and plain way.
struct Model {
  struct Txn {
    std::size_t producer;
    std::uint32_t epoch;
    char state = 'o';  // open, committed, aborted
    std::set<std::string> flushed;
    std::set<std::string> all;
  };
  std::vector<std::uint32_t> epochs = {1, 1};
  std::vector<Txn> txns;
  std::vector<std::vector<std::pair<std::size_t, std::string>>> partitions{2};

  bool writable(std::size_t t) const { return txns[t].state == 'o' && txns[t].epoch == epochs[txns[t].producer]; }
  Words visible(std::size_t partition) const {
    Words seen;
    for (const auto& [t, value] : partitions[partition]) {
      if (txns[t].state == 'o') break;
      if (txns[t].state == 'c' && txns[t].flushed.count(value) > 0) seen.push_back(value);
    }
    return seen;
  }
};

class Driver {
 public:
  Driver() {
    b_.registered("sink/0");
    b_.registered("sink/1");
  }
  void step(std::uint32_t draw) {
    const std::uint32_t choice = draw % 16;
    const std::size_t pick = draw / 16;
    if (choice < 3 || model_.txns.empty()) return begin(pick % 2);
    const std::size_t t = pick % model_.txns.size();
    if (choice < 9) return append(t, (pick / 7) % 2);
    if (choice < 11) return flush(t);
    if (choice < 13) return commit(t);
    if (choice < 15) return abort(t);
    fence(pick % 2);
  }
  void check() {
    for (std::uint32_t p = 0; p < 2; ++p) RC_ASSERT(b_.seen(p) == model_.visible(p));
    std::size_t readable = 0;
    for (const VisibleRecord& record : b_.broker.visible()) {
      readable += model_.visible(record.partition).empty() ? 0 : 1;
    }
    RC_ASSERT(readable == model_.visible(0).size() + model_.visible(1).size());
  }

 private:
  static TransactionId id(std::size_t t) { return {t + 1}; }
  void begin(std::size_t producer) {
    const std::uint32_t epoch = model_.epochs[producer];
    const auto made = b_.broker.begin("sink/" + std::to_string(producer), epoch, "out");
    RC_ASSERT(made.value() == id(model_.txns.size()));
    model_.txns.push_back({producer, epoch, 'o', {}, {}});
  }
  void append(std::size_t t, std::uint32_t partition) {
    const std::string value = "v" + std::to_string(next_++);
    const bool ok = b_.append(id(t), value, partition) == StatusCode::Ok;
    RC_ASSERT(ok == model_.writable(t));
    if (!ok) return;
    model_.partitions[partition].emplace_back(t, value);
    model_.txns[t].all.insert(value);
  }
  void flush(std::size_t t) {
    RC_ASSERT(b_.broker.flush(id(t)).ok() == model_.writable(t));
    if (model_.writable(t)) model_.txns[t].flushed = model_.txns[t].all;
  }
  void commit(std::size_t t) {
    RC_ASSERT(b_.broker.commit(id(t)).ok() == (model_.txns[t].state != 'a'));
    if (model_.txns[t].state != 'o') return;
    if (model_.writable(t)) model_.txns[t].flushed = model_.txns[t].all;
    model_.txns[t].state = 'c';
  }
  void abort(std::size_t t) {
    RC_ASSERT(b_.broker.abort(id(t)).ok() == (model_.txns[t].state != 'c'));
    if (model_.txns[t].state == 'o') model_.txns[t].state = 'a';
  }
  void fence(std::size_t producer) {
    RC_ASSERT(b_.registered("sink/" + std::to_string(producer)) == ++model_.epochs[producer]);
    std::vector<TransactionId> open;
    for (std::size_t t = 0; t < model_.txns.size(); ++t) {
      if (model_.txns[t].producer == producer && model_.txns[t].state == 'o') open.push_back(id(t));
    }
    RC_ASSERT(b_.broker.open_transactions("sink/" + std::to_string(producer)) == open);
  }

  Broker b_;
  Model model_;
  std::uint32_t next_ = 0;
};

}  // namespace

TEST_CASE("visible is what is committed, in order, up to the last stable offset (TX-1, TX-16, TX-20)") {
  const bool ok = rc::check([](const std::vector<std::uint32_t>& draws) {
    Driver driver;
    for (const std::uint32_t draw : draws) {
      driver.step(draw);
      driver.check();
    }
  });
  REQUIRE(ok);
}
