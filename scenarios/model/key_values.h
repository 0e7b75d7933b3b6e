#pragma once

// How values of each key type are read from text and written to it.

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/engine/status.h"
#include "weir/scenarios/keys.h"

namespace weir::scenarios {

std::string hex_text(std::uint64_t value);               // "0x2a"
std::string range_text(const sim::LatencyRange& range);  // "50us..180us"

// Each refuses what lies outside the key's limits; the message says what was expected.
engine::Result<std::uint64_t> read_integer(const SpecKey& key, std::string_view text);
engine::Result<bool> read_boolean(const SpecKey& key, std::string_view text);
engine::Result<engine::Duration> read_duration(const SpecKey& key, std::string_view text);
engine::Result<sim::LatencyRange> read_range(const SpecKey& key, std::string_view text);
engine::Result<std::size_t> read_choice(const SpecKey& key, std::string_view text);  // position in `words`

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trimmed(std::string_view text);  // without spaces, tabs and line ends around it

engine::Status bad_value(const SpecKey& key, std::string_view text);

}  // namespace weir::scenarios
