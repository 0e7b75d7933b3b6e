#pragma once

// The runtime form of an operator: one object per subtask attempt, wired into a chain. Job authors use `stream.h` and
// `functions.h`; this header is for ready-made and unusual operators.

#include <cstdint>
#include <memory>
#include <string>

#include "weir/engine/collector.h"
#include "weir/engine/environment.h"
#include "weir/engine/operator_state.h"
#include "weir/engine/source_split.h"
#include "weir/engine/types.h"

namespace weir::engine {

class KeyedStateBackend;
class SourceOperator;

// What every operator of one chain shares while a record travels through it.
struct ChainContext {
  const SourceOperator* source = nullptr;  // that heads the chain, once it is open
  Origin origin{};                         // of the record being processed; edges stamp it on what is emitted
  EventTime timestamp = kMinWatermark;     // of the record being processed, where its stream has event time
  Duration busy{};              // virtual processor time used in this step; operators and connectors add to it
  std::uint32_t full = 0;       // operators that take no input until something under way comes back
  std::uint32_t under_way = 0;  // elements whose results are still to come: the end of data waits for them
};

// Calls an operator back in its subtask's mailbox. One alarm an operator: setting it again moves it.
class Alarm {
 public:
  virtual ~Alarm() = default;
  virtual void set(Time at) = 0;  // now at the earliest
};

// A reader's end of the coordinator that assigns splits (SO-8).
class SplitRequests {
 public:
  virtual ~SplitRequests() = default;
  // Answered by SourceOperator::on_assignment.
  virtual void request_split() = 0;
};

// Everything an operator may use. Lives as long as the operator.
struct OperatorContext {
  Environment& environment;
  ChainContext& chain;
  OperatorId id;
  std::string uid;  // the user's, or the generated one
  SubtaskId subtask;
  AttemptId attempt;
  std::uint32_t index = 0;  // of this subtask in its vertex
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  KeyedStateBackend* keyed = nullptr;  // null when the operator is not keyed
  OperatorStateStore& operator_state;
  Alarm& alarm;
  CheckpointId restored{};           // 0: fresh start; else the checkpoint this attempt was restored from (ST-12)
  std::uint32_t source_ordinal = 0;  // of this source among the job's sources (JobOperator); stamped on origins
  bool in_restored = false;          // the restored checkpoint knows this operator; else it is new to the job (RS-13)
  const RawState* raw_input = nullptr;   // what is restored of this operator's own raw state (ST-11)
  RawState* raw_output = nullptr;        // to be filled in `snapshot_state`; empty when that is called
  SplitRequests* coordinator = nullptr;  // of sources; null: splits are assigned by their number
};

// Thrown by connectors and user functions: fails the attempt, as in Flink. Caught around the chain, nowhere else.
struct OperatorFailure {
  FailureCause cause;
  std::string message;
};

// Callbacks of one attempt's life, in the order they are declared; each runs in the subtask's mailbox.
class Operator {
 public:
  virtual ~Operator() = default;
  // State of a restored attempt is already in the backends. Called tail to head.
  virtual void open(OperatorContext& context) = 0;
  virtual void prepare_snapshot_pre_barrier(CheckpointId) {}  // may still emit; head to tail (BA-19)
  virtual void snapshot_state(CheckpointId) {}  // sync part: put operator state into the store; tail to head
  virtual void notify_checkpoint_complete(CheckpointId) {}  // best effort (G-4)
  virtual void notify_checkpoint_subsumed(CheckpointId) {}  // with the completion of a newer one, after it (CO-32)
  virtual void notify_checkpoint_aborted(CheckpointId) {}
  virtual void on_processing_time() {}      // the time asked for with `OperatorContext::alarm` has come (TM-4)
  virtual void end_input(std::uint32_t) {}  // the data of that input has ended; after its last watermark, head only
  virtual void finish() {}                  // end of data: flush; head to tail
  virtual void close() {}                   // also after a failure; must not throw

  // Wiring; `input` is empty for sources, `second_input` for all but operators with two inputs, and `set_output` is
  // never called on sinks.
  virtual AnyCollector input() { return {}; }
  virtual AnyCollector second_input() { return {}; }
  AnyCollector entrance(std::uint32_t n) { return n == 0 ? input() : second_input(); }
  virtual void set_output(AnyCollector) {}
};

// A source reads splits, each a replayable sequence of records with positions. `SourceOperator` owns which splits this
// subtask has, their positions, and their place in the snapshot (SO-1); subclasses only know how to read.
class SourceOperator : public Operator {
 public:
  using Split = SourceSplit;

  // What the factory of a source made.
  static SourceOperator& of(Operator& made);

  void open(OperatorContext& context) override;
  void snapshot_state(CheckpointId checkpoint) override;

  // Emits up to `max` records, round-robin over the splits by whole calls of `read`. Less than `max`: nothing more now.
  std::uint32_t poll(std::uint32_t max);
  bool at_end() const;
  const std::vector<Split>& splits() const { return splits_; }

  // With a coordinator: what it has assigned, or that it has nothing left.
  void on_assignment(const std::vector<Split>& splits, bool no_more);

  // All splits of this source, whoever is to read them, at their beginning; split s has id s. Without a context: a
  // coordinator asks before anything is opened. Throws OperatorFailure.
  virtual std::vector<Split> discover(Environment& environment) = 0;
  // Emits up to `max` records of one split, advancing its position; sets `finished` at the end of the split. Sets
  // `chain().origin` before each record.
  virtual std::uint32_t read(Split& split, std::uint32_t max) = 0;
  // Whether a record moves the position by exactly one, so that positions can be reached by reading in batches.
  virtual bool positions_count_records() const { return false; }

 protected:
  virtual void open_reader() {}  // the context is set, the splits are not yet
  OperatorContext& context() { return *context_; }
  ChainContext& chain() { return context_->chain; }

 private:
  void restore_splits();
  void assign_splits();
  bool any_left() const;  // to read
  void request_split();
  void report_split(EventKind kind, const Split& split, CheckpointId checkpoint);

  OperatorContext* context_ = nullptr;
  std::vector<Split> splits_;
  std::size_t next_ = 0;
  bool requested_ = false;  // a split, and not answered
  bool no_more_ = true;     // with a coordinator: it has said so
};

template <class In, class Out>
class OneInputOperator : public Operator, public Collector<In> {
 public:
  void open(OperatorContext& context) override { context_ = &context; }
  AnyCollector input() final { return AnyCollector(static_cast<Collector<In>*>(this)); }
  void set_output(AnyCollector out) final { out_ = out.as<Out>(); }
  // What the watermark releases goes out before it (TM-3).
  void watermark(EventTime watermark) override {
    on_watermark(watermark);
    out_->watermark(watermark);
  }
  void status(WatermarkStatus status) override { out_->status(status); }

 protected:
  virtual void on_watermark(EventTime) {}
  OperatorContext& context() { return *context_; }
  const OperatorContext& context() const { return *context_; }
  Collector<Out>& out() { return *out_; }

 private:
  OperatorContext* context_ = nullptr;
  Collector<Out>* out_ = nullptr;
};

template <class In>
class SinkOperator : public Operator, public Collector<In> {
 public:
  void open(OperatorContext& context) override { context_ = &context; }
  AnyCollector input() final { return AnyCollector(static_cast<Collector<In>*>(this)); }

 protected:
  OperatorContext& context() { return *context_; }

 private:
  OperatorContext* context_ = nullptr;
};

// Makes the operator of one subtask attempt. Immutable and shared by all runs of a job, also across threads.
class OperatorFactory {
 public:
  virtual ~OperatorFactory() = default;
  virtual std::unique_ptr<Operator> create() const = 0;
};

template <class MakeOperator>
class MakeOperatorFactory final : public OperatorFactory {
 public:
  explicit MakeOperatorFactory(MakeOperator make) : make_(std::move(make)) {}
  std::unique_ptr<Operator> create() const override { return make_(); }

 private:
  MakeOperator make_;
};

}  // namespace weir::engine
