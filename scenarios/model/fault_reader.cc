#include "model/fault_reader.h"

#include <array>
#include <limits>
#include <vector>

#include "model/suggest.h"
#include "model/trigger_reader.h"
#include "weir/sim/simulation.h"

namespace weir::scenarios {
namespace {

using sim::Fault;
using sim::FaultKind;

constexpr std::uint64_t kAny32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kAny64 = std::numeric_limits<std::int64_t>::max();
constexpr engine::Duration kDefaultRestart = std::chrono::seconds(1);

constexpr unsigned of(FaultKind kind) { return 1u << static_cast<unsigned>(kind); }
constexpr unsigned kMessages =
    of(FaultKind::LoseMessages) | of(FaultKind::RepeatMessages) | of(FaultKind::DelayMessages);
constexpr unsigned kBarriers = of(FaultKind::SlowBarrier);
constexpr unsigned kLasting = of(FaultKind::Pause) | of(FaultKind::Partition);

struct Parameter {
  std::string_view key;
  unsigned kinds;  // that have it
};
constexpr std::array kParameters{
    Parameter{"task-manager", of(FaultKind::Crash) | kLasting},
    Parameter{"process", of(FaultKind::Crash)},
    Parameter{"restart", of(FaultKind::Crash)},
    Parameter{"for", kLasting},
    Parameter{"direction", of(FaultKind::Partition)},
    Parameter{"message", kMessages},
    Parameter{"subtask", kMessages},
    Parameter{"channel", kBarriers},
    Parameter{"delay",
              kBarriers | of(FaultKind::RepeatMessages) | of(FaultKind::DelayMessages) | of(FaultKind::LoseLeadership)},
    Parameter{"applied", of(FaultKind::HaWriteAmbiguous)},
    Parameter{"checkpoint", kMessages | kBarriers | of(FaultKind::HaWriteAmbiguous)},
    Parameter{"count", kMessages | kBarriers | of(FaultKind::HaWriteAmbiguous)},
};
constexpr std::string_view kJobManager = "jobmanager";

bool belongs(const Parameter& p, FaultKind kind) { return (p.kinds & of(kind)) != 0; }

std::vector<std::string_view> message_names() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
    names.push_back(engine::name(static_cast<engine::MessageKind>(i)));
  }
  return names;
}

template <class Parts>
std::string unknown_name(std::string_view what, std::string_view name, const Parts& parts) {
  std::vector<std::string_view> names;
  for (const auto& part : parts) names.push_back(part.name);
  return "the job has no " + std::string(what) + " " + in_quotes(name) + suggestion(name, names);
}

class Reader {
 public:
  Reader(const Document& document, const std::string& path, Problems& problems)
      : fields_(document, path + ".", problems), problems_(problems) {}

  std::optional<Fault> read(const FaultTargets& targets) {
    const std::size_t before = problems_.size();
    if (fields_.has("text")) {
      read_text();
    } else if (read_kind()) {
      refuse_foreign_keys();
      read_parameters();
      read_trigger(fields_, fault_.trigger);
    }
    if (problems_.size() != before) return std::nullopt;
    if (const auto problem = check_fault(fault_, targets)) {
      return fields_.problem(fields_.has("text") ? "text" : problem->key, problem->what), std::nullopt;
    }
    return fault_;
  }

 private:
  void read_text() {
    const auto text = fields_.text("text");
    if (!text) return;
    auto parsed = sim::parse_fault(*text);
    if (!parsed.ok()) return fields_.problem("text", parsed.status().message());
    fault_ = parsed.value();
  }
  bool read_kind() {
    if (!fields_.has("kind"))
      return fields_.problem("kind", "is missing; say what happens, e.g. kind = \"crash\""), false;
    const auto text = fields_.text("kind");
    if (!text) return false;
    std::vector<std::string_view> names;
    for (const FaultKind kind : sim::kFaultKinds) {
      names.push_back(sim::name(kind));
      if (names.back() != *text) continue;
      fault_.kind = kind;
      return true;
    }
    return fields_.problem("kind", "no fault is called " + in_quotes(*text) + suggestion(*text, names)), false;
  }
  void refuse_foreign_keys() {
    for (const Parameter& p : kParameters) {
      if (fields_.has(p.key) && !belongs(p, fault_.kind)) {
        fields_.problem(p.key, "does not belong to a " + std::string(sim::name(fault_.kind)) + " fault; remove it");
      }
    }
  }
  void read_parameters() {
    switch (fault_.kind) {
      case FaultKind::Crash:
        read_process();
        fault_.duration = fields_.duration("restart").value_or(kDefaultRestart);
        break;
      case FaultKind::LoseMessages:
      case FaultKind::RepeatMessages:
      case FaultKind::DelayMessages:
        need(fields_, "message", "message = \"acknowledge-checkpoint\"");
        read_message();
        fault_.subtask = fields_.text("subtask").value_or("");
        if (fault_.kind == FaultKind::DelayMessages) need(fields_, "delay", "delay = \"80ms\"");
        if (sim::has_delay(fault_.kind)) fault_.duration = fields_.duration("delay").value_or(engine::Duration{});
        break;
      case FaultKind::SlowBarrier:
        need(fields_, "delay", "delay = \"80ms\"");
        fault_.duration = fields_.duration("delay").value_or(engine::Duration{});
        fault_.channel = fields_.text("channel").value_or("");
        break;
      case FaultKind::Pause:
      case FaultKind::Partition:
        read_lasting();
        break;
      case FaultKind::HaWriteAmbiguous:
        fault_.applied = fields_.boolean("applied").value_or(true);
        break;
      case FaultKind::LoseLeadership:
        fault_.duration = fields_.duration("delay").value_or(engine::Duration{});
        break;
    }
    fault_.checkpoint = {fields_.integer("checkpoint", 1, kAny64).value_or(0)};
    fault_.count = static_cast<std::uint32_t>(fields_.integer("count", 1, kAny32).value_or(1));
  }
  // The JobManager may stand still, but is not parted from itself.
  void read_lasting() {
    need(fields_, "task-manager", "task-manager = 1");
    need(fields_, "for", "for = \"300ms\"");
    const std::uint64_t first = fault_.kind == FaultKind::Pause ? 0 : 1;
    fault_.task_manager = static_cast<std::uint16_t>(fields_.integer("task-manager", first, 0xFFFF).value_or(1));
    fault_.duration = fields_.duration("for").value_or(engine::Duration{});
    if (fields_.has("direction")) read_direction();
  }
  void read_direction() {
    const auto text = fields_.text("direction");
    if (!text) return;
    std::vector<std::string_view> names;
    for (const sim::Direction direction : sim::kDirections) {
      names.push_back(sim::name(direction));
      if (names.back() != *text) continue;
      fault_.direction = direction;
      return;
    }
    fields_.problem("direction", "no direction is called " + in_quotes(*text) +
                                     meant_or(*text, names, "; known: " + joined(names, ", ")));
  }
  void read_process() {
    if (!fields_.has("process")) {
      need(fields_, "task-manager", "task-manager = 1");
      fault_.task_manager = static_cast<std::uint16_t>(fields_.integer("task-manager", 1, 0xFFFF).value_or(1));
      return;
    }
    fault_.task_manager = 0;
    const auto process = fields_.text("process");
    if (process && *process != kJobManager) fields_.problem("process", "only \"jobmanager\" has a name; remove it");
    if (fields_.has("task-manager")) fields_.problem("task-manager", "the JobManager crashes; remove one of the two");
  }
  void read_message() {
    const auto text = fields_.text("message");
    if (!text) return;
    const auto names = message_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != *text) continue;
      fault_.message = static_cast<engine::MessageKind>(i);
      return;
    }
    fields_.problem("message", "no control message is called " + in_quotes(*text) +
                                   meant_or(*text, names, "; known: " + joined(names, ", ")));
  }

  Fields fields_;
  Problems& problems_;
  Fault fault_;
};

}  // namespace

std::optional<FaultProblem> check_fault(const Fault& fault, const FaultTargets& targets) {
  if (targets.graph == nullptr) return std::nullopt;
  if (needs_high_availability(fault.kind) && !targets.high_availability) {
    return FaultProblem{"kind", "there is no high-availability store; set cluster.high-availability to \"store\""};
  }
  const int first = fault.kind == FaultKind::Partition ? 1 : 0;
  const bool one = names_task_manager(fault.kind);
  if (one && (fault.task_manager < first || fault.task_manager > targets.task_managers)) {
    return FaultProblem{"task-manager",
                        "there are " + std::to_string(targets.task_managers) +
                            " TaskManagers, numbered from 1; choose one, or raise cluster.task-managers"};
  }
  if (!fault.subtask.empty() && !targets.graph->subtask_named(fault.subtask)) {
    return FaultProblem{"subtask", unknown_name("subtask", fault.subtask, targets.graph->subtasks())};
  }
  if (!fault.channel.empty() && !targets.graph->channel_named(fault.channel)) {
    return FaultProblem{"channel", unknown_name("channel", fault.channel, targets.graph->channels())};
  }
  if (!fault.trigger.at_event && fault.trigger.time.time_since_epoch() > targets.storm) {
    return FaultProblem{"at", "faults strike during the storm only, which ends at " +
                                  sim::duration_text(targets.storm) + "; strike earlier, or raise world.storm"};
  }
  return check_trigger(fault.trigger, targets);
}

std::optional<Fault> read_fault(const Document& document, const std::string& path, const FaultTargets& targets,
                                Problems& problems) {
  return Reader(document, path, problems).read(targets);
}

}  // namespace weir::scenarios
