#include "model/scenario_reader.h"

#include <filesystem>
#include <utility>

#include "campaign/guarded.h"
#include "model/action_reader.h"
#include "model/fault_reader.h"
#include "model/fields.h"
#include "model/key_values.h"
#include "model/known_keys.h"
#include "model/restart_keys.h"
#include "model/suggest.h"
#include "weir/engine/processes.h"
#include "weir/properties/property.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kHolds = "holds";
constexpr std::string_view kParameter = "job.params.";
constexpr std::uint64_t kMostSeeds = 1'000'000'000;
constexpr std::int64_t kMostCrashes = 10'000;  // in one run

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

class Reader {
 public:
  Reader(const Document& document, const JobCatalogue& catalogue, Problems& problems)
      : document_(document), catalogue_(catalogue), problems_(problems), all_(document, "", problems) {}

  Scenario read(const std::string& suffix) {
    check_known(document_, problems_);
    scenario_.file = document_.file;
    read_description(suffix);
    read_expectation();
    read_defects();
    read_keys("job.");
    read_parameters();
    resolve_job();
    read_keys("");
    enable_checkpoints();
    choose_restarts();
    read_profile();
    read_faults();
    read_actions();
    check_setup();
    return std::move(scenario_);
  }

 private:
  void read_description(const std::string& suffix) {
    const std::string stem = std::filesystem::path(document_.file).stem().string();
    scenario_.name = all_.text("scenario.name").value_or(stem) + suffix;
    if (all_.has("scenario.name") && trimmed(scenario_.name).empty())
      all_.problem("scenario.name", "is empty; give a name");
    scenario_.base.scenario = scenario_.name;
    scenario_.summary = all_.text("scenario.summary").value_or("");
    scenario_.seeds = all_.integer("scenario.seeds", 1, kMostSeeds).value_or(scenario_.seeds);
  }

  void read_expectation() {
    const auto expected = all_.text("scenario.expect");
    if (!expected || *expected == kHolds) return;
    std::vector<std::string_view> names{kHolds};
    for (const properties::PropertyInfo& property : properties::all_properties()) names.push_back(property.name);
    for (const std::string_view name : names) {
      if (name == *expected) scenario_.expect_violated = *expected;
    }
    if (!scenario_.expect_violated) {
      all_.problem("scenario.expect", "no property is called " + in_quotes(*expected) + suggestion(*expected, names));
    }
  }

  void read_defects() {
    std::vector<std::string_view> names;
    for (const engine::DefectInfo& info : engine::all_defects()) names.push_back(info.name);
    for (const Value& value : all_.texts("scenario.defects")) {
      if (const auto defect = engine::defect_named(value.text)) {
        scenario_.base.defects.add(*defect);
      } else {
        problems_.add(value.place, "no defect is called " + in_quotes(value.text) + suggestion(value.text, names));
      }
    }
  }

  // The job's own keys come first, because the other defaults follow from the job.
  void read_keys(std::string_view prefix) {
    for (const SpecKey& key : spec_keys()) {
      if (key.per_seed || key.name == "scenario.name" || !starts_with(key.name, prefix)) continue;
      if (prefix.empty() && starts_with(key.name, "job.")) continue;
      const Value* value = document_.find(key.name);
      if (value == nullptr) continue;
      const engine::Status status = set_from_value(scenario_.base, key, *value);
      if (!status.ok()) all_.problem(key.name, status.message());
    }
  }

  void read_parameters() {
    for (const Entry& entry : document_.entries) {
      if (!starts_with(entry.path, kParameter)) continue;
      scenario_.base.job.parameters[entry.path.substr(kParameter.size())] = entry.value.text;
    }
  }

  // Relative to the file that says it, so that a suite works from any directory; absolute, so that a reproducing line
  // does.
  void make_input_absolute() {
    JobRef& job = scenario_.base.job;
    const Value* value = document_.find("job.input");
    if (value == nullptr || job.input.empty()) return;
    std::filesystem::path path(job.input);
    if (value->place.file == document_.file) path = std::filesystem::path(document_.file).parent_path() / path;
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    if (!error) job.input = absolute.lexically_normal().string();
  }

  void resolve_job() {
    JobRef& job = scenario_.base.job;
    if (!all_.has("job.name")) return all_.problem("job.name", "is missing; name a job, e.g. name = \"word-count\"");
    make_input_absolute();
    if (job.max_parallelism != 0 && job.parallelism > job.max_parallelism) {
      return all_.problem("job.parallelism", std::to_string(job.parallelism) + " is above job.max-parallelism " +
                                                 std::to_string(job.max_parallelism) +
                                                 "; lower it, or raise the maximum");
    }
    auto resolved = guarded(scenario_.base, "preparing the job", [&] { return catalogue_.resolve(job); });
    if (!resolved.ok()) {
      const bool input = catalogue_.find(job.name) != nullptr && !job.input.empty();
      const std::string_view key = input ? "job.input" : job.parameters.empty() ? "job.name" : "job.params";
      return add_lines(all_.place(catalogue_.find(job.name) == nullptr ? "job.name" : key),
                       resolved.status().message());
    }
    graph_ = resolved.value().graph;
    scenario_.base.options = resolved.value().options;
  }

  void enable_checkpoints() {
    if (all_.has("checkpoint.interval") && !all_.has("checkpoint.enabled"))
      scenario_.base.options.checkpoint.enabled = true;
  }

  // A strategy of a sweep or of the command line takes of the file's keys those that are its own.
  void choose_restarts() {
    std::vector<std::string_view> said;
    for (const SpecKey& key : spec_keys()) {
      if (all_.has(key.name)) said.push_back(key.name);
    }
    if (const auto problem = choose_restart_strategy(scenario_.base, said)) {
      return all_.problem(problem->key, problem->what);
    }
    const Value* named = document_.find(kRestartStrategy);
    if (named == nullptr || named->place.file != document_.file || document_.is_swept(kRestartStrategy)) return;
    for (const RestartProblem& problem : foreign_restart_keys(scenario_.base, said)) {
      all_.problem(problem.key, problem.what);
    }
  }

  void read_profile() {
    sim::FaultProfile& profile = scenario_.profile;
    profile.crash = all_.boolean("faults.crash").value_or(false);
    profile.repeat_messages = all_.boolean("faults.repeat-messages").value_or(false);
    profile.pause = all_.boolean("faults.pause").value_or(false);
    profile.partition = all_.boolean("faults.partition").value_or(false);
    profile.crash_job_manager = all_.boolean("faults.crash-jobmanager").value_or(false);
    profile.ha_write_ambiguous = all_.boolean("faults.ha-write-ambiguous").value_or(false);
    profile.lose_leadership = all_.boolean("faults.lose-leadership").value_or(false);
    profile.delay_messages = all_.boolean("faults.delay-messages").value_or(false);
    profile.lose_messages = all_.boolean("faults.lose-messages").value_or(false);
    profile.slow_barrier = all_.boolean("faults.slow-barrier").value_or(false);
    read_crash_rate();
    profile.max_faults = static_cast<std::uint32_t>(all_.integer("faults.max", 0, 100).value_or(profile.max_faults));
  }

  void read_crash_rate() {
    constexpr std::string_view kKey = "faults.mean-time-between-crashes";
    const auto every = all_.duration(kKey);
    if (!every) return;
    const std::int64_t storm = scenario_.base.world.storm.count();
    if (every->count() < 1 || storm / every->count() > kMostCrashes) {
      return all_.problem(kKey, "the storm of " + sim::duration_text(scenario_.base.world.storm) +
                                    " has room for at most " + std::to_string(kMostCrashes) +
                                    " crashes; let more time pass between them");
    }
    scenario_.mean_time_between_crashes = *every;
  }

  FaultTargets fault_targets() const {
    const RunSpec& base = scenario_.base;
    return {graph_.get(), base.options.cluster.task_managers, base.world.storm,
            base.options.high_availability == engine::HighAvailability::Store};
  }

  void read_faults() {
    const FaultTargets targets = fault_targets();
    for (const Entry& entry : document_.entries) {
      if (entry.value.kind != ValueKind::Table || entry.path == "fault" || without_index(entry.path) != "fault")
        continue;
      if (auto fault = read_fault(document_, entry.path, targets, problems_)) {
        scenario_.explicit_faults.push_back(std::move(*fault));
      }
    }
  }

  // Names can be checked up to the first action that another job follows.
  void read_actions() {
    FaultTargets targets = fault_targets();
    for (const Entry& entry : document_.entries) {
      if (entry.value.kind != ValueKind::Table || entry.path == "action" || without_index(entry.path) != "action")
        continue;
      auto action = read_action(document_, entry.path, targets, problems_);
      if (!action) continue;
      if (starts_next(action->kind)) targets.graph = nullptr;
      scenario_.base.actions.push_back(std::move(*action));
    }
  }

  void check_setup() {
    if (graph_ == nullptr || !problems_.empty()) return;
    const std::string problems = engine::validate({graph_, scenario_.base.options});
    for (const std::string_view line : split(problems, '\n')) {
      const std::string_view key = line.substr(0, line.find(' '));
      add_lines(all_.place(spec_key(key) != nullptr ? key : "job"), line);
    }
  }

  void add_lines(const Place& place, std::string_view lines) {
    for (const std::string_view line : split(lines, '\n')) {
      if (!trimmed(line).empty()) problems_.add(place, std::string(trimmed(line)));
    }
  }

  const Document& document_;
  const JobCatalogue& catalogue_;
  Problems& problems_;
  Fields all_;
  Scenario scenario_;
  std::shared_ptr<const engine::ExecutionGraph> graph_;
};

}  // namespace

std::optional<Scenario> read_scenario(const Document& document, const std::string& suffix,
                                      const JobCatalogue& catalogue, Problems& problems) {
  Scenario scenario = Reader(document, catalogue, problems).read(suffix);
  if (!problems.empty()) return std::nullopt;
  return scenario;
}

}  // namespace weir::scenarios
