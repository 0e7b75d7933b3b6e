#include "state/heap_backend.h"

#include <utility>

#include "state/keyed_snapshot.h"
#include "weir/engine/hash.h"

namespace weir::engine {
namespace {

struct CollectCells final : HeapTable::Visitor {
  explicit CollectCells(KeyedCells& cells) : target(cells) {}
  void cell(BytesView key, std::uint64_t, KeyGroup group, BytesView value) override { target.add(group, key, value); }
  KeyedCells& target;
};

struct DigestCells final : HeapTable::Visitor {
  explicit DigestCells(KeyGroupRange wanted) : range(wanted) {}
  void cell(BytesView, std::uint64_t hash, KeyGroup group, BytesView value) override {
    if (range.contains(group)) sum += combine(state, combine(hash, hash_bytes(value)));
  }
  KeyGroupRange range;
  std::uint64_t state = 0;
  std::uint64_t sum = 0;
};

struct RestoreCells final : KeyedCellVisitor {
  explicit RestoreCells(HeapTables& tables) : target(tables) {}
  Status cell(BytesView state, KeyGroup group, BytesView key, BytesView value) override {
    if (target.restore_cell(state, key, hash_bytes(key), group, value)) return {};
    return Status(StatusCode::Corrupt, "keyed snapshot: a cell of state '" + std::string(state) +
                                           "' does not decode as the type the state is registered with");
  }
  HeapTables& target;
};

// Owns its copy, so it needs nothing of the backend any more.
class CopiedCells final : public PendingStateSnapshot {
 public:
  explicit CopiedCells(KeyedCells cells) : cells_(std::move(cells)) {}
  Bytes write() override { return cells_.encode(); }

 private:
  KeyedCells cells_;
};

class HeapBackend final : public KeyedStateBackend {
 public:
  explicit HeapBackend(KeyGroupRange range) : KeyedStateBackend(range), tables_(current_key()) {}

  std::unique_ptr<PendingStateSnapshot> snapshot(CheckpointId) override {
    KeyedCells cells(range());
    cells.reserve(cells_before_, bytes_before_);
    CollectCells collect(cells);
    for_each_table([&](const HeapTable& table) {
      cells.begin_state(table.name());
      table.visit(collect);
    });
    cells_before_ = cells.size();
    bytes_before_ = cells.bytes();
    return std::make_unique<CopiedCells>(std::move(cells));
  }

  Status restore(BytesView snapshot) override {
    RestoreCells restore(tables_);
    return read_keyed_snapshot(snapshot, range(), restore);
  }

  std::uint64_t digest(KeyGroupRange wanted) override {
    DigestCells digest(wanted);
    for_each_table([&](const HeapTable& table) {
      digest.state = hash_bytes(table.name());
      table.visit(digest);
    });
    return digest.sum;
  }

  HeapTables* tables() override { return &tables_; }

 private:
  // States nobody registered count as content like all others (ST-6).
  template <class F>
  void for_each_table(F use) const {
    for (const auto& table : tables_.all()) use(*table);
    for (const auto& table : tables_.orphans()) use(*table);
  }

  HeapTables tables_;
  std::size_t cells_before_ = 0;  // of the snapshot before: what the next one will roughly need
  std::size_t bytes_before_ = 0;
};

}  // namespace

std::unique_ptr<KeyedStateBackend> make_heap_backend(KeyGroupRange range) {
  return std::make_unique<HeapBackend>(range);
}

}  // namespace weir::engine
