#include "state/raw_keyed_bytes.h"

#include "state/sealed_bytes.h"
#include "weir/engine/assert.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x474B5257u, 1, "raw keyed state"};

}  // namespace

Bytes encode_raw_groups(KeyGroupRange range, const std::vector<RawState::Group>& groups) {
  if (groups.empty()) return {};
  std::vector<std::size_t> sizes(range.size());
  ByteBuffer sections;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const RawState::Group& g = groups[i];
    WEIR_ASSERT(range.contains(g.group) && (i == 0 || groups[i - 1].group < g.group),
                "raw keyed state is written in ascending key groups of its subtask's range");
    sizes[g.group.value - range.first.value] = g.bytes.size();
    sections.append(g.bytes);
  }
  ByteBuffer out;
  ByteWriter writer(out);
  open_seal(kFormat, writer);
  writer.varint(range.first.value);
  writer.varint(range.last.value);
  for (const std::size_t size : sizes) writer.varint(size);
  writer.raw(sections);
  close_seal(writer);
  return writer.bytes();
}

Status read_raw_groups(BytesView bytes, KeyGroupRange wanted, std::vector<RawState::Group>& groups) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  const std::uint64_t first = reader.varint();
  const std::uint64_t last = reader.varint();
  if (reader.failed() || first > last || last > 0xFFFF) return corrupt(kFormat, "impossible key-group range");
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t group = first; group <= last && !reader.failed(); ++group) sizes.push_back(reader.varint());
  std::vector<RawState::Group> found;
  for (std::uint64_t group = first; group <= last && !reader.failed(); ++group) {
    const BytesView content = reader.raw(sizes[group - first]);
    const KeyGroup id{static_cast<std::uint16_t>(group)};
    if (!content.empty() && wanted.contains(id)) found.push_back({id, Bytes(content)});
  }
  if (reader.failed() || !reader.at_end()) return corrupt(kFormat, "key groups do not end where they should");
  groups.insert(groups.end(), found.begin(), found.end());
  return {};
}

}  // namespace weir::engine
