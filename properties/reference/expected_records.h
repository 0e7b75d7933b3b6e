#pragma once

// The multiset of (topic, value) that a fault-free run commits, with the origins that carry each value.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/hash.h"
#include "weir/engine/sequential.h"
#include "weir/engine/types.h"

namespace weir::properties {

// Immutable. Records are numbered densely, so that a run counts what it saw in an array beside it.
class ExpectedRecords {
 public:
  static constexpr std::uint32_t kForeign = 0xFFFF'FFFF;

  explicit ExpectedRecords(const std::vector<engine::SequentialOutput>& outputs);

  // Whether the other one expects the same records as often, of whatever origin.
  bool same(const ExpectedRecords& other) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(records_.size()); }  // distinct
  std::uint64_t total() const { return origins_.size(); }
  // A topic's number for `find`; kForeign when nothing is expected there.
  std::uint32_t topic_number(std::string_view topic) const;
  // The record of that content, or kForeign.
  std::uint32_t find(std::uint32_t topic, engine::BytesView value) const {
    const std::uint64_t hash = hash_of(topic, value);
    for (std::uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.record == kForeign) return kForeign;
      if (slot.tag == tag_of(hash) && is(slot.record, topic, value)) return slot.record;
    }
  }
  std::uint32_t count(std::uint32_t record) const { return records_[record].count; }
  engine::BytesView value(std::uint32_t record) const {
    return engine::BytesView(values_).substr(records_[record].value_at, records_[record].value_size);
  }
  std::string_view topic(std::uint32_t record) const { return topics_[records_[record].topic]; }
  // Ascending; as many as `count`.
  std::span<const engine::Origin> origins(std::uint32_t record) const {
    return std::span(origins_).subspan(records_[record].first_origin, records_[record].count);
  }
  std::span<const engine::Origin> all_origins() const { return origins_; }

 private:
  struct Record {
    std::uint32_t topic = 0;
    std::uint32_t count = 0;
    std::uint64_t value_at = 0;
    std::uint64_t value_size = 0;
    std::uint64_t first_origin = 0;
  };
  struct Slot {
    std::uint32_t tag = 0;  // high half of the hash, so that a wrong slot rarely costs a look at the bytes
    std::uint32_t record = kForeign;
  };

  static std::uint64_t hash_of(std::uint32_t topic, engine::BytesView value) {
    return engine::hash_bytes(value) + topic * 0x9E3779B97F4A7C15ull;
  }
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  bool is(std::uint32_t record, std::uint32_t topic, engine::BytesView bytes) const {
    return records_[record].topic == topic && engine::equal_bytes(value(record), bytes);
  }
  std::uint32_t add(std::uint32_t topic, engine::BytesView value);
  std::uint32_t add_topic(std::string_view topic);

  std::vector<std::string> topics_;
  std::vector<Record> records_;
  std::vector<engine::Origin> origins_;  // by record
  engine::Bytes values_;
  std::vector<Slot> slots_;
  std::uint64_t mask_ = 0;
};

}  // namespace weir::properties
