#pragma once

// The values that the words of an action stand for, the same in a scenario file and in the one line of `to_text`.

#include <array>
#include <string_view>
#include <vector>

#include "weir/scenarios/action.h"

namespace weir::scenarios {

inline constexpr std::array kActionKinds{ActionKind::Savepoint, ActionKind::Stop,    ActionKind::Cancel,
                                         ActionKind::Restore,   ActionKind::Rescale, ActionKind::Upgrade};
inline constexpr std::array kSavepointFormats{engine::SavepointFormat::Canonical, engine::SavepointFormat::Native};
inline constexpr std::array kOrigins{sim::StageOrigin::Savepoint, sim::StageOrigin::Checkpoint};
inline constexpr std::array kClaimModes{engine::ClaimMode::NoClaim, engine::ClaimMode::Claim};

template <class Enum, std::size_t N>
std::vector<std::string_view> words_of(const std::array<Enum, N>& all) {
  std::vector<std::string_view> words;
  for (const Enum one : all) words.push_back(name(one));
  return words;
}

// False: `word` is none of them.
template <class Enum, std::size_t N>
bool choose(std::string_view word, const std::array<Enum, N>& all, Enum& chosen) {
  for (const Enum one : all) {
    if (name(one) != word) continue;
    chosen = one;
    return true;
  }
  return false;
}

}  // namespace weir::scenarios
