#pragma once

// Makes the keyed state backend of one operator of one attempt, and says who runs what such a backend does on its own.

#include <cstdint>
#include <memory>

#include "weir/engine/environment.h"
#include "weir/engine/keyed_backend.h"
#include "weir/engine/options.h"

namespace weir::engine {

// The owner of a backend hears here that the backend queued one more job; `run_one` must be called for it later, at
// another event. Never called after the backend is gone.
struct BackgroundExecutor {
  virtual ~BackgroundExecutor() = default;
  virtual void background_job_queued() = 0;
};

// Flushes and compactions of a backend, in the order they were queued. Each runs to its end inside `run_one`.
struct BackgroundWork {
  virtual ~BackgroundWork() = default;
  virtual bool run_one() = 0;  // false: nothing queued
};

struct BackendRequest {
  StateBackendKind kind;
  Environment& environment;
  ProcessId process;
  SubtaskId subtask;
  AttemptId attempt;
  OperatorId op;
  KeyGroupRange range;
  std::uint32_t max_parallelism;
  BackgroundExecutor& background;
  bool incremental = false;
  bool changelog = false;
  bool keeps_linked = false;  // NativeSnapshot::linked
};

struct Backend {
  std::unique_ptr<KeyedStateBackend> state;
  BackgroundWork* work = nullptr;  // null for heap; owned by `state`
};

// Throws OperatorFailure when the backend cannot be set up. Destroying a backend touches no disk: it dies the same way
// whether its attempt ended or its machine did.
Backend make_backend(const BackendRequest& request);

}  // namespace weir::engine
