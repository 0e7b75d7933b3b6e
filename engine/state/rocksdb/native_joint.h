#pragma once

// What joins the files of a native snapshot: the bytes of its handle. Without it nobody knows which state a column
// family is, and whether a file is what was written.

#include <string>
#include <vector>

#include "state/sealed_file.h"
#include "weir/engine/bytes.h"
#include "weir/engine/state_descriptor.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

struct NativeJoint {
  std::string backend;  // SN-18: kept by who restores it alone and whole
  KeyGroupRange range{};
  std::uint32_t max_parallelism = 0;  // decides the form of the composite keys (ST-3)
  std::string key_schema;
  std::vector<StateMeta> states;  // in the order of their column families
  std::vector<SealedFile> files;  // ascending by name
  friend bool operator==(const NativeJoint&, const NativeJoint&) = default;
};

Bytes encode_joint(const NativeJoint& joint);
// Corrupt, with what is wrong, when `bytes` are not one whole and intact joint.
Result<NativeJoint> decode_joint(BytesView bytes);
// Corrupt when its composite keys have another form.
Status check_max_parallelism(const NativeJoint& joint, std::uint32_t read_with);

}  // namespace weir::engine
