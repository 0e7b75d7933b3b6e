#pragma once

// Real bugs, replanted on purpose: each deviates from the rules at one site, is off by default, and exists to prove
// that the properties can see. `weir defects` lists them.

#include <array>
#include <cstddef>
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
  ExecuteTriggerOfOtherAttempt,
  RegisterAgainWhenFenced,
  DiscardOnAmbiguousStore,
  SkipUnreadablePointer,
  DeleteWithoutLeadership,
  EndSuspendedJob,
  DecideFromObsoleteBarrier,
  RunBeforeRecovered,
  MixUpInputs,
  AppendKnownLast,
  RecoverFirstInputOnly,
  OvertakeWithSavepoint,
  OvertakeOnBroadcast,
  ForgetPartialRecord,
  ForgetOvertakenOutput,
  AcknowledgeAtFirstBarrier,
  EndNewerCapture,
  KeepForeignInFlight,
  RecoverSentFirst,
  KeepPartOfOlder,
  KeepFailureCount,
  TolerateExpired,
  KeepTriggeringAfterExpiry,
  NeverExpire,
  ReuseAbortedIds,
  HealWithAbortedId,
  NotifyBeforeStored,
  SubsumePendingSavepoint,
  ForgetFinalSavepoint,
  IgnoreLostEvents,
  KeepGatewaysOpen,
  LeaveGatewaysClosed,
  ForgetAssignmentsOnAbort,
  StartCoordinatorsAnew,
  SnapshotCoordinatorsLast,
  StayTriggering,
  RegisterWithoutAttempt,
};
inline constexpr std::size_t kDefects = 88;

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

// Which defects a run has; a value of two words, so that a check costs one test of a bit.
class DefectSet {
 public:
  constexpr bool has(Defect d) const { return (bits_[word(d)] >> bit(d) & 1u) != 0; }
  constexpr void add(Defect d) { bits_[word(d)] |= std::uint64_t{1} << bit(d); }
  constexpr bool empty() const { return bits_ == Bits{}; }
  friend constexpr bool operator==(const DefectSet&, const DefectSet&) = default;

 private:
  using Bits = std::array<std::uint64_t, 2>;
  static_assert(kDefects <= 64 * std::tuple_size_v<Bits>);
  static constexpr std::size_t word(Defect d) { return static_cast<std::size_t>(d) / 64; }
  static constexpr unsigned bit(Defect d) { return static_cast<unsigned>(d) % 64; }

  Bits bits_{};
};

}  // namespace weir::engine
