#include "checkpoint/ha_records.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "checkpoint/metadata.h"
#include "weir/engine/assert.h"
#include "weir/engine/environment.h"
#include "weir/engine/processes.h"

namespace weir::engine {
namespace {

constexpr std::uint64_t kWayBits = 2;
constexpr std::uint64_t kWayMask = (1u << kWayBits) - 1;

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The content of a pointer: where the checkpoint lies, and whose it is, so that nobody takes another's for its own.
Bytes pointer_content(const std::string& directory, SessionId session) {
  return directory + " " + std::to_string(session.value);
}
std::string directory_in(std::string_view content) { return std::string(content.substr(0, content.rfind(' '))); }

Bytes outcome_content(JobState state, CheckpointId savepoint) {
  return std::to_string(static_cast<std::uint32_t>(state)) + " " + std::to_string(savepoint.value);
}
void read_outcome(std::string_view content, RecoveredJob& job) {
  job.outcome = static_cast<JobState>(number_in(content));
  job.final_savepoint = {number_in(content.substr(content.find(' ') + 1))};
}

Result<CompletedCheckpoint> read_checkpoint(std::string_view pointer, CheckpointStorage& storage) {
  std::string directory = directory_in(pointer);
  const auto metadata = storage.read(metadata_path(directory));
  if (!metadata.ok()) return metadata.status();
  auto checkpoint = decode_metadata(metadata.value());
  if (checkpoint.ok()) checkpoint.value().directory = std::move(directory);
  return checkpoint;
}

}  // namespace

std::string pointer_entry(const std::string& job, CheckpointId checkpoint) {
  return pointer_entries(job) + std::to_string(checkpoint.value);
}

HaRecords::Way HaRecords::way_of(HaRecord record) {
  switch (record) {
    case HaRecord::Counter:
      return Way::Counter;
    case HaRecord::Removal:
      return Way::Removal;
    case HaRecord::Pointer:
    case HaRecord::Outcome:
      break;
  }
  return Way::Completion;
}

void HaRecords::store_counter(CheckpointId next) {
  add(HaRecord::Counter, HaRequestKind::Put, counter_entry(directory_), std::to_string(next.value), {},
      kPointerAttempts);
}

void HaRecords::add_pointer(CheckpointId checkpoint, const std::string& directory) {
  add(HaRecord::Pointer, HaRequestKind::Create, pointer_entry(directory_, checkpoint),
      pointer_content(directory, session_), checkpoint, kPointerAttempts);
}

void HaRecords::remove_pointer(CheckpointId checkpoint) {
  if (removing_pointer(checkpoint)) return;
  add(HaRecord::Removal, HaRequestKind::Remove, pointer_entry(directory_, checkpoint), {}, checkpoint,
      kUnlimitedAttempts);
}

void HaRecords::store_final_savepoint(CheckpointId savepoint) {
  add(HaRecord::Pointer, HaRequestKind::Put, outcome_entry(directory_), outcome_content(JobState::Failed, savepoint),
      savepoint, kUnlimitedAttempts);
}

void HaRecords::store_outcome(JobState ended, CheckpointId savepoint) {
  add(HaRecord::Outcome, HaRequestKind::Put, outcome_entry(directory_), outcome_content(ended, savepoint),
      kNoCheckpoint, kUnlimitedAttempts);
}

void HaRecords::remove_counter() {
  add(HaRecord::Removal, HaRequestKind::Remove, counter_entry(directory_), {}, kNoCheckpoint, kUnlimitedAttempts);
}

void HaRecords::add(HaRecord record, HaRequestKind kind, std::string entry, Bytes content, CheckpointId checkpoint,
                    std::uint32_t attempts) {
  HaRequest request{kind, {}, session_, std::move(entry), content, checkpoint};
  lane(way_of(record)).push_back({record, std::move(request), StoreWrite(std::move(content), attempts)});
}

bool HaRecords::drop_pointer(CheckpointId checkpoint) {
  return std::erase_if(lane(Way::Completion), [&](const Operation& operation) {
           return operation.request.checkpoint == checkpoint && !operation.sent;
         }) != 0;
}

bool HaRecords::writing_pointer(CheckpointId checkpoint) const {
  return writing_any_pointer() && lane(Way::Completion).front().request.checkpoint == checkpoint;
}

bool HaRecords::writing_any_pointer() const {
  return !lane(Way::Completion).empty() && lane(Way::Completion).front().sent;
}

bool HaRecords::removing_pointer(CheckpointId checkpoint) const {
  const Lane& removals = lane(Way::Removal);
  return std::any_of(removals.begin(), removals.end(),
                     [&](const Operation& operation) { return operation.request.checkpoint == checkpoint; });
}

bool HaRecords::idle() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.empty(); });
}

void HaRecords::proceed() {
  for (const Way way : kWays) {
    if (!lane(way).empty() && !lane(way).front().sent) send(way);
  }
}

void HaRecords::send(Way way) {
  Operation& operation = lane(way).front();
  operation.sent = true;
  operation.request.id = HaRequestId{++requests_ << kWayBits | static_cast<std::uint64_t>(way)};
  effects_.push(operation.request);
}

HaRecords::Ended HaRecords::on_answer(const HaAnswer& answer) {
  Lane& asked = lane(static_cast<Way>(answer.id.value & kWayMask));
  if (asked.empty() || asked.front().request.id != answer.id) return {};
  const StoreWrite::Step step = asked.front().write.on_answer(answer);
  if (step == StoreWrite::Step::Retry) {
    effects_.push(ArmCheckpointTimer{CheckpointTimer::Store, kStoreRetry, answer.id.value});
    return {};
  }
  const Ended ended{asked.front().record, step, asked.front().request.checkpoint};
  asked.pop_front();
  return ended;
}

void HaRecords::on_retry(std::uint64_t argument) {
  const auto way = static_cast<Way>(argument & kWayMask);
  if (!lane(way).empty() && lane(way).front().request.id.value == argument) send(way);
}

Result<RecoveredJob> read_records(const std::string& directory, const std::vector<HaEntry>& entries,
                                  CheckpointStorage& storage, const DefectSet& defects) {
  RecoveredJob job;
  for (const HaEntry& entry : entries) {
    if (entry.name == counter_entry(directory)) job.next = {number_in(entry.content)};
    if (entry.name == outcome_entry(directory)) read_outcome(entry.content, job);
    if (!entry.name.starts_with(pointer_entries(directory))) continue;
    auto checkpoint = read_checkpoint(entry.content, storage);
    if (checkpoint.ok()) {
      job.checkpoints.push_back(std::move(checkpoint).value());
    } else if (!defects.has(Defect::SkipUnreadablePointer)) {
      return Status(checkpoint.status().code(), entry.name + ": " + checkpoint.status().message());
    }
  }
  std::sort(job.checkpoints.begin(), job.checkpoints.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return job;
}

}  // namespace weir::engine
