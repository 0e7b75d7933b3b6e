#pragma once

// Where everything that happens is written down: the trace, with causes, and those who look on.

#include <array>
#include <cstdint>

#include "weir/engine/environment.h"
#include "weir/sim/simulation.h"
#include "weir/sim/trace.h"
#include "world/scheduler.h"

namespace weir::sim {

// A set of kinds, so that an unwatched event costs one test of a bit.
class KindSet {
 public:
  bool has(TraceKind kind) const { return (words_[kind.value >> 6] >> (kind.value & 63u) & 1u) != 0; }
  void add(TraceKind kind) { words_[kind.value >> 6] |= std::uint64_t{1} << (kind.value & 63u); }
  void clear() { words_.fill(0); }

 private:
  std::array<std::uint64_t, kTraceKinds / 64> words_{};
};

// Is told of the watched kinds, in the middle of a handler: it may take note, and act once the handler has returned.
class EventWatcher {
 public:
  virtual ~EventWatcher() = default;
  virtual void on_watched(const TraceEvent& event, std::uint32_t index) = 0;
};

class EventLog final : public engine::EventSink {
 public:
  explicit EventLog(const Scheduler& clock) : clock_(&clock) {}
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Both may be null.
  void reset(std::uint64_t seed, Observer* observer, EventWatcher* watcher);
  void watch(const KindSet& kinds) { watched_ = kinds; }

  // A handler starts; `cause` is the index of the event that led to it.
  void begin_handler(std::uint32_t cause) { cause_ = cause; }
  // What is sent or scheduled now is caused by this event: the last one of the running handler.
  std::uint32_t cause() const { return cause_; }

  void emit(const engine::Event& event) override { append(event.kind, event.actor, event.detail, event.a, event.b); }
  // An event of the world; returns its index.
  std::uint32_t world(WorldEventKind kind, ActorId actor, std::uint32_t detail = 0, std::uint64_t a = 0,
                      std::uint64_t b = 0) {
    return append(kind, actor, detail, a, b);
  }

  Observer* observer() const { return observer_; }
  const Trace& trace() const { return trace_; }

 private:
  std::uint32_t append(TraceKind kind, ActorId actor, std::uint32_t detail, std::uint64_t a, std::uint64_t b);

  const Scheduler* clock_;
  Trace trace_;
  Observer* observer_ = nullptr;
  EventWatcher* watcher_ = nullptr;
  KindSet watched_;
  std::uint32_t cause_ = kNoCause;
};

}  // namespace weir::sim
