#pragma once

// Carries a status out of work that cannot return one.

#include <utility>

#include "weir/engine/status.h"

namespace weir::scenarios {

struct Refused {
  engine::Status status;
};

template <class T>
T value_or_refuse(engine::Result<T> result) {
  if (!result.ok()) throw Refused{result.status()};
  return std::move(result).value();
}

}  // namespace weir::scenarios
