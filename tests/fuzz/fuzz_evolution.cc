// Cells of an older form, read by their own description and written by that of today (cells.h, flink-semantics 5.4).
// Input: one byte for stamps, the description of the values, a zero byte, the cell.

#include <array>
#include <tuple>

#include "fuzz_support.h"
#include "weir/engine/cells.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

struct Visit {
  std::string page;
  std::int64_t at = 0;
  std::vector<std::optional<std::int16_t>> marks;
  std::tuple<bool, double> score;
  static constexpr auto fields() { return std::tuple{&Visit::page, &Visit::at, &Visit::marks, &Visit::score}; }
  static constexpr auto field_names() { return std::array{"page", "at", "marks", "score"}; }
};

template <class C>
void rewrite(const WrittenForm& form, bool stamped, BytesView cell) {
  ByteBuffer out;
  if (!kCellOps<C>.rewrite(form, stamped, cell, out)) return;
  C decoded;
  ByteReader reader(out.view());
  CellCodec<C>::read(decoded, stamped, reader);
  must(!reader.failed() && reader.at_end(), "a migrated cell decodes");
  if (!stamped) return;
  ByteBuffer left;
  kCellOps<C>.unexpired(StateTtl(StateTtlConfig{.ttl = Duration{1000}}), at_ns(2000), out.view(), left);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  const BytesView all = view(data, size);
  const std::size_t end = all.find('\0', 1);
  if (size < 2 || end == BytesView::npos) return 0;
  const BytesView description = all.substr(1, end - 1);
  const BytesView cell = all.substr(end + 1);
  if (compare_schemas(description, schema_of<Visit>()) == Compatibility::Incompatible) return 0;
  const WrittenForm form{(data[0] & 1) != 0, *parse_schema(description), at_ns(1500)};
  const bool stamped = (data[0] & 2) != 0;
  survives([&] {
    rewrite<ValueCell<Visit>>(form, stamped, cell);
    rewrite<ListCell<Visit>>(form, stamped, cell);
    rewrite<MapCell<std::string, Visit>>(form, stamped, cell);
  });
  return 0;
}
