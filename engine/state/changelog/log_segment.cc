#include "state/changelog/log_segment.h"

#include "state/keyed_snapshot_format.h"
#include "state/sealed_bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x474C5257u, 1, "changelog segment"};
constexpr std::uint8_t kOfEntry = 4;

std::optional<BytesView> view(const std::optional<Bytes>& bytes) {
  return bytes ? std::optional<BytesView>(*bytes) : std::nullopt;
}

Status read_header(ByteReader& reader, LogSegment& out) {
  const std::uint64_t first = reader.varint();
  const std::uint64_t last = reader.varint();
  if (reader.failed() || first > last || last > 0xFFFF) return corrupt(kFormat, "impossible key-group range");
  out.range = {KeyGroup{static_cast<std::uint16_t>(first)}, KeyGroup{static_cast<std::uint16_t>(last)}};
  out.key_schema = reader.sized();
  const std::uint64_t states = reader.varint();
  if (reader.failed() || states > kMaxStates) return corrupt(kFormat, "impossible number of states");
  for (std::uint64_t i = 0; i < states && !reader.failed(); ++i) out.states.push_back(read_meta(reader));
  if (reader.failed()) return corrupt(kFormat, "malformed or truncated in what its states are");
  return {};
}

// Fails the reader for what `encode` cannot have written.
LogChange read_change(ByteReader& reader, const LogSegment& segment) {
  const auto flags = reader.fixed<std::uint8_t>();
  const std::uint64_t state = reader.varint();
  const auto kind = static_cast<ChangeKind>(flags & 3);
  const bool of_entry = (flags & kOfEntry) != 0;
  LogChange change{kind, {static_cast<std::uint16_t>(state), KeyGroup{reader.fixed<std::uint16_t>()}, {}, {}}, {}};
  change.place.name_space = reader.sized();
  change.place.key = reader.sized();
  if (of_entry) change.place.user_key = reader.sized();
  if (kind != ChangeKind::Remove) change.value = reader.sized();
  if (flags > 7 || kind > ChangeKind::Remove || state >= segment.states.size()) {
    reader.fail();
    return change;
  }
  const StateKind of = segment.states[state].kind;
  if (of_entry && of != StateKind::Map) reader.fail();
  if (kind == ChangeKind::Append && of != StateKind::List) reader.fail();
  if (!segment.range.contains(change.place.group)) reader.fail();
  return change;
}

}  // namespace

ChangeSet::Place ChangeSet::owned(const ChangedPlace& place) {
  const auto user_key = place.user_key ? std::optional<Bytes>(*place.user_key) : std::nullopt;
  return {place.state, place.group, Bytes(place.name_space), Bytes(place.key), user_key};
}

void ChangeSet::put(const ChangedPlace& place, BytesView value) {
  changes_[owned(place)] = {ChangeKind::Put, Bytes(value)};
}

// Onto what was removed or written since the cut, it is known what the whole cell is.
void ChangeSet::append(const ChangedPlace& place, BytesView value) {
  Pending& pending = changes_.try_emplace(owned(place), Pending{ChangeKind::Append, {}}).first->second;
  if (pending.kind == ChangeKind::Remove) pending.kind = ChangeKind::Put;
  pending.value.append(value);
}

void ChangeSet::remove(const ChangedPlace& place) { changes_[owned(place)] = {ChangeKind::Remove, {}}; }

Bytes ChangeSet::encode(KeyGroupRange range, BytesView key_schema, const std::vector<StateMeta>& states) const {
  ByteBuffer bytes;
  ByteWriter writer(bytes);
  open_seal(kFormat, writer);
  writer.varint(range.first.value);
  writer.varint(range.last.value);
  writer.sized(key_schema);
  writer.varint(states.size());
  for (const StateMeta& state : states) write_meta(state, writer);
  writer.varint(changes_.size());
  for (const auto& [place, pending] : changes_) {
    const auto& [state, group, name_space, key, user_key] = place;
    writer.fixed(static_cast<std::uint8_t>(static_cast<std::uint8_t>(pending.kind) | (user_key ? kOfEntry : 0)));
    writer.varint(state);
    writer.fixed(group.value);
    writer.sized(name_space);
    writer.sized(key);
    if (const auto entry = view(user_key)) writer.sized(*entry);
    if (pending.kind != ChangeKind::Remove) writer.sized(pending.value);
  }
  close_seal(writer);
  return writer.bytes();
}

Status parse_log_segment(BytesView bytes, KeyGroupRange wanted, LogSegment& out) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  ByteReader reader(body.value());
  if (Status s = read_header(reader, out); !s.ok()) return s;
  for (std::uint64_t left = reader.varint(); left > 0 && !reader.failed(); --left) {
    const LogChange change = read_change(reader, out);
    if (!reader.failed() && wanted.contains(change.place.group)) out.changes.push_back(change);
  }
  if (reader.failed() || !reader.at_end()) {
    return corrupt(kFormat, "malformed after change " + std::to_string(out.changes.size()));
  }
  return {};
}

}  // namespace weir::engine
