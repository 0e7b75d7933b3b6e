#pragma once

// Colours that stay apart for colour-blind readers (the eight of Okabe and Ito). Each also has a shape or a line of its
// own, so that a print in grey still reads.

#include <string_view>

namespace weir::reports::palette {

inline constexpr std::string_view kInk = "#1a1a1a";
inline constexpr std::string_view kPaper = "#ffffff";
inline constexpr std::string_view kGrid = "#e4e4e4";
inline constexpr std::string_view kLife = "#8a8a8a";
inline constexpr std::string_view kGhost = "#9a9a9a";
inline constexpr std::string_view kOrange = "#e69f00";      // barriers
inline constexpr std::string_view kSky = "#56b4e9";         // snapshots, alignment
inline constexpr std::string_view kGreen = "#009e73";       // completed, committed
inline constexpr std::string_view kYellow = "#f0e442";      // faults
inline constexpr std::string_view kBlue = "#0072b2";        // acknowledgements
inline constexpr std::string_view kVermillion = "#d55e00";  // crashes, aborts, violations
inline constexpr std::string_view kPurple = "#cc79a7";      // restores, the rewind

}  // namespace weir::reports::palette
