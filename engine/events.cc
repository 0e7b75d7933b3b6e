#include "weir/engine/events.h"

#include <array>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

constexpr std::array<EventInfo, kEngineEventKinds> kInfos{{
#define WEIR_INFO(name, text, has_checkpoint, fields) EventInfo{text, has_checkpoint, fields},
    WEIR_ENGINE_EVENTS(WEIR_INFO)
#undef WEIR_INFO
}};

constexpr std::array<std::string_view, 8> kJobStates{"CREATED", "RUNNING",    "RESTARTING", "FINISHED",
                                                     "FAILED",  "CANCELLING", "CANCELED",   "SUSPENDED"};
static_assert(static_cast<std::size_t>(JobState::Suspended) + 1 == kJobStates.size());
constexpr std::array<std::string_view, 6> kAttemptStates{"DEPLOYING", "INITIALIZING", "RUNNING",
                                                         "FINISHED",  "CANCELED",     "FAILED"};
constexpr std::array<std::string_view, 5> kCheckpointKinds{"periodic", "final", "savepoint", "suspend-savepoint",
                                                           "terminate-savepoint"};
constexpr std::array<std::string_view, 2> kSavepointFormats{"canonical", "native"};
constexpr std::array<std::string_view, 4> kJobRequests{"savepoint", "stop", "stop-and-drain", "cancel"};
constexpr std::array<std::string_view, 7> kAckClasses{"success", "duplicate", "unknown-attempt", "discarded",
                                                      "late",    "rejected",  "expired"};
constexpr std::array<std::string_view, 12> kFailureCauses{
    "user-function", "connection-broken", "process-lost",      "deploy-timeout",   "restore-failed", "snapshot-failed",
    "sink-failed",   "source-failed",     "savepoint-aborted", "job-manager-lost", "not-deployed",   "event-lost",
};

// CO-37, the column "counts as failure" beside each name.
struct Reason {
  std::string_view name;
  bool counts;
};
constexpr std::array<Reason, 15> kReasons{{
    {"MINIMUM_TIME_BETWEEN_CHECKPOINTS", false},
    {"TOO_MANY_CHECKPOINT_REQUESTS", false},
    {"NOT_ALL_REQUIRED_TASKS_RUNNING", false},
    {"CHECKPOINT_EXPIRED", true},
    {"CHECKPOINT_DECLINED_TASK_NOT_READY", false},
    {"CHECKPOINT_DECLINED_TASK_CLOSING", false},
    {"CHECKPOINT_DECLINED_SUBSUMED", false},
    {"CHECKPOINT_DECLINED_ON_CANCELLATION_BARRIER", false},
    {"CHECKPOINT_SUBSUMED", false},
    {"CHECKPOINT_COORDINATOR_SUSPEND", false},
    {"CHECKPOINT_COORDINATOR_SHUTDOWN", false},
    {"JOB_FAILOVER_REGION", false},
    {"CHECKPOINT_ASYNC_EXCEPTION", true},
    {"FINALIZE_CHECKPOINT_FAILURE", true},
    {"TRIGGER_CHECKPOINT_FAILURE", false},
}};
static_assert(static_cast<std::size_t>(AbortReason::TriggerCheckpointFailure) + 1 == kReasons.size());
static_assert(static_cast<std::size_t>(FailureCause::EventLost) + 1 == kFailureCauses.size());

template <class T, std::size_t N, class Enum>
const T& entry(const std::array<T, N>& table, Enum v) {
  const auto at = static_cast<std::size_t>(v);
  WEIR_ASSERT(at < N, "a value outside of its enumeration");
  return table[at];
}

}  // namespace

const EventInfo& info(EventKind kind) { return entry(kInfos, kind); }
std::string_view name(JobState v) { return entry(kJobStates, v); }
std::string_view name(AttemptState v) { return entry(kAttemptStates, v); }
std::string_view name(CheckpointKind v) { return entry(kCheckpointKinds, v); }
std::string_view name(SavepointFormat v) { return entry(kSavepointFormats, v); }
std::string_view name(JobRequestKind v) { return entry(kJobRequests, v); }
std::string_view name(AckClass v) { return entry(kAckClasses, v); }
std::string_view name(FailureCause v) { return entry(kFailureCauses, v); }
std::string_view name(AbortReason v) { return entry(kReasons, v).name; }
bool counts_as_failure(AbortReason v) { return entry(kReasons, v).counts; }

}  // namespace weir::engine
