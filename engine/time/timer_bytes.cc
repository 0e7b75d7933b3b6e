#include "time/timer_bytes.h"

#include <map>
#include <utility>

#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr std::uint64_t kVersion = 1;

// The timers of one key group, in the order in which they fire.
struct Domains {
  std::vector<const Timer*> event;
  std::vector<const Timer*> processing;
};

void write(const std::vector<const Timer*>& timers, ByteWriter& writer) {
  writer.varint(timers.size());
  for (const Timer* timer : timers) {
    writer.fixed(timer->time);
    writer.sized(timer->key);
    writer.sized(timer->name_space);
  }
}

Bytes encode(const Domains& domains) {
  ByteBuffer out;
  ByteWriter writer(out);
  writer.varint(kVersion);
  write(domains.event, writer);
  write(domains.processing, writer);
  return writer.bytes();
}

// Counts are not trusted: a failed reader ends the loop.
void read(ByteReader& reader, KeyGroup group, TimerQueue& queue) {
  for (std::uint64_t left = reader.varint(); left > 0 && !reader.failed(); --left) {
    const auto time = reader.fixed<std::int64_t>();
    const BytesView key = reader.sized();
    const BytesView name_space = reader.sized();
    if (!reader.failed()) queue.add({time, group, Bytes(key), Bytes(name_space)});
  }
}

}  // namespace

std::vector<RawState::Group> write_timers(const TimerQueue& event, const TimerQueue& processing) {
  std::map<KeyGroup, Domains> by_group;
  for (const Timer& timer : event.timers()) by_group[timer.group].event.push_back(&timer);
  for (const Timer& timer : processing.timers()) by_group[timer.group].processing.push_back(&timer);
  std::vector<RawState::Group> groups;
  for (const auto& [group, domains] : by_group) groups.push_back({group, encode(domains)});
  return groups;
}

bool read_timers(const RawState::Group& group, TimerQueue& event, TimerQueue& processing) {
  ByteReader reader(group.bytes);
  if (reader.varint() != kVersion) return false;
  read(reader, group.group, event);
  read(reader, group.group, processing);
  return !reader.failed() && reader.at_end();
}

}  // namespace weir::engine
