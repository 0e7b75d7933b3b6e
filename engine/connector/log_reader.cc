#include "weir/engine/connectors.h"

namespace weir::engine::detail {

std::vector<SourceSplit> LogReader::discover(Environment& environment) {
  const std::uint32_t partitions = environment.log.partitions(topic_);
  if (partitions == 0) throw OperatorFailure{FailureCause::SourceFailed, "there is no topic '" + topic_ + "' to read"};
  std::vector<Split> splits;
  for (std::uint32_t id = 0; id < partitions; ++id) splits.push_back({id, 0, false});
  return splits;
}

std::uint32_t LogReader::read(Split& split, std::uint32_t max) {
  LogBroker& log = context().environment.log;
  fetched_.clear();
  log.fetch(topic_, split.id, split.position, max, fetched_);
  for (const LogRecord& record : fetched_) {
    chain().origin = Origin::of(context().source_ordinal, split.id, split.position);
    emit(record.value);
    ++split.position;
  }
  split.finished = split.position >= log.end_offset(topic_, split.id);
  return static_cast<std::uint32_t>(fetched_.size());
}

}  // namespace weir::engine::detail
