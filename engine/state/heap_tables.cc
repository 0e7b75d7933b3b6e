#include <algorithm>

#include "weir/engine/operator.h"
#include "weir/engine/state.h"

namespace weir::engine {
namespace {

struct CopyInto final : HeapTable::Visitor {
  explicit CopyInto(HeapTable& table) : target(table) {}
  void cell(BytesView key, std::uint64_t hash, KeyGroup group, BytesView value) override {
    if (!target.restore_cell(key, hash, group, value)) fail_state_type(target.name());
  }
  HeapTable& target;
};

auto named(const std::vector<std::unique_ptr<HeapTable>>& tables, BytesView name) {
  return std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table->name() == name; });
}

}  // namespace

void fail_registered_twice(const std::string& state_name) {
  throw OperatorFailure{FailureCause::UserFunction,
                        "state '" + state_name +
                            "' is registered twice in one operator; keep the first handle, or give "
                            "the second state a name of its own"};
}

void fail_state_type(const std::string& state_name) {
  throw OperatorFailure{FailureCause::UserFunction,
                        "state '" + state_name +
                            "' holds values that do not decode as the type it is registered with; "
                            "register it with the type it was written with"};
}

void HeapTables::adopt(std::unique_ptr<HeapTable> table) {
  if (named(tables_, table->name()) != tables_.end()) fail_registered_twice(table->name());
  const auto orphan = named(orphans_, table->name());
  if (orphan != orphans_.end()) {
    CopyInto copy(*table);
    (*orphan)->visit(copy);
    orphans_.erase(orphan);
  }
  tables_.push_back(std::move(table));
}

bool HeapTables::restore_cell(BytesView state, BytesView key, std::uint64_t hash, KeyGroup group, BytesView value) {
  return table_to_restore(state).restore_cell(key, hash, group, value);
}

HeapTable& HeapTables::table_to_restore(BytesView state) {
  if (const auto known = named(tables_, state); known != tables_.end()) return **known;
  if (const auto orphan = named(orphans_, state); orphan != orphans_.end()) return **orphan;
  orphans_.push_back(std::make_unique<HeapValueTable<RawCell>>(std::string(state), *key_));
  return *orphans_.back();
}

}  // namespace weir::engine
