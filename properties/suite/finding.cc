#include "suite/finding.h"

#include <algorithm>
#include <utility>

#include "history/checkpoint_facts.h"

namespace weir::properties {

void Finding::clear() {
  count_ = 0;
  details_.clear();
  witnesses_.clear();
}

void Finding::add(std::string sentence, std::initializer_list<std::uint32_t> witnesses) {
  if (wants_detail()) {
    details_.push_back(std::move(sentence));
    for (const std::uint32_t witness : witnesses) {
      if (witness != kNever) witnesses_.push_back(witness);
    }
  }
  ++count_;
}

void Finding::conclude(Verdict& verdict) const {
  if (!any()) return;
  verdict.answer = Answer::Violated;
  verdict.reason = details_.front();
  verdict.details = details_;
  if (count_ > details_.size()) verdict.details.push_back("and " + std::to_string(count_ - details_.size()) + " more");
  verdict.witnesses = witnesses_;
  std::sort(verdict.witnesses.begin(), verdict.witnesses.end());
  verdict.witnesses.erase(std::unique(verdict.witnesses.begin(), verdict.witnesses.end()), verdict.witnesses.end());
}

std::string counted(std::uint64_t n, const char* singular) {
  return std::to_string(n) + ' ' + singular + (n == 1 ? "" : "s");
}

}  // namespace weir::properties
