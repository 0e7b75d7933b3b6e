// Writes the first inputs of every fuzzer, one directory each: real snapshots of a few kinds of state, and real specs.
//   fuzz_seeds DIRECTORY

#include <filesystem>
#include <fstream>

#include "checkpoint/handle_codec.h"
#include "checkpoint/metadata.h"
#include "fakes/memory_storage.h"
#include "fakes/state_world.h"
#include "state/changelog/log_segment.h"
#include "state/heap_backend.h"
#include "state/in_flight_bytes.h"
#include "state/operator_state_bytes.h"
#include "state/raw_keyed_bytes.h"
#include "time/timer_bytes.h"
#include "weir/engine/hash.h"
#include "weir/engine/state.h"
#include "weir/scenarios/run_spec.h"

using namespace weir::engine;

namespace {

constexpr KeyGroupRange kAll{KeyGroup{0}, KeyGroup{127}};

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_(std::move(root)) {}
  void add(const std::string& fuzzer, BytesView input) {
    std::filesystem::create_directories(root_ / fuzzer);
    std::ofstream(root_ / fuzzer / ("seed-" + std::to_string(count_++)), std::ios::binary) << input;
  }

 private:
  std::filesystem::path root_;
  int count_ = 0;
};

Bytes keyed(std::size_t keys, bool with_map) {
  const auto backend = make_heap_backend(kAll);
  backend->use_key_schema("string");
  ValueState<std::int64_t> total(*backend, {"total"});
  ListState<std::pair<std::int64_t, bool>> recent(*backend, {"recent"});
  MapState<std::string, std::int32_t> visits(*backend, {"visits", StateTtlConfig{.ttl = Duration{50}}});
  for (std::size_t i = 0; i < keys; ++i) {
    const std::string key = "user-" + std::to_string(i);
    backend->set_current_namespace(i % 3 == 0 ? serialize(std::pair{std::int64_t{0}, std::int64_t{500}}) : Bytes());
    backend->set_current_key(serialize(key), key_group_of(java_hash(key), 128));
    total.update(static_cast<std::int64_t>(i) * 1000);
    recent.add({static_cast<std::int64_t>(i), i % 2 == 0});
    if (!with_map) continue;
    visits.put("home", static_cast<std::int32_t>(i));
    visits.put("shop", std::nullopt);
  }
  return backend->snapshot(CheckpointId{1})->write();
}

std::vector<RawState::Group> timers() {
  TimerQueue event, processing;
  for (std::int64_t i = 0; i < 4; ++i) {
    event.add({i * 100, KeyGroup{static_cast<std::uint16_t>(i)}, serialize("user-" + std::to_string(i)), "w"});
    processing.add({i * 7, KeyGroup{3}, serialize(std::string("ann")), {}});
  }
  return write_timers(event, processing);
}

StateHandle inlined(Bytes bytes) {
  const std::uint64_t size = bytes.size();
  return {{}, std::move(bytes), size};
}

OperatorStateHandle lists() {
  OperatorStateStore store;
  store.list("splits") = {"a", "bc", ""};
  store.union_list("all") = {"x"};
  store.broadcast("rules")["k"] = "v";
  EncodedOperatorState encoded = encode_operator_state(store);
  return {encoded.parts, inlined(encoded.bytes)};
}

OperatorSubtaskState everything(bool with_map) {
  OperatorSubtaskState state;
  state.managed_keyed.push_back({kAll, inlined(keyed(3, with_map))});
  state.raw_keyed.push_back({kAll, inlined(encode_raw_groups(kAll, timers()))});
  state.managed_operator.push_back(lists());
  EncodedOperatorState raw = encode_raw_partitions({"one", "two"});
  state.raw_operator.push_back({raw.parts, inlined(raw.bytes)});
  EncodedInFlight in_flight = encode_in_flight({{{OperatorId{1}, OperatorId{2}, 0, 1, 0, true}, "bytes"}});
  state.in_flight.push_back({in_flight.parts, inlined(in_flight.bytes)});
  return state;
}

OperatorSubtaskState incremental() {
  OperatorSubtaskState state;
  state.managed_keyed.push_back({kAll, {"chk-3/totals/0-1/0-keyed", {}, 64}});
  state.managed_keyed[0].shared = {{"000012.sst", "shared/9a", 4096, false}, {"000013.sst", "shared/9b", 4096, false}};
  state.managed_keyed[0].private_files = {{"MANIFEST", {"chk-3/totals/0-1/manifest", {}, 300}},
                                          {"CURRENT", inlined("MANIFEST\n")}};
  return state;
}

// RocksDB's own files, all of them in the handle.
OperatorSubtaskState native() {
  testing::StateWorld world;
  testing::MemoryStorage storage;
  const Backend backend = world.make_incremental();
  backend.state->use_key_schema("string");
  ValueState<std::int64_t> total(*backend.state, ValueStateDescriptor<std::int64_t>{"total"});
  MapState<std::string, std::int32_t> visits(*backend.state, MapStateDescriptor<std::string, std::int32_t>{"visits"});
  for (const std::string user : {"ann", "bob"}) {
    backend.state->set_current_key(serialize(user), key_group_of(java_hash(user), 128));
    total.update(42);
    visits.put("home", 7);
    visits.put("shop", std::nullopt);
  }
  KeyedStateHandle handle = testing::store(backend.state->snapshot({CheckpointId{3}, SnapshotKind::NativeSavepoint}),
                                           kAll, "savepoint-3/totals/0-1", storage);
  handle.state = inlined(storage.files.at(handle.state.path));
  for (PrivateFile& file : handle.private_files) file.state = inlined(storage.files.at(file.state.path));
  OperatorSubtaskState state;
  state.managed_keyed.push_back(std::move(handle));
  return state;
}

Bytes metadata(std::vector<OperatorSubtaskState> subtasks) {
  CompletedCheckpoint checkpoint{CheckpointId{3}, {}};
  OperatorPart part{OperatorId{0xABCD}, "totals", static_cast<std::uint32_t>(subtasks.size()), 128, {}};
  for (OperatorSubtaskState& state : subtasks) part.subtasks.push_back({std::move(state), false});
  checkpoint.operators = {part, {OperatorId{7}, "", 1, 128, {{{}, true}}}};
  return encode(checkpoint);
}

Bytes handles(const OperatorSubtaskState& state) {
  ByteBuffer out;
  {
    ByteWriter writer(out);
    write_state(state, writer);
  }
  return out.bytes();
}

Bytes log_segment() {
  const KeyGroup group{5};
  ChangeSet changes;
  changes.put({0, group, {}, "k"}, serialize(std::int64_t{7}));
  changes.append({1, group, "w", "k"}, "ab");
  changes.put({2, group, {}, "k"}, serialize(std::string("user")) + serialize(std::string("v")));
  changes.put({2, group, {}, "l", "user"}, "v");
  changes.remove({2, KeyGroup{9}, {}, "l", "user"});
  return changes.encode(kAll, "string",
                        {{"total", StateKind::Value, false, {}, "i64"},
                         {"recent", StateKind::List, false, {}, "(i64,bool)"},
                         {"visits", StateKind::Map, true, "string", "i32"}});
}

void add_schemas(Corpus& corpus) {
  using namespace std::string_literals;
  const std::string value = serialize(std::string("page")) + serialize(std::int64_t{5});
  corpus.add("schema", "{page:string,at:i64}\0{at:i64}\0"s + value);
  corpus.add("schema",
             "[(i8,?bool,f64)]\0opaque\0"s +
                 serialize(std::vector<std::tuple<std::int8_t, std::optional<bool>, double>>{{1, true, 2.5}}));
  corpus.add("schema", "money@3+\0money@4+\0x"s);
  corpus.add("schema", "{[string],u16,i32}@2\0{[string],u16,i32}\0"s + serialize(std::vector<std::string>{"a"}));
  corpus.add("evolution", "\x02{page:string,at:i64}\0"s + value);
  corpus.add("evolution", "\x03{page:string,at:i64,marks:[?i16],score:(bool,f64)}\0"s + Bytes(8, '\1') + value +
                              serialize(std::vector<std::optional<std::int16_t>>{3, std::nullopt}) +
                              serialize(std::tuple{true, 1.5}));
  corpus.add("evolution", "\x01{gone:[string],page:string}\0"s + Bytes(8, '\1') +
                              serialize(std::vector<std::string>{"x"}) + serialize(std::string("p")));
}

void add_specs(Corpus& corpus) {
  corpus.add("run_spec", "weir1: job.name=keyed-count; job.parallelism=4; checkpoint.interval=50ms; world.seed=0x2a");
  corpus.add("run_spec",
             "weir1: job.name=word-count; job.params.window=session; fault=crash(tm=2, restart=1s) at 350ms; "
             "fault=lose-messages(kind=acknowledge-checkpoint, subtask=totals/0, count=2) when ack-sent checkpoint=2; "
             "fault=slow-barrier(channel=map/1->totals/0, checkpoint=1, delay=5ms) at 1s; defects=ack-before-durable");
  corpus.add("run_spec", "# a note\njob.name = article\nscenario.name = a%0Ab\nstate.backend = rocksdb\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Corpus corpus(argv[1]);
  for (const std::size_t keys : {0u, 1u, 8u}) {
    for (const char* fuzzer : {"keyed_snapshot", "rocks"}) corpus.add(fuzzer, keyed(keys, false));
    for (const char* fuzzer : {"keyed_snapshot", "rocks"}) corpus.add(fuzzer, keyed(keys, true));
  }
  corpus.add("seal", "\x01\x20\x01\x7F sealed");
  for (const RawState::Group& group : timers()) corpus.add("timers", group.bytes);
  corpus.add("timers", encode_raw_groups(kAll, timers()));
  for (const OperatorSubtaskState& state :
       {everything(false), everything(true), incremental(), OperatorSubtaskState{}}) {
    corpus.add("restore", handles(state));
    for (const char* fuzzer : {"metadata", "inspect"}) corpus.add(fuzzer, metadata({state}));
  }
  corpus.add("inspect", metadata({native()}));
  OperatorSubtaskState two;
  two.managed_operator.push_back(lists());
  corpus.add("metadata", metadata({two, two}));
  corpus.add("changelog", log_segment());
  add_schemas(corpus);
  add_specs(corpus);
  return 0;
}
