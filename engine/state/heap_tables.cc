#include "state/heap_tables.h"

#include <algorithm>

#include "state/state_form.h"
#include "weir/engine/operator.h"

namespace weir::engine {

const HeapTable* RestoringTables::registered(BytesView name) const {
  const auto at =
      std::find_if(tables_.begin(), tables_.end(), [&](const auto& table) { return table->name() == name; });
  return at != tables_.end() ? at->get() : nullptr;
}

const StateMeta* RestoringTables::orphan(BytesView name) const {
  for (const auto& part : restored_) {
    for (std::size_t i = 0; i < part->taken.size(); ++i) {
      if (!part->taken[i] && part->content.states[i].name == name) return &part->content.states[i];
    }
  }
  return nullptr;
}

std::vector<std::string> RestoringTables::orphans() const {
  std::vector<std::string> names;
  for (const auto& part : restored_) {
    for (std::size_t i = 0; i < part->taken.size(); ++i) {
      if (!part->taken[i]) names.push_back(part->content.states[i].name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Status RestoringTables::check(const KeyedSnapshotContent& content) const {
  for (const StateMeta& meta : content.states) {
    if (const HeapTable* table = registered(meta.name)) {
      const FormChange change = compare_states(meta, table->state().meta);
      if (change.outcome == Compatibility::Incompatible) return Status(StatusCode::Corrupt, change.why);
    } else if (const StateMeta* other = orphan(meta.name); other != nullptr && *other != meta) {
      return Status(StatusCode::Corrupt,
                    "state '" + meta.name + "' is restored in two forms, as " + other->value + " and as " + meta.value);
    }
  }
  return {};
}

// The first snapshot that has a state of that number says which one it is.
void RestoringTables::share_numbers(std::vector<StateMeta>& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (i < numbered_.size()) {
      states[i] = numbered_[i];
    } else {
      numbered_.push_back(states[i]);
    }
  }
}

Status RestoringTables::add(std::unique_ptr<Restored> restored) {
  if (defects_.has(Defect::ShareStateNumbers)) share_numbers(restored->content.states);
  if (Status s = check(restored->content); !s.ok()) return s;
  restored->taken.assign(restored->content.states.size(), false);
  Restored& part = *restored_.emplace_back(std::move(restored));
  for (std::uint16_t i = 0; i < part.taken.size(); ++i) {
    HeapTable* table = registered(part.content.states[i].name);
    if (table == nullptr || take(part, i, *table)) continue;
    return Status(StatusCode::Corrupt, "keyed snapshot: a cell of state '" + table->name() +
                                           "' does not decode as the type the state is registered with");
  }
  forget_taken();
  return {};
}

void RestoringTables::adopt(std::unique_ptr<HeapTable> table) {
  const StateMeta& meta = table->state().meta;
  if (const HeapTable* first = registered(meta.name)) fail_registered_twice(first->state().meta, meta);
  for (const auto& part : restored_) {
    for (std::uint16_t i = 0; i < part->taken.size(); ++i) {
      const StateMeta& written = part->content.states[i];
      if (part->taken[i] || written.name != meta.name) continue;
      FormChange change = compare_states(written, meta);
      if (change.outcome == Compatibility::Incompatible) {
        throw OperatorFailure{FailureCause::UserFunction, std::move(change.why)};
      }
      if (!take(*part, i, *table)) fail_state_type(meta.name);
    }
  }
  forget_taken();
  tables_.push_back(std::move(table));
}

// Heap migrates here: the old form is read now, the new one is what later snapshots write. False when a cell does not
// decode.
bool RestoringTables::take(Restored& from, std::uint16_t state, HeapTable& into) {
  const StateMeta& written = from.content.states[state];
  const StateRegistration& now = into.state();
  const bool migrates = compare_states(written, now.meta).outcome == Compatibility::AfterMigration;
  const bool rewrite = migrates && !defects_.has(Defect::ReadOldFormAsNew);
  const WrittenForm form = rewrite ? written_form(written, backend_.now()) : WrittenForm{};
  ByteBuffer rewritten;
  from.taken[state] = true;
  const auto& cells = from.content.cells;
  into.reserve(static_cast<std::size_t>(
      std::count_if(cells.begin(), cells.end(), [&](const SnapshotCell& c) { return c.state == state; })));
  for (const SnapshotCell& c : cells) {
    if (c.state != state) continue;
    rewritten.clear();
    if (rewrite && !now.ops->rewrite(form, now.meta.stamped, c.cell, rewritten)) return false;
    const BytesView cell = rewrite ? rewritten.view() : c.cell;
    if (!into.restore_cell(c.key, c.name_space, c.group, cell)) return false;
  }
  return true;
}

void RestoringTables::forget_taken() {
  std::erase_if(restored_, [](const auto& part) {
    return std::find(part->taken.begin(), part->taken.end(), false) == part->taken.end();
  });
}

}  // namespace weir::engine
