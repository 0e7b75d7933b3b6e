#pragma once

// The states of a heap backend: those that are registered, as tables; those that were only restored, as the bytes they
// came in. A cell is decoded once, when its state registers (ST-6).

#include <memory>
#include <string>
#include <vector>

#include "state/keyed_snapshot.h"
#include "weir/engine/defects.h"
#include "weir/engine/keyed_backend.h"

namespace weir::engine {

class RestoringTables final : public HeapTables {
 public:
  RestoringTables(const KeyedStateBackend& backend, const CurrentKey& key, const SnapshotVersions& versions,
                  const DefectSet& defects)
      : HeapTables(key, versions), backend_(backend), defects_(defects) {}

  // Takes over the bytes and what was parsed from them, or says which state they do not fit.
  struct Restored {
    Bytes bytes;
    KeyedSnapshotContent content;  // views into `bytes`
    std::vector<bool> taken;       // per state: its cells are in a table
  };
  Status add(std::unique_ptr<Restored> restored);
  std::vector<std::string> orphans() const override;
  // Calls state(meta), then cell(SnapshotCell) for each of its cells, for one orphan after the other, by name.
  template <class State, class Cell>
  void each_orphan(State state, Cell cell) const;

 private:
  void adopt(std::unique_ptr<HeapTable> table) override;
  const HeapTable* registered(BytesView name) const;
  HeapTable* registered(BytesView name) {
    return const_cast<HeapTable*>(static_cast<const RestoringTables*>(this)->registered(name));
  }
  const StateMeta* orphan(BytesView name) const;
  Status check(const KeyedSnapshotContent& content) const;
  bool take(Restored& from, std::uint16_t state, HeapTable& into);
  void forget_taken();
  void share_numbers(std::vector<StateMeta>& states);  // with a defect only

  const KeyedStateBackend& backend_;
  const DefectSet defects_;
  std::vector<std::unique_ptr<Restored>> restored_;
  std::vector<StateMeta> numbered_;  // by number
};

template <class State, class Cell>
void RestoringTables::each_orphan(State state, Cell cell) const {
  if (restored_.empty()) return;
  for (const std::string& name : orphans()) {
    bool begun = false;
    for (const auto& part : restored_) {
      for (std::uint16_t i = 0; i < part->content.states.size(); ++i) {
        const StateMeta& meta = part->content.states[i];
        if (part->taken[i] || meta.name != name) continue;
        if (!begun) state(meta);
        begun = true;
        for (const SnapshotCell& c : part->content.cells) {
          if (c.state == i) cell(c);
        }
      }
    }
  }
}

}  // namespace weir::engine
