#include "state/operator_state_bytes.h"

#include "state/sealed_bytes.h"
#include "weir/engine/bytes.h"

namespace weir::engine {
namespace {

constexpr SealedFormat kFormat{0x534F5257u, 1, "operator state"};
constexpr char kRawName[] = "raw";

// Elements behind a seal, and where each of them starts.
class Elements {
 public:
  Elements() {
    ByteWriter writer(bytes_);
    open_seal(kFormat, writer);
    body_ = writer.size();
  }
  std::uint64_t add(BytesView element) {
    const std::uint64_t at = bytes_.size() - body_;
    ByteWriter(bytes_).sized(element);
    return at;
  }
  Bytes seal() {
    ByteWriter writer(bytes_);
    close_seal(writer);
    return writer.bytes();
  }

 private:
  ByteBuffer bytes_;
  std::size_t body_ = 0;
};

Bytes encode_map(const OperatorStateStore::Map& map) {
  ByteBuffer out;
  ByteWriter writer(out);
  writer.varint(map.size());
  for (const auto& [key, value] : map) {
    writer.sized(key);
    writer.sized(value);
  }
  return writer.bytes();
}

bool decode_map(BytesView bytes, OperatorStateStore::Map& map) {
  ByteReader reader(bytes);
  for (std::uint64_t n = reader.varint(); n > 0 && !reader.failed(); --n) {
    Bytes key(reader.sized());
    map[std::move(key)] = reader.sized();
  }
  return !reader.failed() && reader.at_end();
}

EncodedOperatorState seal(Elements& elements, std::vector<OperatorStatePart> parts) {
  if (parts.empty()) return {};
  return {std::move(parts), elements.seal()};
}

Status no_element(const OperatorStatePart& part, std::uint64_t offset) {
  return corrupt(kFormat, "no element of '" + part.name + "' at offset " + std::to_string(offset));
}

// Calls use(part, element) for each element until it says false.
template <class Use>
Status for_each_element(BytesView bytes, const std::vector<OperatorStatePart>& parts, Use use) {
  const Result<BytesView> body = break_seal(kFormat, bytes);
  if (!body.ok()) return body.status();
  for (const OperatorStatePart& part : parts) {
    for (const std::uint64_t offset : part.offsets) {
      if (offset > body.value().size()) return no_element(part, offset);
      ByteReader reader(body.value().substr(offset));
      const BytesView element = reader.sized();
      if (reader.failed() || !use(part, element)) return no_element(part, offset);
    }
  }
  return {};
}

}  // namespace

EncodedOperatorState encode_operator_state(const OperatorStateStore& store) {
  if (store.entries().empty()) return {};
  Elements elements;
  std::vector<OperatorStatePart> parts;
  for (const auto& entry : store.entries()) {
    OperatorStatePart part{entry->name, entry->mode, {}};
    if (entry->mode == OperatorStateMode::Broadcast) part.offsets.push_back(elements.add(encode_map(entry->map)));
    for (const Bytes& element : entry->elements) part.offsets.push_back(elements.add(element));
    if (!part.offsets.empty()) parts.push_back(std::move(part));
  }
  return seal(elements, std::move(parts));
}

EncodedOperatorState encode_raw_partitions(const std::vector<Bytes>& partitions) {
  if (partitions.empty()) return {};
  Elements elements;
  OperatorStatePart part{kRawName, OperatorStateMode::SplitDistribute, {}};
  for (const Bytes& partition : partitions) part.offsets.push_back(elements.add(partition));
  return seal(elements, {std::move(part)});
}

Status read_operator_state(BytesView bytes, const std::vector<OperatorStatePart>& parts, OperatorStateStore& store) {
  for (const OperatorStatePart& part : parts) {
    if (store.restore_entry(part.name, part.mode) != nullptr) continue;
    return Status(StatusCode::Invalid, "operator state '" + part.name + "' is a " + std::string(name(part.mode)) +
                                           " in one snapshot and something else in another of the same checkpoint");
  }
  return for_each_element(bytes, parts, [&](const OperatorStatePart& part, BytesView element) {
    OperatorStateStore::Entry& entry = *store.restore_entry(part.name, part.mode);
    if (part.mode == OperatorStateMode::Broadcast) return decode_map(element, entry.map);
    entry.elements.emplace_back(element);
    return true;
  });
}

Status read_raw_partitions(BytesView bytes, const std::vector<OperatorStatePart>& parts,
                           std::vector<Bytes>& partitions) {
  return for_each_element(bytes, parts, [&](const OperatorStatePart&, BytesView element) {
    partitions.emplace_back(element);
    return true;
  });
}

}  // namespace weir::engine
