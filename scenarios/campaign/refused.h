#pragma once

// Carries a status out of work that cannot return one.

#include <cstdint>
#include <type_traits>
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

inline void refuse_no_seeds(std::uint64_t first, std::uint64_t end) {
  if (first != 0 && end > first) return;
  throw Refused{
      {engine::StatusCode::Corrupt, "the range of seeds is empty; seeds count from 1, and A:B ends before B"}};
}

// What `work` returns, or the status that it was refused with.
template <class Work>
engine::Result<std::invoke_result_t<Work>> unless_refused(Work&& work) {
  try {
    return work();
  } catch (const Refused& refused) {
    return refused.status;
  }
}

}  // namespace weir::scenarios
