#pragma once

// Values as Flink's configuration spells them: "10 s", "32 mb", TRUE, RETAIN_ON_CANCELLATION.

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/engine/status.h"

namespace weir::scenarios {

enum class FlinkForm : std::uint8_t {
  Duration,  // "10 s", "500 ms", "1 min"; a plain number is milliseconds
  Size,      // "32 mb", "20 kb", "1g"; a plain number is bytes
  Flag,      // true or false, in any case
  Count,     // an integer from 0
  Positive,  // an integer from 1
  Ratio,     // from 1 on, at most two decimals: 2.0 is 200 percent
  Factor,    // from 0 on, at most three decimals: 1.5 is 1500 thousandths
  Word,      // one of the words, in any case
};

// The value as a key of weir takes it; a message of what is allowed otherwise. `words` holds "FLINK=weir" pairs,
// separated by '|': all there are of a Word, exceptions of the other forms.
engine::Result<std::string> weir_value(FlinkForm form, std::string_view words, std::string_view text);

std::string flink_expectation(FlinkForm form, std::string_view words);  // "a duration such as \"10 s\""

std::string lower_case(std::string_view text);  // of ASCII letters

}  // namespace weir::scenarios
