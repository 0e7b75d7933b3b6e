#include "reference/expected_records.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace weir::properties {

ExpectedRecords::ExpectedRecords(const std::vector<engine::SequentialOutput>& outputs) {
  // At most half full, and never full, so that a search ends.
  slots_.resize(std::bit_ceil(outputs.size() * 2 + 2));
  mask_ = slots_.size() - 1;
  std::vector<std::pair<std::uint32_t, engine::Origin>> carried;
  carried.reserve(outputs.size());
  for (const engine::SequentialOutput& out : outputs)
    carried.emplace_back(add(add_topic(out.topic), out.value), out.origin);

  std::sort(carried.begin(), carried.end());
  origins_.reserve(carried.size());
  for (const auto& [record, origin] : carried) {
    if (records_[record].count++ == 0) records_[record].first_origin = origins_.size();
    origins_.push_back(origin);
  }
}

std::uint32_t ExpectedRecords::topic_number(std::string_view topic) const {
  const auto found = std::find(topics_.begin(), topics_.end(), topic);
  return found != topics_.end() ? static_cast<std::uint32_t>(found - topics_.begin()) : kForeign;
}

std::uint32_t ExpectedRecords::add_topic(std::string_view topic) {
  if (const std::uint32_t known = topic_number(topic); known != kForeign) return known;
  topics_.emplace_back(topic);
  return static_cast<std::uint32_t>(topics_.size() - 1);
}

std::uint32_t ExpectedRecords::add(std::uint32_t topic, engine::BytesView bytes) {
  if (const std::uint32_t known = find(topic, bytes); known != kForeign) return known;
  const std::uint64_t hash = hash_of(topic, bytes);
  std::uint64_t at = hash & mask_;
  while (slots_[at].record != kForeign) at = (at + 1) & mask_;
  slots_[at] = {tag_of(hash), size()};
  records_.push_back({topic, 0, values_.size(), bytes.size(), 0});
  values_.append(bytes);
  return size() - 1;
}

bool ExpectedRecords::same(const ExpectedRecords& other) const {
  if (size() != other.size() || total() != other.total()) return false;
  for (std::uint32_t r = 0; r < size(); ++r) {
    const std::uint32_t found = other.find(other.topic_number(topic(r)), value(r));
    if (found == kForeign || other.count(found) != count(r)) return false;
  }
  return true;
}

}  // namespace weir::properties
