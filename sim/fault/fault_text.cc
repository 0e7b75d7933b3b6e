#include <array>
#include <string>
#include <utility>

#include "fault/field_text.h"
#include "weir/sim/fault.h"

namespace weir::sim {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr std::array<std::string_view, kFaultKinds.size()> kKindNames{
    "crash",     "lose-messages",      "slow-barrier",    "repeat-messages", "pause",
    "partition", "ha-write-ambiguous", "lose-leadership", "delay-messages"};
constexpr std::array<std::string_view, kDirections.size()> kDirectionNames{"both", "to-jobmanager", "from-jobmanager"};
constexpr std::string_view kJobManager = "jobmanager";

std::string checkpoint_text(CheckpointId id) { return id == engine::kNoCheckpoint ? "" : std::to_string(id.value); }

// Sets a fault's parameters; keeps the first problem it met.
class Parameters {
 public:
  explicit Parameters(Fault& fault) : fault_(fault) {}
  const std::string& problem() const { return problem_; }

  void set(std::string_view key, std::string_view value) {
    const bool crash = fault_.kind == FaultKind::Crash;
    const bool process = names_task_manager(fault_.kind);
    const bool messages = strikes_messages(fault_.kind);
    const bool slow = fault_.kind == FaultKind::SlowBarrier;
    const bool ambiguous = fault_.kind == FaultKind::HaWriteAmbiguous;
    if (process && key == "tm") {
      fault_.task_manager = number<std::uint16_t>(key, value);
    } else if (crash && key == "process") {
      fault_.task_manager = 0;
      if (value != kJobManager) fail("process is " + in_single_quotes(value) + ", not jobmanager");
    } else if (ambiguous && key == "applied") {
      fault_.applied = value == "true";
      if (!fault_.applied && value != "false") fail("applied is " + in_single_quotes(value) + ", not true or false");
    } else if (crash && key == "restart") {
      fault_.duration = duration(value);
    } else if (process && !crash && key == "for") {
      fault_.duration = duration(value);
    } else if (fault_.kind == FaultKind::Partition && key == "direction") {
      fault_.direction = direction(value);
    } else if (messages && key == "kind") {
      fault_.message = message_kind(value);
    } else if (messages && key == "subtask") {
      fault_.subtask = value;
    } else if (slow && key == "channel") {
      fault_.channel = value;
    } else if (has_delay(fault_.kind) && key == "delay") {
      fault_.duration = duration(value);
    } else if (counts(fault_.kind) && key == "checkpoint") {
      fault_.checkpoint = {number<std::uint64_t>(key, value)};
    } else if (counts(fault_.kind) && key == "count") {
      fault_.count = number<std::uint32_t>(key, value);
    } else {
      fail(in_single_quotes(key) + " is not a parameter of " + std::string(name(fault_.kind)));
    }
  }

 private:
  void fail(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
  }
  template <class Number>
  Number number(std::string_view key, std::string_view text) {
    return read_number<Number>(key, text, [this](std::string why) { fail(std::move(why)); });
  }
  Duration duration(std::string_view text) {
    return read_duration(text, [this](std::string why) { fail(std::move(why)); });
  }
  Direction direction(std::string_view text) {
    for (const Direction direction : kDirections) {
      if (name(direction) == text) return direction;
    }
    fail(in_single_quotes(text) + " is not a direction; known: both, to-jobmanager, from-jobmanager");
    return {};
  }
  engine::MessageKind message_kind(std::string_view text) {
    for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
      const auto kind = static_cast<engine::MessageKind>(i);
      if (engine::name(kind) == text) return kind;
    }
    fail(in_single_quotes(text) + " is not a kind of control message; `weir list` names them");
    return {};
  }

  Fault& fault_;
  std::string problem_;
};

bool find_kind(std::string_view word, FaultKind& kind) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] != word) continue;
    kind = static_cast<FaultKind>(i);
    return true;
  }
  return false;
}

std::string known_kinds() {
  std::string known;
  for (const std::string_view kind : kKindNames) known.append(known.empty() ? "" : ", ").append(kind);
  return known;
}

Status bad(std::string_view text, const std::string& why) {
  return {StatusCode::Corrupt, "fault " + in_single_quotes(text) + ": " + why};
}

}  // namespace

std::string_view name(FaultKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::string_view name(Direction direction) { return kDirectionNames[static_cast<std::size_t>(direction)]; }

std::string to_text(const Fault& f) {
  Call call{std::string(name(f.kind)), {}, f.trigger};
  const auto add = [&](const char* key, std::string value) { call.parameters.emplace_back(key, std::move(value)); };
  switch (f.kind) {
    case FaultKind::Crash:
      if (f.task_manager == 0) {
        add("process", std::string(kJobManager));
      } else {
        add("tm", std::to_string(f.task_manager));
      }
      add("restart", duration_text(f.duration));
      break;
    case FaultKind::LoseMessages:
    case FaultKind::RepeatMessages:
    case FaultKind::DelayMessages:
      add("kind", std::string(engine::name(f.message)));
      add("subtask", f.subtask);
      add("checkpoint", checkpoint_text(f.checkpoint));
      add("count", std::to_string(f.count));
      if (has_delay(f.kind)) add("delay", duration_text(f.duration));
      break;
    case FaultKind::SlowBarrier:
      add("channel", f.channel);
      add("checkpoint", checkpoint_text(f.checkpoint));
      add("delay", duration_text(f.duration));
      add("count", std::to_string(f.count));
      break;
    case FaultKind::Pause:
    case FaultKind::Partition:
      add("tm", std::to_string(f.task_manager));
      add("for", duration_text(f.duration));
      if (f.direction != Direction::Both) add("direction", std::string(name(f.direction)));
      break;
    case FaultKind::HaWriteAmbiguous:
      add("applied", f.applied ? "true" : "false");
      add("checkpoint", checkpoint_text(f.checkpoint));
      add("count", std::to_string(f.count));
      break;
    case FaultKind::LoseLeadership:
      add("delay", duration_text(f.duration));
      break;
  }
  return to_text(call);
}

Result<Fault> parse_fault(std::string_view text) {
  Fault fault;
  if (const std::string_view word = text.substr(0, text.find('(')); !find_kind(word, fault.kind)) {
    return bad(text, in_single_quotes(word) + " is not a fault; known: " + known_kinds());
  }
  auto call = parse_call(text);
  if (!call.ok()) return bad(text, call.status().message());
  Parameters parameters(fault);
  for (const auto& [key, value] : call.value().parameters) parameters.set(key, value);
  if (!parameters.problem().empty()) return bad(text, parameters.problem());
  fault.trigger = std::move(call.value().trigger);
  return fault;
}

}  // namespace weir::sim
