#pragma once

// The one place where what user code and connectors throw becomes a value. Broken invariants pass through.

#include <exception>
#include <optional>
#include <string>

#include "weir/engine/assert.h"
#include "weir/engine/operator.h"

namespace weir::engine {

// Runs `f`. What it throws that does not name its own cause gets `cause`.
template <class F>
std::optional<OperatorFailure> run_user_code(FailureCause cause, F&& f) {
  try {
    f();
    return std::nullopt;
  } catch (const OperatorFailure& failure) {
    return failure;
  } catch (const InvariantViolation&) {
    throw;
  } catch (const std::exception& e) {
    return OperatorFailure{cause, e.what()};
  } catch (...) {
    return OperatorFailure{cause, "user code threw something that is no std::exception"};
  }
}

}  // namespace weir::engine
