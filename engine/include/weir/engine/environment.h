#pragma once

// The ports of the engine: everything it can do to the world. Implemented by `sim`; owned by the engine, because the
// engine decides what it needs. Nothing here names a thread, a wall clock or a real file.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/engine/defects.h"
#include "weir/engine/events.h"
#include "weir/engine/ha_store.h"
#include "weir/engine/messages.h"
#include "weir/engine/segment.h"
#include "weir/engine/status.h"
#include "weir/engine/types.h"

namespace weir::engine {

class Clock {
 public:
  virtual ~Clock() = default;
  // Stands still while an event is handled; never goes back.
  virtual Time now() const = 0;
};

// A timer's own words, opaque to the world; `kind` is chosen by the process that armed it.
struct TimerEvent {
  std::uint8_t kind = 0;
  std::uint16_t subtask = 0;
  std::uint32_t attempt = 0;
  std::uint64_t argument = 0;
};

class Timers {
 public:
  virtual ~Timers() = default;
  // Calls owner.on_timer(event) after `delay` (>= 0), unless the process died in between. There is no cancel: the owner
  // ignores what is stale, by attempt or argument.
  virtual void arm(ProcessId owner, Duration delay, const TimerEvent& event) = 0;
};

class ControlPlane {
 public:
  virtual ~ControlPlane() = default;
  // At most once, after a delay. May be lost, and may be overtaken by a later message of the same pair only when a
  // fault says so; stale messages are fenced by the receiver (flink-semantics 12, RP-1..3). `session`: of the
  // JobManager that sends it or that it is meant for (JobMasterId, RP-2).
  virtual void send(ProcessId from, ProcessId to, SessionId session, Message message) = 0;
};

// Ordered, reliable byte channels with credit (BP-1). Loss has prefix semantics: a break loses the tail and both ends
// that still live learn of it through Process::on_connection_broken.
class DataPlane {
 public:
  virtual ~DataPlane() = default;
  // Each end announces itself once per connection. Segments and credits sent before the other end is there wait for it.
  virtual void attach_producer(ConnectionId connection, ProcessId process) = 0;
  virtual void attach_consumer(ConnectionId connection, ProcessId process) = 0;
  // Takes ownership of the segment. The caller keeps to the credit it has; events need none.
  virtual void send(ConnectionId connection, Segment* segment) = 0;
  virtual void grant(ConnectionId connection, std::uint32_t credits) = 0;
  // The consumer wants segments of at most so many bytes from now on (BP-6). In order with the grants; the newest
  // counts.
  virtual void announce_size(ConnectionId connection, std::uint32_t bytes) = 0;
  // This end is gone in an orderly way: nothing in flight towards it is delivered, what it sent still arrives, and
  // nothing is reported broken. Both ends may live in one process, so each has a call of its own. Harmless when
  // repeated.
  virtual void detach_producer(ConnectionId connection) = 0;
  virtual void detach_consumer(ConnectionId connection) = 0;
};

// Durable place for snapshots and metadata, shared by all processes and surviving them.
class CheckpointStorage {
 public:
  virtual ~CheckpointStorage() = default;
  // Visible and durable only when owner.on_stored(id, Ok) is called; before that, and after a failure or a crash of the
  // owner, the file may exist in part or not at all.
  virtual void write(ProcessId owner, WriteId id, std::string path, Bytes content) = 0;
  // The same at the end of a file, which is made by the first append and which this owner alone writes. Appends to one
  // file take effect in order; after one that failed, later ones to it fail as well.
  virtual void append(ProcessId owner, WriteId id, std::string path, Bytes content) = 0;
  // A complete, durable file (of one that is appended to, what is there), or NotFound. The view lives until the next
  // call on this port.
  virtual Result<BytesView> read(const std::string& path) = 0;
  // Idempotent; a file that is not there is fine (SH-6).
  virtual void remove(const std::string& path) = 0;
  // Paths of the files below it, ascending.
  virtual std::vector<std::string> list(const std::string& directory) = 0;
};

// The disk of one machine. Content and directory entries are pending until synced; a crash of the machine keeps what is
// durable and any prefix of what is pending.
class LocalDisk {
 public:
  virtual ~LocalDisk() = default;
  virtual Status create(const std::string& path) = 0;  // truncates
  virtual Status append(const std::string& path, BytesView bytes) = 0;
  virtual Status sync(const std::string& path) = 0;                 // file content becomes durable
  virtual Status sync_directory(const std::string& directory) = 0;  // its entries become durable
  virtual Result<BytesView> read(const std::string& path) = 0;      // whole file; valid until the next mutation
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status link(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status truncate(const std::string& path, std::uint64_t size) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual Status make_directory(const std::string& path) = 0;               // fine when it exists
  virtual Status remove_directory(const std::string& path) = 0;             // with everything below it
  virtual std::vector<std::string> list(const std::string& directory) = 0;  // names, sorted
};

class Disks {
 public:
  virtual ~Disks() = default;
  virtual LocalDisk& of(ProcessId process) = 0;
};

class Randomness {
 public:
  virtual ~Randomness() = default;
  // The next draw of the named stream, uniform in [0, bound); bound > 0. Streams do not disturb each other.
  virtual std::uint64_t draw(std::string_view stream, std::uint64_t bound) = 0;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(const Event& event) = 0;
};

struct LogRecord {
  BytesView value;
  Origin origin;  // what the producer passed; for input topics Origin::of(0, partition, offset)
};

// A replayable, partitioned log with transactions: source and sink of exactly-once pipelines. A call takes effect at
// one instant, inside the call; its duration is the caller's to model.
class LogBroker {
 public:
  virtual ~LogBroker() = default;
  virtual std::uint32_t partitions(std::string_view topic) = 0;  // 0: no such topic
  // Up to `max` records from `offset` on, appended to `out`; views live until the run ends. Reading past the end of a
  // bounded topic yields nothing.
  virtual void fetch(std::string_view topic, std::uint32_t partition, std::uint64_t offset, std::uint32_t max,
                     std::vector<LogRecord>& out) = 0;
  virtual std::uint64_t end_offset(std::string_view topic, std::uint32_t partition) = 0;

  // A new producer under `producer_name` fences all older ones of that name (TX-16); returns its epoch. Fenced when a
  // later attempt than `owner` has registered it: who stood still before its sink opened cannot undo what its successor
  // has promised. Kafka knows no such token and takes whoever comes last.
  virtual Result<std::uint32_t> register_producer(std::string_view producer_name, AttemptId owner) = 0;
  // A transaction of that producer into `topic`. Fenced when the epoch is stale.
  virtual Result<TransactionId> begin(std::string_view producer_name, std::uint32_t epoch, std::string_view topic) = 0;
  virtual Status append(TransactionId transaction, std::uint32_t partition, BytesView value, Origin origin) = 0;
  // Everything appended is at the broker, durable, and survives its producer (pre-commit).
  virtual Status flush(TransactionId transaction) = 0;
  // Idempotent (TX-1): committing a committed transaction is Ok. NotFound or Fenced for one that was aborted.
  virtual Status commit(TransactionId transaction) = 0;
  virtual Status abort(TransactionId transaction) = 0;
  // Transactions of that name which are neither committed nor aborted, ascending (TX-17).
  virtual std::vector<TransactionId> open_transactions(std::string_view producer_name) = 0;
  // Names beginning with `prefix` that have such transactions, ascending.
  virtual std::vector<std::string> open_producers(std::string_view prefix) = 0;
};

// Real files, read before the run and immutable during it.
class InputFiles {
 public:
  virtual ~InputFiles() = default;
  virtual Result<BytesView> contents(std::string_view path) = 0;  // lives until the run ends
};

// Handed to every process. Holds references only; all of them outlive the processes.
struct Environment {
  Clock& clock;
  Timers& timers;
  ControlPlane& control;
  DataPlane& data;
  CheckpointStorage& storage;
  Disks& disks;
  Randomness& random;
  EventSink& events;
  LogBroker& log;
  InputFiles& files;
  SegmentPool& segments;
  const DefectSet& defects;
  HaStore* ha = nullptr;  // null: there is none, and no job may ask for it
};

}  // namespace weir::engine
