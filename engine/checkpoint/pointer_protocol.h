#pragma once

// What the answers of the high-availability store mean for one entry that is written or removed (CO-33, CO-48). Decides
// only. A store that says "not the leader" is no answer here: who hears that has nothing more to decide (RE-15).

#include <cstdint>
#include <utility>

#include "weir/engine/ha_store.h"

namespace weir::engine {

inline constexpr Duration kStoreRetry{100'000'000};     // between two tries
inline constexpr std::uint32_t kPointerAttempts = 3;    // until an outcome that stays unknown is a failure
inline constexpr std::uint32_t kUnlimitedAttempts = 0;  // until the outcome is known

// The entry that points to the metadata of a completed checkpoint, of the job with this directory.
inline std::string pointer_entries(const std::string& job) { return job + "pointer-"; }
std::string pointer_entry(const std::string& job, CheckpointId checkpoint);
inline std::string counter_entry(const std::string& job) { return job + "counter"; }  // the next checkpoint id (CO-47)

class StoreWrite {
 public:
  enum class Step : std::uint8_t {
    Retry,    // the outcome is unknown: the same request again, which is harmless
    Applied,  // the entry is as it should be, by this request or an earlier one of the same content
    Refused,  // it certainly is not
    InDoubt,  // it may be; no more tries (PossibleInconsistentState)
  };

  // `content`: of the entry that is created; empty for one that is put or removed.
  StoreWrite(Bytes content, std::uint32_t attempts) : content_(std::move(content)), attempts_(attempts) {}

  Step on_answer(const HaAnswer& answer) {
    switch (answer.outcome) {
      case HaOutcome::Done:
      case HaOutcome::NotFound:
        return Step::Applied;
      case HaOutcome::Exists:
        return answer.content == content_ ? Step::Applied : Step::Refused;
      case HaOutcome::Unknown:
        return ++unknown_ == attempts_ ? Step::InDoubt : Step::Retry;
      case HaOutcome::NotLeader:
        break;
    }
    return unknown_ == 0 ? Step::Refused : Step::InDoubt;
  }

 private:
  Bytes content_;
  std::uint32_t attempts_;
  std::uint32_t unknown_ = 0;
};

}  // namespace weir::engine
