#pragma once

// Flink's configuration keys (flink-semantics 14.1): what each is in weir, or why it is nothing. To model a further
// key, change its row.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/flink_values.h"

namespace weir::scenarios {

enum class FlinkUse : std::uint8_t {
  Sets,       // a key of weir
  Only,       // one value is what weir does; others are refused
  Ignored,    // any value is accepted, because it changes nothing that happens here
  Unmodelled  // refused
};

struct FlinkKey {
  std::string_view name;  // "execution.checkpointing.interval"; "rest.*" is every key that starts so
  FlinkUse use = FlinkUse::Unmodelled;
  FlinkForm form = FlinkForm::Word;  // Sets
  std::string_view sets;             // Sets: "checkpoint.interval"
  std::string_view words;            // Sets: as weir_value takes them; Only: the one value, in lower case
  std::string_view why;              // otherwise: a clause, "writes are not buffered here"
};
std::span<const FlinkKey> flink_keys();

struct FlinkOldName {
  std::string_view name;     // "state.backend"
  std::string_view present;  // "state.backend.type"
};
std::span<const FlinkOldName> flink_old_names();

// The name that Flink uses for what an old name stands for; other names are themselves.
std::string_view present_name(std::string_view name);
const FlinkKey* flink_key(std::string_view present);  // null: none known
// What a misspelt name may have been: present and old names.
std::vector<std::string_view> flink_names();

// The table as Markdown, for the format reference.
std::string flink_key_reference();

}  // namespace weir::scenarios
