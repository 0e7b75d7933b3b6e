#pragma once

// Ready part: applies rules that change in time to the elements of a keyed stream. A rule holds from its own event time
// on, until a later version of it; an element meets the versions that hold at its time. It waits for that until the
// watermark of both streams has reached it, so that what comes out does not depend on how the streams interleave.
//
//   payments.key_by(account).connect(limits.broadcast())
//       .process<RulesInTime<Id, Payment, Limit, Alert>>("check", id_of_limit, raise_alert)

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "weir/engine/broadcast_process_function.h"

namespace weir::engine {

// Both streams have event time; a rule has one version at a time. Versions stay: when one could go depends on how far
// the watermark of a subtask is, and broadcast state is the same in all (ST-10). Elements are gone with their timers.
template <class K, class In, class Rule, class Out>
class RulesInTime : public KeyedBroadcastProcessFunction<K, In, Rule, Out> {
  using Base = KeyedBroadcastProcessFunction<K, In, Rule, Out>;

 public:
  using typename Base::BroadcastContext;
  using typename Base::Context;
  using typename Base::OnTimerContext;
  using RuleId = std::int64_t;
  using IdOf = std::function<RuleId(const Rule&)>;
  using Apply = std::function<void(const In&, const Rule&, Collector<Out>&)>;
  RulesInTime(IdOf id_of, Apply apply) : id_of_(std::move(id_of)), apply_(std::move(apply)) {}

  void open(RuntimeContext& context) override {
    waiting_ = context.get_map_state(MapStateDescriptor<std::int64_t, std::vector<In>>{"waiting"});
  }
  void process_element(const In& value, Context& context, const BroadcastReader&, Collector<Out>&) override {
    const std::int64_t at = context.timestamp.value;
    const std::vector<In>* there = waiting_.get(at);
    std::vector<In> all = there != nullptr ? *there : std::vector<In>{};
    all.push_back(value);
    waiting_.put(at, all);
    context.timers.register_event_time_timer(context.timestamp);
  }
  void process_broadcast_element(const Rule& rule, BroadcastContext& context) override {
    context.get_broadcast_state(kRules).put({id_of_(rule), context.timestamp().value}, rule);
  }
  void on_timer(std::int64_t time, OnTimerContext&, const BroadcastReader& rules, Collector<Out>& out) override {
    const std::vector<In>* there = waiting_.get(time);
    if (there == nullptr) return;
    const std::vector<In> elements = *there;
    waiting_.remove(time);
    const auto holding = rules_at(time, rules);
    for (const In& element : elements) {
      for (const auto& [id, version] : holding) apply_(element, version.second, out);
    }
  }

 private:
  using Version = std::pair<std::int64_t, Rule>;
  static inline const MapStateDescriptor<std::pair<RuleId, std::int64_t>, Rule> kRules{"rules"};

  std::map<RuleId, Version> rules_at(std::int64_t time, const BroadcastReader& rules) const {
    std::map<RuleId, Version> latest;
    for (const auto& [at, rule] : rules.get_broadcast_state(kRules).entries()) {
      const auto& [id, from] = at;
      if (from > time) continue;
      const auto found = latest.find(id);
      if (found == latest.end() || found->second.first < from) latest.insert_or_assign(id, Version{from, rule});
    }
    return latest;
  }

  IdOf id_of_;
  Apply apply_;
  MapState<std::int64_t, std::vector<In>> waiting_;
};

}  // namespace weir::engine
