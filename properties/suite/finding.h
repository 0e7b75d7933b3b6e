#pragma once

// What one property has found against a run so far: the first finding is the reason, the first few are told in detail.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "weir/properties/property.h"

namespace weir::properties {

// Why nothing can be said of a run that ended with RunEnd::JobLost.
inline constexpr std::string_view kJobLost =
    "the JobManager crashed, and without high availability the job is lost with it (CO-46); start it again from what "
    "it "
    "left by an action, or set cluster.high-availability to store";

inline constexpr std::size_t kMaxDetails = 20;

class Finding {
 public:
  void clear();
  bool any() const { return count_ > 0; }
  std::uint64_t count() const { return count_; }
  // False once enough is told: the caller then only counts, and saves itself the words.
  bool wants_detail() const { return count_ < kMaxDetails; }
  void only_count() { ++count_; }
  // One violation. The first sentence becomes the reason; every one is a detail. Witnesses that are no event are left
  // out.
  void add(std::string sentence, std::initializer_list<std::uint32_t> witnesses);

  // Makes the verdict `violated` if there is anything to tell.
  void conclude(Verdict& verdict) const;

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> details_;
  std::vector<std::uint32_t> witnesses_;
};

// "1 record", "2 records".
std::string counted(std::uint64_t n, const char* singular);

}  // namespace weir::properties
