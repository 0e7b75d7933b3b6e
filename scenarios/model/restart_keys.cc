#include "model/restart_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/key_values.h"
#include "model/suggest.h"

namespace weir::scenarios {
namespace {

using engine::RestartStrategy;

struct Owned {
  std::string_view key;
  RestartStrategy owner;
};
constexpr std::array<Owned, 11> kOwned{{
    {"restart.initial-backoff", RestartStrategy::ExponentialDelay},
    {"restart.max-backoff", RestartStrategy::ExponentialDelay},
    {"restart.backoff-multiplier", RestartStrategy::ExponentialDelay},
    {"restart.jitter-factor", RestartStrategy::ExponentialDelay},
    {"restart.reset-backoff-threshold", RestartStrategy::ExponentialDelay},
    {"restart.attempts-before-reset-backoff", RestartStrategy::ExponentialDelay},
    {kRestartAttempts, RestartStrategy::FixedDelay},
    {"restart.delay", RestartStrategy::FixedDelay},
    {"restart.max-failures-per-interval", RestartStrategy::FailureRate},
    {"restart.failure-rate-interval", RestartStrategy::FailureRate},
    {"restart.failure-rate-delay", RestartStrategy::FailureRate},
}};

RestartStrategy owner_of(std::string_view key) {
  for (const Owned& owned : kOwned) {
    if (owned.key == key) return owned.owner;
  }
  return RestartStrategy::Default;
}

std::string word(RestartStrategy strategy) {
  return std::string(split(kRestartStrategies, '|')[static_cast<std::size_t>(strategy)]);
}

bool contains(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string remedy(std::string_view key, RestartStrategy strategy) {
  std::vector<std::string_view> own;
  for (const Owned& owned : kOwned) {
    if (owned.owner == strategy) own.push_back(owned.key);
  }
  if (own.empty()) return "; remove it";
  const std::string_view name = key.substr(key.find('.') + 1);
  const auto alike = std::find_if(own.begin(), own.end(),
                                  [&](std::string_view one) { return one.find(name) != std::string_view::npos; });
  const std::string_view meant = alike == own.end() ? nearest(key, own) : *alike;
  return meant.empty() ? "; remove it, or use " + joined(own, ", ") : "; did you mean " + in_quotes(meant) + "?";
}

}  // namespace

std::optional<RestartProblem> choose_restart_strategy(RunSpec& spec, const std::vector<std::string_view>& said) {
  if (contains(said, kRestartStrategy)) return std::nullopt;
  const auto owned = [](std::string_view key) { return owner_of(key) != RestartStrategy::Default; };
  const auto first = std::find_if(said.begin(), said.end(), owned);
  if (first == said.end()) return std::nullopt;
  const RestartStrategy chosen = owner_of(*first);
  for (const std::string_view key : said) {
    if (!owned(key) || owner_of(key) == chosen) continue;
    return RestartProblem{key, "belongs to " + word(owner_of(key)) + ", and " + std::string(*first) + " to " +
                                   word(chosen) + "; name one of them with " + std::string(kRestartStrategy)};
  }
  engine::RestartOptions& options = spec.options.restart;
  const RestartStrategy before = std::exchange(options.strategy, chosen);
  const bool begun = chosen == RestartStrategy::FixedDelay && before != chosen;
  if (begun && !contains(said, kRestartAttempts)) options.fixed_delay.attempts = engine::kUnlimitedRestarts;
  return std::nullopt;
}

std::vector<RestartProblem> foreign_restart_keys(const RunSpec& spec, const std::vector<std::string_view>& said) {
  const RestartStrategy strategy = engine::restart_strategy(spec.options);
  std::vector<RestartProblem> problems;
  for (const std::string_view key : said) {
    const RestartStrategy owner = owner_of(key);
    if (owner == RestartStrategy::Default || owner == strategy) continue;
    problems.push_back(
        {key, "belongs to " + word(owner) + ", and the strategy is " + word(strategy) + remedy(key, strategy)});
  }
  return problems;
}

bool said_by_delay(const engine::RestartOptions& options) {
  engine::RestartOptions chosen;
  chosen.strategy = RestartStrategy::FixedDelay;
  chosen.fixed_delay = {engine::kUnlimitedRestarts, options.fixed_delay.delay};
  return options == chosen && options.fixed_delay.delay != engine::FixedDelayOptions{}.delay;
}

}  // namespace weir::scenarios
