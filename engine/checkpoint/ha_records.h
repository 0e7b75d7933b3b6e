#pragma once

// What of the job is in the high-availability store: the counter of checkpoint ids, a pointer for each retained
// checkpoint, and the outcome when it is over (CO-47..CO-49). Says by effects what is to be asked of the store, hears
// the answers, and asks again while an outcome is unknown. Of each kind one request is under way at a time, so that
// pointers are written and removed in order.

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "checkpoint/completed_checkpoint.h"
#include "checkpoint/effects.h"
#include "checkpoint/pointer_protocol.h"
#include "weir/engine/status.h"

namespace weir::engine {

enum class HaRecord : std::uint8_t { Counter, Pointer, Removal, Outcome };

class HaRecords {
 public:
  // `directory`: of the job in checkpoint storage, which its entries share.
  HaRecords(std::string directory, SessionId session, EffectQueue<CheckpointEffect>& effects)
      : directory_(std::move(directory)), session_(session), effects_(effects) {}

  void store_counter(CheckpointId next);
  void add_pointer(CheckpointId checkpoint, const std::string& directory);  // its metadata is durable
  void remove_pointer(CheckpointId checkpoint);                             // once; until the outcome is known
  void store_outcome(JobState ended);
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
    HaRequest request;
    StoreWrite write;
    bool sent = false;
  };
  using Lane = std::deque<Operation>;
  Lane& lane(HaRecord record) { return lanes_[static_cast<std::size_t>(record)]; }
  const Lane& lane(HaRecord record) const { return lanes_[static_cast<std::size_t>(record)]; }
  void add(HaRecord record, HaRequestKind kind, std::string entry, Bytes content, CheckpointId checkpoint,
           std::uint32_t attempts);
  void send(HaRecord record);

  std::string directory_;
  SessionId session_;
  EffectQueue<CheckpointEffect>& effects_;
  std::array<Lane, 4> lanes_;  // by HaRecord; the first of each is under way
  std::uint64_t requests_ = 0;
};

// What a leader finds there.
struct RecoveredJob {
  std::vector<CompletedCheckpoint> checkpoints;  // ascending
  CheckpointId next{1};                          // CO-47
  std::optional<JobState> outcome;               // it was over
};
// Corrupt or NotFound: a checkpoint that is pointed to cannot be read, and so none may be used (CO-45).
Result<RecoveredJob> read_records(const std::string& directory, const std::vector<HaEntry>& entries,
                                  CheckpointStorage& storage, const DefectSet& defects);

}  // namespace weir::engine
