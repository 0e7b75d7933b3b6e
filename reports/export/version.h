#pragma once

#include <string_view>

namespace weir::reports {

inline constexpr std::string_view kVersion = WEIR_VERSION;  // given by CMake

}  // namespace weir::reports
