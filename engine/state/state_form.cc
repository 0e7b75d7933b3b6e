#include "state/state_form.h"

#include <algorithm>

#include "weir/engine/assert.h"

namespace weir::engine {
namespace {

FormChange refused(const StateMeta& state, const std::string& written, const std::string& now) {
  return {
      Compatibility::Incompatible,
      "state '" + state.name + "' was written as " + written + " and is registered as " + now +
          ": its cells do not decode as that; register it as it was written, or give the new one a name of its own"};
}

}  // namespace

FormChange compare_states(const StateMeta& written, const StateMeta& now) {
  if (written == now) return {Compatibility::AsIs, {}};
  if (written.kind != now.kind) return refused(now, name_of(written.kind), name_of(now.kind));
  // An entry is found by the bytes of its user key, so these may not change.
  const Compatibility keys = compare_schemas(written.user_key, now.user_key);
  if (keys > Compatibility::Reconfigured) {
    return refused(now, "a map of " + written.user_key, "a map of " + now.user_key);
  }
  const Compatibility values = compare_schemas(written.value, now.value);
  if (values == Compatibility::Incompatible) return refused(now, written.value, now.value);
  // ST-16: a time to live may come and go.
  const Compatibility stamps = written.stamped == now.stamped ? Compatibility::AsIs : Compatibility::AfterMigration;
  if (stamps != Compatibility::AsIs && !parse_schema(written.value)) return refused(now, written.value, now.value);
  return {std::max({keys, values, stamps}), {}};
}

WrittenForm written_form(const StateMeta& written, Time now) {
  std::optional<SchemaNode> value = parse_schema(written.value);
  WEIR_ASSERT(value.has_value(), "cells are rewritten from a schema that was not found compatible");
  return {written.stamped, std::move(*value), now};
}

}  // namespace weir::engine
