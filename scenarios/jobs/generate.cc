#include "jobs/generate.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::scenarios {
namespace {

constexpr std::string_view kConsonants = "bdfgklmnprstvz";
constexpr std::string_view kVowels = "aeiou";

}  // namespace

// Digits of base 70 as syllables, at least two of them.
std::string nth_word(std::uint64_t n) {
  std::string word;
  for (int syllables = 0; syllables < 2 || n > 0; ++syllables) {
    word += kConsonants[n % kConsonants.size()];
    n /= kConsonants.size();
    word += kVowels[n % kVowels.size()];
    n /= kVowels.size();
  }
  return word;
}

std::uint32_t partitions_of(const JobRef& ref) { return ref.partitions == 0 ? ref.parallelism : ref.partitions; }

sim::Topic generated_topic(std::string name, const JobRef& ref,
                           const std::function<engine::Bytes(sim::RandomStream&)>& make) {
  sim::RandomStream random(ref.workload_seed, "workload/" + name);
  sim::Topic topic{std::move(name), {}};
  const std::uint32_t partitions = partitions_of(ref);
  topic.partitions.resize(partitions);
  for (std::uint64_t i = 0; i < ref.records; ++i) topic.partitions[i % partitions].push_back(make(random));
  return topic;
}

std::int64_t EventTimes::next(sim::RandomStream& random) {
  std::int64_t& clock = clocks_[made_++ % clocks_.size()];
  return clock += static_cast<std::int64_t>(random.between(0, most_between_));
}

JobRef part_of(JobRef ref, std::uint64_t parts) {
  ref.records = std::max<std::uint64_t>(1, ref.records / parts);
  return ref;
}

}  // namespace weir::scenarios
