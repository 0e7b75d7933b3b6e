#pragma once

// The words of keys whose values are enumerators, in the order of these.

#include <string_view>

namespace weir::scenarios {

inline constexpr std::string_view kBackends = "heap|rocksdb";
inline constexpr std::string_view kStorages = "filesystem|jobmanager";
inline constexpr std::string_view kRetentions = "never|on-failure|on-cancellation";
inline constexpr std::string_view kModes = "exactly-once|at-least-once";
inline constexpr std::string_view kFailoverStrategies = "region|full";
inline constexpr std::string_view kAvailabilities = "none|store";
inline constexpr std::string_view kSplitAssignments = "by-number|on-request";
inline constexpr std::string_view kSchedules = "fifo|random";

}  // namespace weir::scenarios
