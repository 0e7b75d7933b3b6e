#pragma once

// Where an operator puts its results; the next operator of the chain or the edge of the network.

#include "weir/engine/assert.h"
#include "weir/engine/event_time.h"

namespace weir::engine {

template <class T>
class Collector : public WatermarkTarget {
 public:
  // Takes the value by reference and keeps nothing of it; the caller may reuse the object afterwards.
  virtual void collect(const T& value) = 0;
};

// One address per type: compared for equality only, when operators are wired.
template <class T>
inline constexpr char kTypeTag = 0;
using TypeTag = const char*;

// A collector whose type is checked where it is taken out again. Non-owning.
class AnyCollector {
 public:
  AnyCollector() = default;
  template <class T>
  explicit AnyCollector(Collector<T>* target) : target_(target), tag_(&kTypeTag<T>), watermarks_(target) {}
  template <class T>
  Collector<T>* as() const {
    WEIR_ASSERT(tag_ == &kTypeTag<T>, "operators of different record types are wired together");
    return static_cast<Collector<T>*>(target_);
  }
  explicit operator bool() const { return target_ != nullptr; }
  void watermark(EventTime watermark) const { watermarks().watermark(watermark); }
  WatermarkTarget& watermarks() const {
    WEIR_ASSERT(watermarks_ != nullptr, "a watermark goes nowhere");
    return *watermarks_;
  }

 private:
  void* target_ = nullptr;
  TypeTag tag_ = nullptr;
  WatermarkTarget* watermarks_ = nullptr;
};

}  // namespace weir::engine
