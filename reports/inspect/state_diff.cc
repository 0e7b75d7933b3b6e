#include "inspect/state_diff.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "inspect/state_lookup.h"

namespace weir::reports {
namespace {

using engine::EntryText;
using engine::SnapshotContent;
using engine::SnapshotEntry;
using engine::SnapshotOperator;
using engine::SnapshotState;
using engine::StateForm;

// What makes an entry of one checkpoint that of the other. Elements of lists, which have no key, are told by their
// number; a timer is all that it is.
struct Identity {
  engine::Bytes name_space;
  engine::Bytes key;
  engine::Bytes timer;
  std::uint16_t group = 0;   // raw keyed state
  std::uint32_t number = 0;  // among equals
  friend auto operator<=>(const Identity&, const Identity&) = default;
};
using ByIdentity = std::map<Identity, const SnapshotEntry*>;

ByIdentity by_identity(const SnapshotState& state) {
  ByIdentity all;
  for (const SnapshotEntry& entry : state.entries) {
    Identity id{entry.name_space, entry.key, {}, 0, 0};
    if (state.form == StateForm::Timers) id.timer = entry.value;
    if (state.form == StateForm::RawKeyed) id.group = entry.group.value;
    // Those with equal keys are numbered: behind the last of them.
    Identity beyond = id;
    beyond.number = UINT32_MAX;
    const auto next = all.lower_bound(beyond);
    if (next != all.begin()) {
      Identity last = std::prev(next)->first;
      const std::uint32_t number = last.number;
      last.number = 0;
      if (last == id) id.number = number + 1;
    }
    all.emplace(std::move(id), &entry);
  }
  return all;
}

bool is_list(StateForm form) {
  return form == StateForm::SplitList || form == StateForm::UnionList || form == StateForm::RawPartitions;
}

class StateComparison {
 public:
  StateComparison(const std::string& op, const SnapshotState& first, const SnapshotState& second)
      : first_(first), second_(second), first_text_(first), second_text_(second) {
    diff_.op = op;
    diff_.state = first.meta.name;
    diff_.form = name(first.form);
    if (first.key_schema != second.key_schema || !(first.meta == second.meta)) {
      diff_.schemas = schema(first) + " and " + schema(second);
    }
  }

  StateDiff compare() {
    const ByIdentity a = by_identity(first_), b = by_identity(second_);
    auto at = a.begin();
    auto bt = b.begin();
    while (at != a.end() || bt != b.end()) {
      if (bt == b.end() || (at != a.end() && at->first < bt->first)) {
        only(Side::First, *at++);
      } else if (at == a.end() || bt->first < at->first) {
        only(Side::Second, *bt++);
      } else {
        both(*at++, *bt++);
      }
    }
    return std::move(diff_);
  }

 private:
  static std::string schema(const SnapshotState& state) {
    return std::string(name_of(state.meta.kind)) + " of " +
           (state.meta.user_key.empty() ? "" : state.meta.user_key + " to ") + state.meta.value + " by " +
           state.key_schema + (state.meta.stamped ? " with a time to live" : "");
  }
  void show(Side side, const ByIdentity::value_type& at, std::string first, std::string second) {
    if (diff_.shown.size() == kMostChangesShown) return;
    const EntryText& text = side == Side::Second ? second_text_ : first_text_;
    const std::string key = is_list(first_.form) ? "[" + std::to_string(at.first.number) + "]" : text.key(*at.second);
    diff_.shown.push_back({side, key, text.name_space(*at.second), std::move(first), std::move(second)});
  }
  void only(Side side, const ByIdentity::value_type& at) {
    const bool first = side == Side::First;
    ++(first ? diff_.only_first : diff_.only_second);
    show(side, at, first ? first_text_.value(*at.second) : "", first ? "" : second_text_.value(*at.second));
  }
  void both(const ByIdentity::value_type& a, const ByIdentity::value_type& b) {
    if (a.second->value == b.second->value) {
      ++diff_.equal;
      return;
    }
    ++diff_.changed;
    show(Side::Both, a, first_text_.value(*a.second), second_text_.value(*b.second));
  }

  const SnapshotState& first_;
  const SnapshotState& second_;
  EntryText first_text_;
  EntryText second_text_;
  StateDiff diff_;
};

const SnapshotState* counterpart(const SnapshotOperator& op, const SnapshotState& state) {
  const auto found = std::find_if(op.states.begin(), op.states.end(), [&](const SnapshotState& other) {
    return other.form == state.form && other.meta.name == state.meta.name;
  });
  return found == op.states.end() ? nullptr : &*found;
}

StateDiff alone(const SnapshotOperator& op, const SnapshotState& state, Side side) {
  StateDiff diff{operator_name(op), state.meta.name, std::string(name(state.form)), side, {}, 0, 0, 0, 0, {}};
  (side == Side::First ? diff.only_first : diff.only_second) = state.entries.size();
  return diff;
}

const SnapshotOperator* counterpart(const SnapshotContent& content, const SnapshotOperator& op) {
  const auto found = std::find_if(content.operators.begin(), content.operators.end(),
                                  [&](const SnapshotOperator& other) { return other.id == op.id; });
  return found == content.operators.end() ? nullptr : &*found;
}

void compare_operators(const SnapshotOperator& a, const SnapshotOperator& b, CheckpointDiff& diff) {
  for (const SnapshotState& state : a.states) {
    const SnapshotState* other = counterpart(b, state);
    diff.states.push_back(other == nullptr ? alone(a, state, Side::First)
                                           : StateComparison(operator_name(a), state, *other).compare());
  }
  for (const SnapshotState& state : b.states) {
    if (counterpart(a, state) == nullptr) diff.states.push_back(alone(b, state, Side::Second));
  }
}

}  // namespace

bool CheckpointDiff::same() const {
  return only_first.empty() && only_second.empty() &&
         std::all_of(states.begin(), states.end(), [](const StateDiff& s) { return s.same(); });
}

CheckpointDiff compare_checkpoints(const SnapshotContent& first, const SnapshotContent& second) {
  CheckpointDiff diff;
  for (const SnapshotOperator& op : first.operators) {
    if (const SnapshotOperator* other = counterpart(second, op)) {
      compare_operators(op, *other, diff);
    } else {
      diff.only_first.push_back(operator_name(op));
    }
  }
  for (const SnapshotOperator& op : second.operators) {
    if (counterpart(first, op) == nullptr) diff.only_second.push_back(operator_name(op));
  }
  return diff;
}

}  // namespace weir::reports
