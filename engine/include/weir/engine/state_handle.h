#pragma once

// Where the pieces of a snapshot lie. A handle is a value: it travels in acknowledgements, lies in `_metadata`, comes
// back in deployments, and is cut to pieces when a job is rescaled. The bytes themselves stay where they are.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/types.h"

namespace weir::engine {

// A sealed string of bytes: in a file of checkpoint storage, or here when it is small (SH-12).
struct StateHandle {
  std::string path;  // empty: `inlined` has the bytes
  Bytes inlined;
  std::uint64_t size = 0;
  bool in_file() const { return !path.empty(); }
  friend bool operator==(const StateHandle&, const StateHandle&) = default;
};

// A file that several checkpoints may refer to (SH-1). Its path is its physical identity and so the key it is
// registered under: names that a backend derives by itself can repeat after a second recovery (SN-18).
struct SharedFile {
  std::string name;  // what the backend calls it: "000012.sst"
  std::string path;
  std::uint64_t size = 0;
  bool placeholder = false;  // uploaded for an earlier checkpoint; the registry knows it (SN-13, SH-3)
  friend bool operator==(const SharedFile&, const SharedFile&) = default;
};
// A file of one checkpoint only, besides the bytes of the handle (SN-13).
struct PrivateFile {
  std::string name;
  StateHandle state;
  friend bool operator==(const PrivateFile&, const PrivateFile&) = default;
};

// Keyed state, managed or raw. `range` says which key groups of it count: all that were written, or what is left of
// them when a rescaled subtask gets a part (RS-4, RS-5).
struct KeyedStateHandle {
  KeyGroupRange range{};
  StateHandle state;                    // the whole snapshot; of one in several files what joins them
  std::vector<SharedFile> shared = {};  // of native snapshots and of changelogs
  std::vector<PrivateFile> private_files = {};
  // In a backend's own files, which no other backend can read.
  bool native() const { return !private_files.empty(); }
  // A materialisation and segments of the log, which every backend replays (SN-20).
  bool changelog() const { return private_files.empty() && !shared.empty(); }
  friend bool operator==(const KeyedStateHandle&, const KeyedStateHandle&) = default;
};

enum class OperatorStateMode : std::uint8_t { SplitDistribute, Union, Broadcast };  // ST-8
std::string_view name(OperatorStateMode mode);

// The elements of one named state within the bytes of its handle, by where they start (ST-9, SN-11).
struct OperatorStatePart {
  std::string name;
  OperatorStateMode mode = OperatorStateMode::SplitDistribute;
  std::vector<std::uint64_t> offsets;
  friend bool operator==(const OperatorStatePart&, const OperatorStatePart&) = default;
};
// Operator state, managed or raw. Several subtasks may read different elements of the same bytes (RS-8).
struct OperatorStateHandle {
  std::vector<OperatorStatePart> parts;
  StateHandle state;
  friend bool operator==(const OperatorStateHandle&, const OperatorStateHandle&) = default;
};

// What one end of a channel saved of it for an unaligned checkpoint (BA-23, BA-29). The channel is named by what it
// connects, so that both ends' parts of it find each other, and find their way in another job graph (BA-38, BA-40).
struct InFlightPart {
  OperatorId producer;
  OperatorId consumer;
  std::uint32_t input = 0;  // position of the edge among those of the consumer's vertex
  std::uint32_t producer_index = 0;
  std::uint32_t consumer_index = 0;
  bool sent = false;         // saved by the producer; else by the consumer
  std::uint64_t offset = 0;  // of its bytes in those of the handle
  std::uint64_t size = 0;
  friend bool operator==(const InFlightPart&, const InFlightPart&) = default;
};
struct InFlightHandle {
  std::vector<InFlightPart> parts;
  StateHandle state;
  friend bool operator==(const InFlightHandle&, const InFlightHandle&) = default;
};

// What one operator of one subtask has in a checkpoint, or restores from one. A snapshot has at most one handle of each
// kind; after a rescale there may be several.
struct OperatorSubtaskState {
  std::vector<KeyedStateHandle> managed_keyed = {};
  std::vector<KeyedStateHandle> raw_keyed = {};
  std::vector<OperatorStateHandle> managed_operator = {};
  std::vector<OperatorStateHandle> raw_operator = {};
  std::vector<InFlightHandle> in_flight = {};  // of the whole chain, at its head
  bool empty() const {
    return managed_keyed.empty() && raw_keyed.empty() && managed_operator.empty() && raw_operator.empty() &&
           in_flight.empty();
  }
  friend bool operator==(const OperatorSubtaskState&, const OperatorSubtaskState&) = default;
};

// What was in flight on one channel of a checkpoint, in the order in which its records were sent; a record may go on
// from one slice in the next.
struct InFlightData {
  struct Slice {
    StateHandle state;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    friend bool operator==(const Slice&, const Slice&) = default;
  };
  std::uint32_t input = 0;     // position of its edge among those of the vertex
  std::uint32_t producer = 0;  // index of the subtask that sent it
  bool same_channel = true;  // the channel is still there; else only some of the records may be this subtask's (BA-38)
  std::vector<Slice> slices;
  friend bool operator==(const InFlightData&, const InFlightData&) = default;
};

// The same for a whole chain. In an acknowledgement, operators without state are left out (CO-25); in a deployment
// there is an entry for every operator that the restored checkpoint knows, though it may be empty (ST-12).
struct SubtaskState {
  struct Operator {
    OperatorId id;
    OperatorSubtaskState state;
    friend bool operator==(const Operator&, const Operator&) = default;
  };
  std::vector<Operator> operators = {};
  std::vector<InFlightData> in_flight = {};  // in a deployment: what the subtask has to process first (BA-36)
  friend bool operator==(const SubtaskState&, const SubtaskState&) = default;
};

// Bytes that a restore would read, shared files included.
std::uint64_t size_of(const OperatorSubtaskState& state);
std::uint64_t size_of(const SubtaskState& state);
std::uint64_t size_of_in_flight(const OperatorSubtaskState& state);  // of that the data that was in flight

// Calls use(path) for each file that belongs to this checkpoint alone, in the order they were written (SH-9, SH-10).
template <class Use>
void each_private_file(const OperatorSubtaskState& state, Use use) {
  const auto in_file = [&](const StateHandle& handle) {
    if (handle.in_file()) use(handle.path);
  };
  for (const auto* handles : {&state.managed_keyed, &state.raw_keyed}) {
    for (const KeyedStateHandle& handle : *handles) {
      in_file(handle.state);
      for (const PrivateFile& file : handle.private_files) in_file(file.state);
    }
  }
  for (const auto* handles : {&state.managed_operator, &state.raw_operator}) {
    for (const OperatorStateHandle& handle : *handles) in_file(handle.state);
  }
  for (const InFlightHandle& handle : state.in_flight) in_file(handle.state);
}
template <class Use>
void each_private_file(const SubtaskState& state, Use use) {
  for (const SubtaskState::Operator& op : state.operators) each_private_file(op.state, use);
}
// Calls use(SharedFile) for each that other checkpoints may refer to as well.
template <class Use>
void each_shared_file(const OperatorSubtaskState& state, Use use) {
  for (const KeyedStateHandle& handle : state.managed_keyed) {
    for (const SharedFile& file : handle.shared) use(file);
  }
}
template <class Use>
void each_shared_file(const SubtaskState& state, Use use) {
  for (const SubtaskState::Operator& op : state.operators) each_shared_file(op.state, use);
}
// The same as lists of paths.
void append_private_files(const OperatorSubtaskState& state, std::vector<std::string>& paths);
void append_private_files(const SubtaskState& state, std::vector<std::string>& paths);
std::vector<std::string> private_files(const SubtaskState& state);
void append_shared_files(const OperatorSubtaskState& state, std::vector<std::string>& paths);
void append_shared_files(const SubtaskState& state, std::vector<std::string>& paths);
std::vector<std::string> uploaded_shared_files(const SubtaskState& state);  // without placeholders

}  // namespace weir::engine
