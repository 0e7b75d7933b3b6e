#include "weir/engine/keyed_backend.h"
#include "weir/engine/operator.h"

namespace weir::engine {
namespace {

[[noreturn]] void fail(std::string message) { throw OperatorFailure{FailureCause::UserFunction, std::move(message)}; }

std::string quoted(const std::string& name) { return "state '" + name + "'"; }

}  // namespace

const char* name_of(StateKind kind) {
  switch (kind) {
    case StateKind::Value:
      return "value state";
    case StateKind::List:
      return "list state";
    case StateKind::Map:
      return "map state";
    case StateKind::Reducing:
      return "reducing state";
    case StateKind::Aggregating:
      return "aggregating state";
  }
  return "unknown state";
}

void fail_registered_twice(const StateMeta& first, const StateMeta& second) {
  std::string how;
  if (first.kind != second.kind) {
    how = std::string(", as ") + name_of(first.kind) + " and as " + name_of(second.kind);
  } else if (first.value != second.value) {
    how = ", as " + first.value + " and as " + second.value;
  }
  fail(quoted(second.name) + " is registered twice in one operator" + how +
       "; keep the first handle, or give the second state a name of its own");
}

void fail_state_type(const std::string& state_name) {
  fail(quoted(state_name) +
       " holds values that do not decode as the type it is registered with; register it with the type it was written "
       "with");
}

void fail_key_type() {
  fail("a key does not decode as the type of its operator's keys; key by the type that the state was written with");
}

void fail_ttl(const std::string& state_name) {
  fail(quoted(state_name) + " is to live for no time at all; give its time to live a positive duration, or none");
}

void fail_null(const std::string& state_name, const char* call) {
  fail(quoted(state_name) + ": " + call + " takes no null; leave the call out");
}

void fail_empty_element(const std::string& state_name) {
  fail(
      quoted(state_name) +
      ": elements of a list must take at least one byte, or nobody can tell how many there are; give the type a field");
}

}  // namespace weir::engine
