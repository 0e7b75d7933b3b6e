#pragma once

// Numbers for people. Integers only, so that the text is the same everywhere.

#include <cstdint>
#include <string>

namespace weir::reports {

std::string grouped(std::uint64_t value);     // "1,234,567"
std::string hex(std::uint64_t value);         // "0x2a"
std::string hex_digits(std::uint64_t value);  // sixteen digits: the spelling of trace hashes
std::string counted(std::uint64_t n, const char* one, const char* many);  // "1 seed", "200 seeds"
// Fixed places, so that columns line up: milliseconds with six decimals, "350.012345ms".
std::string clock_time(std::int64_t ns);
// Milliseconds with three decimals, rounded down: "1129.718ms"; close moments stay apart however late they are.
std::string axis_time(std::int64_t ns);
// The largest unit with at most three decimals, rounded down: "1.5s", "350.012ms", "85us".
std::string short_duration(std::int64_t ns);
std::string byte_size(std::uint64_t bytes);  // "812 B", "4.00 KB": Flink's units

}  // namespace weir::reports
