#pragma once

// The typed ends of a stream edge: how a record picks its channel and becomes bytes, and how it comes back.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "weir/engine/collector.h"
#include "weir/engine/events.h"
#include "weir/engine/frame.h"
#include "weir/engine/operator.h"
#include "weir/engine/record_output.h"
#include "weir/engine/serializer.h"
#include "weir/engine/watermark_valve.h"

namespace weir::engine {

enum class Partitioning : std::uint8_t {
  Forward,    // subtask i to subtask i; both sides have the same parallelism
  Hash,       // by key group of the key (RS formulas)
  Rebalance,  // round-robin
  Broadcast,  // to every subtask
};

// Whether a barrier may overtake records on such an edge (BA-1): between subtasks that belong together, or with a copy
// for everybody, each end would have to know what the other one's part of the data became after a rescale.
constexpr bool allows_overtaking(Partitioning partitioning) {
  return partitioning == Partitioning::Hash || partitioning == Partitioning::Rebalance;
}

// Whether the records of a stream have timestamps, and watermarks go between them.
enum class Timing : std::uint8_t { None, Event };

// Upstream end, one per (edge, producing subtask).
class EdgeWriter {
 public:
  virtual ~EdgeWriter() = default;
  virtual AnyCollector collector() = 0;
};

// What the frames of one channel move on as they are read.
struct FrameProgress {
  ChainContext& chain;
  ChannelCut& cut;  // of the records
  WatermarkValve& valve;
  std::uint32_t channel = 0;  // of the valve
  std::uint32_t records = 0;
};

// Downstream end, one per (input edge, consuming subtask).
class EdgeReader {
 public:
  virtual ~EdgeReader() = default;
  // Takes the whole frames that `bytes` begins with, each record with its origin in the chain and in the cut. Returns
  // what is left: nothing, or a frame that goes on elsewhere. Throws OperatorFailure through.
  virtual BytesView read_frames(BytesView bytes, FrameProgress& progress) = 0;
};

// The loop of every reader: `take` is called with the payload of each record, `target` is told of watermarks of the
// subtask.
template <class Take>
BytesView for_each_frame(BytesView bytes, FrameProgress& progress, Take take, WatermarkTarget& target) {
  while (!bytes.empty()) {
    const Frame frame = parse_frame(bytes.data(), bytes.size());
    if (!frame.complete_in(bytes.size())) break;
    const BytesView payload = bytes.substr(frame.header, frame.payload);
    bytes.remove_prefix(frame.header + frame.payload);
    if (!is_record(frame.origin)) [[unlikely]] {
      if (frame.origin == kWatermarkFrame) {
        progress.valve.advance(progress.channel, read_watermark(payload), target);
      } else {
        progress.valve.set_status(progress.channel, read_status(payload), target);
      }
      continue;
    }
    progress.chain.origin = frame.origin;
    progress.cut.add(frame.origin);
    take(payload);
    ++progress.records;
  }
  return bytes;
}

// Typed behaviour of one edge of the job graph. Immutable, shared by all runs.
class EdgeType {
 public:
  virtual ~EdgeType() = default;
  virtual Partitioning partitioning() const = 0;
  // The same records, distributed in another way; null when the type fixes the way (a keyed edge stays keyed).
  virtual std::shared_ptr<const EdgeType> as(Partitioning) const { return nullptr; }
  virtual std::unique_ptr<EdgeWriter> make_writer(RecordOutput& output, ChainContext& chain, Timing timing,
                                                  std::uint32_t producer_index,
                                                  std::uint32_t max_parallelism) const = 0;
  virtual std::unique_ptr<EdgeReader> make_reader(AnyCollector target, Timing timing) const = 0;
  // Of what was in flight at a checkpoint. Where a key says which subtask a record is for, it takes only those of `own`
  // key groups, and counts no other (BA-38).
  virtual std::unique_ptr<EdgeReader> make_recovery_reader(AnyCollector target, Timing timing, KeyGroupRange own,
                                                           std::uint32_t max_parallelism) const {
    static_cast<void>(own);
    static_cast<void>(max_parallelism);
    return make_reader(target, timing);
  }
};

// Several consumers behind one operator, in edge order.
template <class T>
class FanOut final : public Collector<T> {
 public:
  explicit FanOut(std::vector<Collector<T>*> targets) : targets_(std::move(targets)) {}
  void collect(const T& value) override {
    for (Collector<T>* target : targets_) target->collect(value);
  }
  void watermark(EventTime watermark) override {
    for (Collector<T>* target : targets_) target->watermark(watermark);
  }
  void status(WatermarkStatus status) override {
    for (Collector<T>* target : targets_) target->status(status);
  }

 private:
  std::vector<Collector<T>*> targets_;
};

// Makes fan-outs without knowing the type; one per stream, held by the producing node.
class StreamType {
 public:
  virtual ~StreamType() = default;
  // The result owns the fan-out; `collector` is its entrance.
  struct Joined {
    std::shared_ptr<void> owner;
    AnyCollector collector;
  };
  virtual Joined join(const std::vector<AnyCollector>& targets) const = 0;
  // Hands records to `target`, but watermarks to `watermarks`; both outlive the result.
  virtual Joined part(const AnyCollector& target, WatermarkTarget& watermarks) const = 0;
};

// Records go one way, watermarks another.
template <class T>
class Parting final : public Collector<T> {
 public:
  Parting(Collector<T>* target, WatermarkTarget& watermarks) : target_(target), watermarks_(watermarks) {}
  void collect(const T& value) override { target_->collect(value); }
  void watermark(EventTime watermark) override { watermarks_.watermark(watermark); }
  void status(WatermarkStatus status) override { watermarks_.status(status); }

 private:
  Collector<T>* target_;
  WatermarkTarget& watermarks_;
};

template <class T>
class StreamTypeOf final : public StreamType {
 public:
  Joined join(const std::vector<AnyCollector>& targets) const override {
    std::vector<Collector<T>*> typed;
    for (const AnyCollector& target : targets) typed.push_back(target.template as<T>());
    auto made = std::make_shared<FanOut<T>>(std::move(typed));
    return {made, AnyCollector(static_cast<Collector<T>*>(made.get()))};
  }
  Joined part(const AnyCollector& target, WatermarkTarget& watermarks) const override {
    auto made = std::make_shared<Parting<T>>(target.template as<T>(), watermarks);
    return {made, AnyCollector(static_cast<Collector<T>*>(made.get()))};
  }
};

namespace detail {

// Picks the channel of a record. `Choose` is a callable (const T&, std::uint32_t channels) -> channel.
template <class T, class Choose>
class ChoosingWriter final : public EdgeWriter, public Collector<T> {
 public:
  ChoosingWriter(RecordOutput& output, ChainContext& chain, Timing timing, Choose choose)
      : output_(output), chain_(chain), timing_(timing), choose_(std::move(choose)) {}
  AnyCollector collector() override { return AnyCollector(static_cast<Collector<T>*>(this)); }
  void collect(const T& value) override {
    const auto write = [&](ByteWriter& writer) {
      if (timing_ == Timing::Event) writer.fixed(chain_.timestamp.value);
      Serializer<T>::write(value, writer);
    };
    const std::uint32_t channel = choose_(value, output_.channel_count());
    if (channel == kAllChannels) [[unlikely]] {
      for (std::uint32_t i = 0; i < output_.channel_count(); ++i) output_.write(i, chain_.origin, write);
    } else {
      output_.write(channel, chain_.origin, write);
    }
  }
  void watermark(EventTime watermark) override {
    if (timing_ == Timing::None) return;
    for (std::uint32_t i = 0; i < output_.channel_count(); ++i) output_.write_watermark(i, watermark);
  }
  void status(WatermarkStatus status) override {
    if (timing_ == Timing::None) return;
    for (std::uint32_t i = 0; i < output_.channel_count(); ++i) output_.write_status(i, status);
  }
  static constexpr std::uint32_t kAllChannels = 0xFFFF'FFFF;

 private:
  RecordOutput& output_;
  ChainContext& chain_;
  Timing timing_;
  Choose choose_;
};

template <class T>
class DecodingReader final : public EdgeReader {
 public:
  DecodingReader(Collector<T>* target, Timing timing) : target_(target), timing_(timing) {}
  BytesView read_frames(BytesView bytes, FrameProgress& progress) override {
    if (timing_ == Timing::None) progress.chain.timestamp = kMinWatermark;  // another input may have event time
    const auto take = [&](BytesView payload) {
      ByteReader reader(payload);
      if (timing_ == Timing::Event) progress.chain.timestamp = {reader.fixed<std::int64_t>()};
      Serializer<T>::read(value_, reader);
      WEIR_ASSERT(!reader.failed() && reader.at_end(), "a record does not decode as the type of its edge");
      target_->collect(value_);
    };
    return for_each_frame(bytes, progress, take, *target_);
  }

 private:
  Collector<T>* target_;
  Timing timing_;
  T value_{};
};

// The same for records of which only some are this subtask's: those that `Mine`, a callable (const T&) -> bool, takes.
template <class T, class Mine>
class FilteringReader final : public EdgeReader, public Collector<T> {
 public:
  FilteringReader(Collector<T>* target, Timing timing, Mine mine)
      : target_(target), mine_(std::move(mine)), reader_(this, timing) {}
  BytesView read_frames(BytesView bytes, FrameProgress& progress) override {
    progress_ = &progress;
    ChannelCut all;
    FrameProgress inner{progress.chain, all, progress.valve, progress.channel};
    return reader_.read_frames(bytes, inner);
  }
  void collect(const T& value) override {
    if (!mine_(value)) return;
    progress_->cut.add(progress_->chain.origin);
    ++progress_->records;
    target_->collect(value);
  }
  void watermark(EventTime watermark) override { target_->watermark(watermark); }
  void status(WatermarkStatus status) override { target_->status(status); }

 private:
  Collector<T>* target_;
  Mine mine_;
  DecodingReader<T> reader_;
  FrameProgress* progress_ = nullptr;
};

template <class T, class Choose>
std::unique_ptr<EdgeWriter> choosing_writer(RecordOutput& output, ChainContext& chain, Timing timing, Choose choose) {
  return std::make_unique<ChoosingWriter<T, Choose>>(output, chain, timing, std::move(choose));
}

}  // namespace detail

// Forward, rebalance and broadcast edges of records of type T.
template <class T>
class PlainEdge final : public EdgeType {
 public:
  explicit PlainEdge(Partitioning partitioning) : partitioning_(partitioning) {}
  Partitioning partitioning() const override { return partitioning_; }
  std::shared_ptr<const EdgeType> as(Partitioning other) const override {
    return other == Partitioning::Hash ? nullptr : std::make_shared<PlainEdge<T>>(other);
  }
  std::unique_ptr<EdgeWriter> make_writer(RecordOutput& output, ChainContext& chain, Timing timing,
                                          std::uint32_t producer_index, std::uint32_t) const override {
    switch (partitioning_) {
      case Partitioning::Rebalance:
        return detail::choosing_writer<T>(
            output, chain, timing, [next = producer_index](const T&, std::uint32_t n) mutable { return next++ % n; });
      case Partitioning::Broadcast:
        return detail::choosing_writer<T>(output, chain, timing, [](const T&, std::uint32_t) { return 0xFFFF'FFFFu; });
      default:
        return detail::choosing_writer<T>(output, chain, timing, [](const T&, std::uint32_t) { return 0u; });
    }
  }
  std::unique_ptr<EdgeReader> make_reader(AnyCollector target, Timing timing) const override {
    return std::make_unique<detail::DecodingReader<T>>(target.as<T>(), timing);
  }

 private:
  Partitioning partitioning_;
};

// Hash-partitioned edge; `Selector` is a callable (const T&) -> K or const K&.
template <class T, class K, class Selector>
class KeyedEdge final : public EdgeType {
 public:
  explicit KeyedEdge(Selector selector) : selector_(std::move(selector)) {}
  Partitioning partitioning() const override { return Partitioning::Hash; }
  std::unique_ptr<EdgeWriter> make_writer(RecordOutput& output, ChainContext& chain, Timing timing, std::uint32_t,
                                          std::uint32_t max_parallelism) const override {
    return detail::choosing_writer<T>(
        output, chain, timing, [select = selector_, max_parallelism](const T& v, std::uint32_t n) {
          return subtask_of(key_group_of(KeyHash<K>::code(select(v)), max_parallelism), max_parallelism, n);
        });
  }
  std::unique_ptr<EdgeReader> make_reader(AnyCollector target, Timing timing) const override {
    return std::make_unique<detail::DecodingReader<T>>(target.as<T>(), timing);
  }
  std::unique_ptr<EdgeReader> make_recovery_reader(AnyCollector target, Timing timing, KeyGroupRange own,
                                                   std::uint32_t max_parallelism) const override {
    const auto mine = [select = selector_, own, max_parallelism](const T& v) {
      return own.contains(key_group_of(KeyHash<K>::code(select(v)), max_parallelism));
    };
    return std::make_unique<detail::FilteringReader<T, decltype(mine)>>(target.as<T>(), timing, mine);
  }

 private:
  Selector selector_;
};

}  // namespace weir::engine
