#pragma once

// Reads a real file that should hold text, for scenario files and for the input of jobs.

#include <string>

#include "weir/engine/bytes.h"
#include "weir/engine/status.h"

namespace weir::scenarios {

// The whole file. A missing, unreadable, empty or binary file is a message with the remedy.
engine::Result<engine::Bytes> read_text_file(const std::string& path);

// Empty when the bytes are text: UTF-8 without control characters but blanks and line breaks. Otherwise what is wrong
// and where.
std::string why_not_text(engine::BytesView bytes);

}  // namespace weir::scenarios
