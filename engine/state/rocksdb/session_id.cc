#include "state/rocksdb/session_id.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

// --- checksums of RocksDB

constexpr std::array<std::uint32_t, 256> crc32c_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return table;
}

// Also masked, because RocksDB computes checksums of bytes that hold some.
std::uint32_t masked_crc32c(BytesView first, BytesView second) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc32c_table();
  std::uint32_t crc = ~0u;
  for (const BytesView part : {first, second}) {
    for (const char c : part) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

// --- tables: data, properties, an index of both, a footer that says where the index is

struct Block {
  std::size_t at;
  std::size_t size;
};

Block read_block_handle(ByteReader& reader) {
  const std::uint64_t at = reader.varint();
  const std::uint64_t size = reader.varint();
  return {at, size};
}

// Where the value of `key` lies; keys share prefixes with the ones before them, and restart points end the block.
Block find_value(BytesView table, Block block, std::string_view key) {
  const BytesView bytes = table.substr(block.at, block.size);
  const std::size_t restarts = load_little<std::uint32_t>(bytes.data() + bytes.size() - 4);
  ByteReader reader(bytes.substr(0, bytes.size() - 4 * (restarts + 1)));
  Bytes current;
  while (!reader.at_end()) {
    const std::uint64_t shared = reader.varint();
    const std::uint64_t rest = reader.varint();
    const std::uint64_t size = reader.varint();
    current.resize(shared);
    current += reader.raw(rest);
    if (current == key) return {block.at + reader.position(), size};
    reader.raw(size);
  }
  fail_invariant("key", "a table of RocksDB is not of the form it was asked for", __FILE__, __LINE__);
}

Block index_of_blocks(BytesView table) {
  constexpr std::size_t kFooter = 53;
  constexpr char kCrc32c = 1;
  WEIR_ASSERT(table.size() > kFooter && table[table.size() - kFooter] == kCrc32c, "a table without CRC32c checksums");
  ByteReader footer(table.substr(table.size() - kFooter + 1));
  return read_block_handle(footer);
}

// --- manifests: a log of records, cut at the ends of blocks

constexpr std::size_t kLogBlock = 32 << 10;
constexpr std::size_t kLogHeader = 7;  // fixed32 checksum, fixed16 size, type

std::vector<Block> pieces_of_log(BytesView log) {
  std::vector<Block> pieces;
  for (std::size_t at = 0; at + kLogHeader <= log.size();) {
    if (kLogBlock - at % kLogBlock < kLogHeader) {
      at += kLogBlock - at % kLogBlock;
      continue;
    }
    const std::size_t size = load_little<std::uint16_t>(log.data() + at + 4);
    pieces.push_back({at + kLogHeader, size});
    at += kLogHeader + size;
  }
  return pieces;
}

}  // namespace

void erase_session_id(Bytes& table) {
  constexpr std::string_view kNobody = "0000000WEIR000000000";
  const Block where = find_value(table, index_of_blocks(table), "rocksdb.properties");
  ByteReader handle(BytesView(table).substr(where.at, where.size));
  const Block properties = read_block_handle(handle);
  const Block id = find_value(table, properties, "rocksdb.creating.session.identity");
  WEIR_ASSERT(id.size == kNobody.size(), "a session id of another length");
  table.replace(id.at, id.size, kNobody);
  const std::size_t end = properties.at + properties.size;
  const BytesView bytes(table);
  store_little(table.data() + end + 1,
               masked_crc32c(bytes.substr(properties.at, properties.size), bytes.substr(end, 1)));
}

// An id follows what a record says of the table's checksum: tag and size, then 16 bytes.
void erase_unique_ids(Bytes& manifest) {
  constexpr std::string_view kBefore{"\x07Unknown\x0C\x10", 10};
  constexpr std::size_t kId = 16;
  const std::vector<Block> pieces = pieces_of_log(manifest);
  Bytes records;
  for (const Block& piece : pieces) records.append(manifest, piece.at, piece.size);
  for (std::size_t at = records.find(kBefore); at != Bytes::npos; at = records.find(kBefore, at + kId)) {
    at += kBefore.size();
    records.replace(at, kId, kId, '\0');
  }
  std::size_t from = 0;
  for (const Block& piece : pieces) {
    manifest.replace(piece.at, piece.size, records, from, piece.size);
    const BytesView bytes(manifest);
    store_little(manifest.data() + piece.at - kLogHeader,
                 masked_crc32c(bytes.substr(piece.at - 1, piece.size + 1), {}));
    from += piece.size;
  }
}

}  // namespace weir::engine
