#pragma once

// What a job author says about a keyed state when it is registered, and what of it is kept beside its bytes.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "weir/engine/types.h"

namespace weir::engine {

enum class StateKind : std::uint8_t { Value = 1, List, Map, Reducing, Aggregating };
const char* name_of(StateKind kind);  // "value state"

// Time to live, in processing time only (ST-13). It is not part of a snapshot; the time of the last access is (ST-16).
struct StateTtlConfig {
  enum class Update : std::uint8_t { Disabled, OnCreateAndWrite, OnReadAndWrite };
  enum class Visibility : std::uint8_t { NeverReturnExpired, ReturnExpiredIfNotCleanedUp };
  Duration ttl{};
  Update update = Update::OnCreateAndWrite;
  Visibility visibility = Visibility::NeverReturnExpired;
  std::uint32_t cleanup_incrementally = 5;  // cells looked at per access, heap only; 0: none (ST-15)
  bool cleanup_full_snapshot = false;       // snapshots leave out what has expired; working state keeps it
};

template <class T>
struct ValueStateDescriptor {
  std::string name;
  std::optional<T> default_value = std::nullopt;
  std::optional<StateTtlConfig> ttl = std::nullopt;
};

template <class T>
struct ListStateDescriptor {
  std::string name;
  std::optional<StateTtlConfig> ttl = std::nullopt;
};

template <class K, class V>
struct MapStateDescriptor {
  std::string name;
  std::optional<StateTtlConfig> ttl = std::nullopt;
};

template <class T>
struct ReducingStateDescriptor {
  std::string name;
  std::function<T(const T&, const T&)> reduce;  // associative and, where namespaces merge, commutative (ST-2)
  std::optional<StateTtlConfig> ttl = std::nullopt;
};

template <class In, class Acc, class Out>
class AggregateFunction {
 public:
  virtual ~AggregateFunction() = default;
  virtual Acc create_accumulator() const = 0;
  virtual void add(const In& value, Acc& accumulator) const = 0;
  virtual Out get_result(const Acc& accumulator) const = 0;
  virtual void merge(Acc& into, const Acc& other) const = 0;
};

template <class In, class Acc, class Out>
struct AggregatingStateDescriptor {
  std::string name;
  std::shared_ptr<const AggregateFunction<In, Acc, Out>> function;
  std::optional<StateTtlConfig> ttl = std::nullopt;
};

// What a snapshot says of a state (flink-semantics 5.4).
struct StateMeta {
  std::string name;
  StateKind kind = StateKind::Value;
  bool stamped = false;    // every value, list element or map entry starts with the time of its last access
  std::string user_key{};  // map state: schema of its keys
  std::string value{};     // schema of the value, element, map value or accumulator
  friend bool operator==(const StateMeta&, const StateMeta&) = default;
};

// The configuration in the form every access asks it.
class StateTtl {
 public:
  StateTtl() = default;
  explicit StateTtl(const std::optional<StateTtlConfig>& config) {
    if (config && config->update != StateTtlConfig::Update::Disabled) {
      config_ = *config;
      on_ = true;
    }
  }
  bool on() const { return on_; }
  bool possible() const { return !on_ || config_.ttl > Duration{}; }
  bool refreshes_on_read() const { return config_.update == StateTtlConfig::Update::OnReadAndWrite; }
  bool shows_expired() const { return config_.visibility == StateTtlConfig::Visibility::ReturnExpiredIfNotCleanedUp; }
  std::uint32_t cleanup_per_access() const { return config_.cleanup_incrementally; }
  bool cleans_snapshots() const { return on_ && config_.cleanup_full_snapshot; }
  // ST-13, with the sum clamped so that "for ever" does not wrap around.
  bool expired(std::int64_t last_access, Time now) const {
    constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
    const std::int64_t ttl = to_ns(config_.ttl);
    return (last_access > kEnd - ttl ? kEnd : last_access + ttl) <= to_ns(now);
  }

 private:
  StateTtlConfig config_;
  bool on_ = false;
};

}  // namespace weir::engine
