#pragma once

// Values by their schema alone (schema.h), without the C++ type: bytes to the text that `describe` prints, and back.
// What a schema does not tell in full — custom types, "opaque" — has no known end and shows as hex digits.

#include <optional>
#include <string>
#include <string_view>

#include "weir/engine/schema.h"
#include "weir/engine/status.h"

namespace weir::engine {

// Appends one value as `describe` prints it: 42, "ann", {user: "ann", at: 17}, {1, 2}, [1, 2], none. Fails the reader
// when the bytes are no such value or the schema has no known end; what was appended is of no use then.
void describe_as(const SchemaNode& schema, ByteReader& reader, std::string& out);

// The whole of `bytes` as one value; "0x…" when they are not exactly one, or when there is no schema.
std::string value_text(const std::optional<SchemaNode>& schema, BytesView bytes);

// The bytes of a value in the text form above. A string alone needs no quotes, fields may be given without names.
// Invalid, with what was expected and where, when the text is no such value. REQUIRES a schema with a known end; any
// other is Invalid too.
Result<Bytes> value_from_text(const SchemaNode& schema, std::string_view text);

void append_hex(BytesView bytes, std::string& out);  // "0x" and two digits a byte

}  // namespace weir::engine
