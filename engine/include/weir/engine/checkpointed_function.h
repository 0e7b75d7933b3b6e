#pragma once

// For user functions that keep operator state: Flink's CheckpointedFunction (ST-12).

#include <optional>
#include <string>

#include "weir/engine/operator.h"
#include "weir/engine/operator_state.h"

namespace weir::engine {

// What a function may ask when its state is set up. States are obtained here and kept for the life of the function.
class FunctionInitializationContext {
 public:
  explicit FunctionInitializationContext(OperatorContext& context) : context_(&context) {}

  // The attempt was restored from some checkpoint, even when that has nothing of this function.
  bool is_restored() const { return context_->restored != kNoCheckpoint; }
  std::optional<CheckpointId> restored_checkpoint_id() const {
    return is_restored() ? std::optional(context_->restored) : std::nullopt;
  }
  // Names are those of one operator; one name, one kind of state (ST-8).
  template <class T>
  OperatorListState<T> get_list_state(const std::string& name) {
    return {name, context_->operator_state.list(name)};
  }
  template <class T>
  OperatorListState<T> get_union_list_state(const std::string& name) {
    return {name, context_->operator_state.union_list(name)};
  }
  template <class K, class V>
  BroadcastState<K, V> get_broadcast_state(const std::string& name) {
    return {name, context_->operator_state.broadcast(name)};
  }

 private:
  OperatorContext* context_;
};

struct FunctionSnapshotContext {
  CheckpointId checkpoint_id;
};

class CheckpointedFunction {
 public:
  virtual ~CheckpointedFunction() = default;
  virtual void initialize_state(FunctionInitializationContext& context) = 0;  // on every start, before `open`
  virtual void snapshot_state(const FunctionSnapshotContext& context) = 0;    // in the sync part of a snapshot
};

namespace detail {

// Calls a function's hooks if it has any.
class CheckpointedHook {
 public:
  template <class Function>
  void initialize(Function& function, OperatorContext& context) {
    hooks_ = dynamic_cast<CheckpointedFunction*>(&function);
    if (hooks_ == nullptr) return;
    FunctionInitializationContext initialization(context);
    hooks_->initialize_state(initialization);
  }
  void snapshot(CheckpointId checkpoint) {
    if (hooks_ != nullptr) hooks_->snapshot_state({checkpoint});
  }

 private:
  CheckpointedFunction* hooks_ = nullptr;
};

}  // namespace detail
}  // namespace weir::engine
