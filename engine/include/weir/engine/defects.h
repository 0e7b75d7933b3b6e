#pragma once

// Real bugs, replanted on purpose: each deviates from the rules at one site, is off by default, and exists to prove
// that the properties can see. `weir defects` lists them.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir::engine {

enum class Defect : std::uint8_t {
  NoBlockingDuringAlignment,
  AckBeforeDurable,
  CommitAtPreCommit,
  RestoreOffsetsOfOtherCheckpoint,
  DropTailOnAlignment,
  CompleteWithAckMissing,
  CountAckOfDeadAttempt,
  KeepChannelBlockedAfterAbort,
  AbortTransactionOnNotifyAborted,
  CommitBeyondNotifiedCheckpoint,
  DeleteSubsumedBeforeStored,
  DiscardFilesInUseOnAbort,
  KeepFilesOfAbortedCheckpoint,
  KeepPartialUpload,
  ReuseUnconfirmedFiles,
  DiscardReusedFiles,
  NameSharedFilesByBackend,
  RegisterCountedAcksOnly,
  UnregisterTooEarly,
  DeleteSharedFilesOnAbort,
  LoseSplitsOnScaleIn,
  RestartSplitOfOtherOwner,
  RerunFinishedSource,
  DropPendingOnScaleIn,
  RestoreOneCommittable,
  KeepLingeringTransactions,
  LoseLastKeyGroup,
  SplitListToAll,
  NoBroadcastForNewSubtasks,
  NoGeneratedIdFallback,
  LoseTimersOnShortRead,
  KeepForeignTimers,
  WriteAfterSyncPart,
  ReleaseVersionEarly,
  ShareStateNumbers,
  ReadOldFormAsNew,
  FinishOnSuspend,
  RestartAfterSavepoint,
  CommitWithSavepoint,
  RecoverFromSavepoint,
  SubsumeBySavepoint,
  DiscardUnclaimedCheckpoint,
  DiscardUnclaimedSharedFiles,
  StartIdsAgain,
  ShareFilesOfSavepoint,
  ForgetElementsUnderWay,
  FollowFurthestWatermark,
  ShareLocalDirectory,
  UseNewestLocalCopy,
  KeepLocalCopyOfAborted,
  UseLocalCopyOfDealtState,
  KeepFailureCount,
  TolerateExpired,
  KeepTriggeringAfterExpiry,
  NeverExpire,
  ReuseAbortedIds,
  HealWithAbortedId,
  NotifyBeforeStored,
  SubsumePendingSavepoint,
};
inline constexpr std::size_t kDefects = 59;

struct DefectInfo {
  Defect defect;
  std::string_view name;     // "no-blocking-during-alignment"
  std::string_view summary;  // what the code does wrong, one sentence
  std::string_view rule;     // the rule it breaks, e.g. "BA-10"
  std::string_view source;   // the real bug or the corpus entry behind it
};
std::span<const DefectInfo> all_defects();
const DefectInfo& info(Defect defect);
std::optional<Defect> defect_named(std::string_view name);

// Which defects a run has; a value of one word, so that a check costs one test of a bit.
class DefectSet {
 public:
  constexpr bool has(Defect d) const { return (bits_ >> static_cast<unsigned>(d) & 1u) != 0; }
  constexpr void add(Defect d) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(d); }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(const DefectSet&, const DefectSet&) = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace weir::engine
