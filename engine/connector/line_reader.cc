#include <algorithm>

#include "weir/engine/connectors.h"

namespace weir::engine::detail {
namespace {

constexpr std::uint32_t kMaxSplits = 1u << 16;  // what Origin has room for

// First byte after the line that holds or ends at `from`.
std::uint64_t next_line(BytesView text, std::uint64_t from) {
  const std::size_t end = text.find('\n', from);
  return end == BytesView::npos ? text.size() : end + 1;
}

// Without its line end, which is "\n" or "\r\n".
BytesView without_line_end(BytesView line) {
  if (!line.ends_with('\n')) return line;
  line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Split without overflow for any size: whole bytes a split, and the remainder spread over the first ones.
std::uint64_t range_begin(BytesView text, std::uint32_t splits, std::uint32_t split) {
  const std::uint64_t share = text.size() / splits;
  const std::uint64_t rest = text.size() % splits;
  return share * split + std::min<std::uint64_t>(split, rest);
}

}  // namespace

BytesView LineReader::contents(Environment& environment) const {
  if (splits_ == 0 || splits_ > kMaxSplits) {
    throw OperatorFailure{FailureCause::SourceFailed, "'" + path_ + "' cannot be read in " + std::to_string(splits_) +
                                                          " splits: ask for 1 to " + std::to_string(kMaxSplits)};
  }
  const Result<BytesView> contents = environment.files.contents(path_);
  if (!contents.ok()) throw OperatorFailure{FailureCause::SourceFailed, contents.status().message()};
  return contents.value();
}

void LineReader::open_reader() { text_ = contents(context().environment); }

std::vector<SourceSplit> LineReader::discover(Environment& environment) {
  const BytesView text = contents(environment);
  std::vector<Split> splits;
  for (std::uint32_t id = 0; id < splits_; ++id) {
    const std::uint64_t begin = range_begin(text, splits_, id);
    splits.push_back({id, begin == 0 ? 0 : next_line(text, begin - 1), false});
  }
  return splits;
}

std::uint32_t LineReader::read(Split& split, std::uint32_t max) {
  const std::uint64_t end = range_begin(text_, splits_, split.id + 1);
  std::uint32_t emitted = 0;
  for (; emitted < max && split.position < end; ++emitted) {
    const std::uint64_t next = next_line(text_, split.position);
    line_.assign(without_line_end(text_.substr(split.position, next - split.position)));
    chain().origin = Origin::of(context().source_ordinal, split.id, split.position);
    out_->collect(line_);
    split.position = next;
  }
  split.finished = split.position >= end;
  return emitted;
}

}  // namespace weir::engine::detail
