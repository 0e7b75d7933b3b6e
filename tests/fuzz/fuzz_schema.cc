// Descriptions of types (schema.h), and values read and written by them alone (schema_text.h). Input: a description,
// another one and a value, with a zero byte between them.

#include "fuzz_support.h"
#include "weir/engine/schema_text.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

// Text that was written from bytes gives bytes that are written as the same text.
void text_round_trip(const SchemaNode& schema, const std::string& text) {
  const auto bytes = value_from_text(schema, text);
  if (bytes.ok()) must(value_text(schema, bytes.value()) == text, "a value is written as it was read");
}

void read_value(const SchemaNode& schema, BytesView value) {
  std::string text;
  ByteReader described(value);
  describe_as(schema, described, text);
  ByteReader skipped(value);
  skip_value(schema, skipped);
  must(described.failed() || (!skipped.failed() && skipped.position() == described.position()),
       "what can be shown can be stepped over, to the same end");
  if (!described.failed() && text.find("nan") == std::string::npos) text_round_trip(schema, text);
  (void)value_text(schema, value);
  (void)value_from_text(schema, value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size, 2048);
  const BytesView all = view(data, size);
  const std::size_t first = all.find('\0');
  if (first == BytesView::npos) return 0;
  const std::size_t second = all.find('\0', first + 1);
  if (second == BytesView::npos) return 0;
  const BytesView written = all.substr(0, first);
  const BytesView now = all.substr(first + 1, second - first - 1);
  must(compare_schemas(written, written) == Compatibility::AsIs, "a description is that of itself");
  (void)compare_schemas(written, now);
  if (const auto schema = parse_schema(written)) read_value(*schema, all.substr(second + 1));
  return 0;
}
