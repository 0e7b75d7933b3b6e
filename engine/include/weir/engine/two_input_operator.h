#pragma once

// An operator with two inputs of different types. The barriers of all channels of both are aligned together (BA-10),
// and its watermark is the least of both (TM-13): to the rest of the runtime they are channels of one subtask.

#include "weir/engine/operator.h"

namespace weir::engine {

template <class First, class Second, class Out>
class TwoInputOperator : public Operator {
 public:
  TwoInputOperator() : first_(*this), second_(*this) {}
  void open(OperatorContext& context) override { context_ = &context; }
  AnyCollector input() final { return AnyCollector(static_cast<Collector<First>*>(&first_)); }
  AnyCollector second_input() final { return AnyCollector(static_cast<Collector<Second>*>(&second_)); }
  void set_output(AnyCollector out) final { out_ = out.as<Out>(); }

  virtual void collect_first(const First& value) = 0;
  virtual void collect_second(const Second& value) = 0;
  // Of both inputs. What the watermark releases goes out before it (TM-3).
  void watermark(EventTime watermark) {
    on_watermark(watermark);
    out_->watermark(watermark);
  }
  void status(WatermarkStatus status) { out_->status(status); }

 protected:
  virtual void on_watermark(EventTime) {}
  OperatorContext& context() { return *context_; }
  Collector<Out>& out() { return *out_; }

 private:
  struct FirstEntrance final : Collector<First> {
    explicit FirstEntrance(TwoInputOperator& o) : op(o) {}
    void collect(const First& value) override { op.collect_first(value); }
    void watermark(EventTime watermark) override { op.watermark(watermark); }
    void status(WatermarkStatus status) override { op.status(status); }
    TwoInputOperator& op;
  };
  struct SecondEntrance final : Collector<Second> {
    explicit SecondEntrance(TwoInputOperator& o) : op(o) {}
    void collect(const Second& value) override { op.collect_second(value); }
    void watermark(EventTime watermark) override { op.watermark(watermark); }
    void status(WatermarkStatus status) override { op.status(status); }
    TwoInputOperator& op;
  };

  OperatorContext* context_ = nullptr;
  Collector<Out>* out_ = nullptr;
  FirstEntrance first_;
  SecondEntrance second_;
};

}  // namespace weir::engine
