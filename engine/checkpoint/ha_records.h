#pragma once

// What of the job is in the high-availability store: the counter of checkpoint ids, a pointer for each retained
// checkpoint, and the outcome when it is over (CO-47..CO-49). Says by effects what is to be asked of the store, hears
// the answers, and asks again while an outcome is unknown. Of each lane one request is under way at a time, so that
// checkpoints complete, and pointers go, in order.

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "checkpoint/effects.h"
#include "checkpoint/pointer_protocol.h"
#include "weir/engine/status.h"

namespace weir::engine {

enum class HaRecord : std::uint8_t {
  Counter,
  Pointer,  // of a checkpoint, or that the job ends with a savepoint
  Removal,
  Outcome,
};

class HaRecords {
 public:
  // `directory`: of the job in checkpoint storage, which its entries share.
  HaRecords(std::string directory, SessionId session, EffectQueue<CheckpointEffect>& effects)
      : directory_(std::move(directory)), session_(session), effects_(effects) {}

  void store_counter(CheckpointId next);
  void add_pointer(CheckpointId checkpoint, const std::string& directory);  // its metadata is durable
  void remove_pointer(CheckpointId checkpoint);                             // once; until the outcome is known
  // The job has failed but for this savepoint (SP-9), unless another outcome replaces this one. In order with pointers.
  void store_final_savepoint(CheckpointId savepoint);
  // After those. `savepoint`: that it ended with; 0: with none.
  void store_outcome(JobState ended, CheckpointId savepoint);
  void remove_counter();

  // True: the pointer waited for its turn, and is not written any more.
  bool drop_pointer(CheckpointId checkpoint);
  bool writing_pointer(CheckpointId checkpoint) const;
  bool removing_pointer(CheckpointId checkpoint) const;
  bool writing_any_pointer() const;
  bool idle() const;

  // Asks for what is next. To be called when the caller has drawn its conclusions.
  void proceed();
  struct Ended {
    HaRecord record{};
    StoreWrite::Step step = StoreWrite::Step::Retry;  // Retry: nothing has ended
    CheckpointId checkpoint{};
  };
  Ended on_answer(const HaAnswer& answer);
  void on_retry(std::uint64_t argument);  // of CheckpointTimer::Store

 private:
  struct Operation {
    HaRecord record{};
    HaRequest request;
    StoreWrite write;
    bool sent = false;
  };
  enum class Way : std::uint8_t { Counter, Completion, Removal };
  static constexpr std::array kWays{Way::Counter, Way::Completion, Way::Removal};
  static Way way_of(HaRecord record);
  using Lane = std::deque<Operation>;
  Lane& lane(Way way) { return lanes_[static_cast<std::size_t>(way)]; }
  const Lane& lane(Way way) const { return lanes_[static_cast<std::size_t>(way)]; }
  void add(HaRecord record, HaRequestKind kind, std::string entry, Bytes content, CheckpointId checkpoint,
           std::uint32_t attempts);
  void send(Way way);

  std::string directory_;
  SessionId session_;
  EffectQueue<CheckpointEffect>& effects_;
  std::array<Lane, kWays.size()> lanes_;  // by Way; the first of each is under way
  std::uint64_t requests_ = 0;
};

// What a leader finds there.
struct RecoveredJob {
  std::vector<CompletedCheckpoint> checkpoints;  // ascending
  CheckpointId next{1};                          // CO-47
  std::optional<JobState> outcome;               // it was over, or could end in no other way any more
  CheckpointId final_savepoint{};                // that it ended with (SP-9); 0: with none
};
// Corrupt or NotFound: a checkpoint that is pointed to cannot be read, and so none may be used (CO-45).
Result<RecoveredJob> read_records(const std::string& directory, const std::vector<HaEntry>& entries,
                                  CheckpointStorage& storage, const DefectSet& defects);

}  // namespace weir::engine
