#include "world/data_plane.h"

#include <algorithm>
#include <utility>

#include "weir/engine/assert.h"
#include "world/effect.h"

namespace weir::sim {

using engine::Segment;
using engine::SegmentKind;

namespace {

std::uint64_t packed(ConnectionId id) { return std::uint64_t{id.channel.value} << 32 | id.generation.value; }

QueuedEvent event_for(std::uint32_t slot, ConnectionId id) {
  QueuedEvent event;
  event.small = slot;
  event.a = packed(id);
  return event;
}

}  // namespace

void SimDataPlane::reset(std::uint64_t seed, const engine::ExecutionGraph& graph, LatencyRange latency,
                         Duration detect_loss) {
  seed_ = seed;
  graph_ = &graph;
  latency_ = latency;
  detect_loss_ = detect_loss;
  links_.clear();
  connections_.clear();
  free_.clear();
  for (std::size_t channel = 0; channel < graph.channels().size(); ++channel) {
    links_.push_back({RandomStream(seed, "network/data", channel), RandomStream(seed, "network/credit", channel)});
  }
}

void SimDataPlane::clear() {
  for (Connection& connection : connections_) {
    release_all(connection.in_flight);
    release_all(connection.waiting);
  }
  connections_.clear();
  free_.clear();
  links_.clear();
}

// --- connections by id ---------------------------------------------------------------------------------------------

std::uint32_t SimDataPlane::find(ConnectionId id) const {
  WEIR_ASSERT(id.channel.value < links_.size(), "a connection of a channel that the job does not have");
  std::uint32_t slot = links_[id.channel.value].newest;
  while (slot != kNoConnection && connections_[slot].id != id) slot = connections_[slot].next;
  return slot;
}

std::uint32_t SimDataPlane::open(ConnectionId id) {
  std::uint32_t slot = find(id);
  if (slot != kNoConnection) return slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(connections_.size());
    connections_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
    connections_[slot] = Connection{};
  }
  connections_[slot].id = id;
  connections_[slot].next = std::exchange(links_[id.channel.value].newest, slot);
  return slot;
}

const Connection* SimDataPlane::at(const QueuedEvent& event) const {
  const Connection& connection = connections_[event.small];
  return packed(connection.id) == event.a ? &connection : nullptr;
}

Connection* SimDataPlane::at(const QueuedEvent& event) {
  return const_cast<Connection*>(std::as_const(*this).at(event));
}

void SimDataPlane::close_if_unused(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  if (!is_gone(connection.producer.state) || !is_gone(connection.consumer.state)) return;
  release_all(connection.in_flight);
  std::uint32_t* link = &links_[connection.id.channel.value].newest;
  while (*link != slot) link = &connections_[*link].next;
  *link = connection.next;
  connection.id = {};  // generation 0 is no attempt's
  free_.push_back(slot);
}

// --- the port ------------------------------------------------------------------------------------------------------

void SimDataPlane::attach_producer(ConnectionId id, ProcessId process) {
  const std::uint32_t slot = open(id);
  Connection& connection = connections_[slot];
  WEIR_ASSERT(connection.producer.state == EndState::Absent, "the producer of a connection attached twice");
  connection.producer = {EndState::Attached, process};
  if (connection.consumer.state == EndState::Dead) expect_break(slot, true);
  dispatch_waiting(slot, Happening::Credit, connection.waiting_credits);
  dispatch_waiting(slot, Happening::SegmentSize, connection.waiting_size);
}

void SimDataPlane::attach_consumer(ConnectionId id, ProcessId process) {
  const std::uint32_t slot = open(id);
  Connection& connection = connections_[slot];
  WEIR_ASSERT(connection.consumer.state == EndState::Absent, "the consumer of a connection attached twice");
  connection.consumer = {EndState::Attached, process};
  if (connection.producer.state == EndState::Dead) expect_break(slot, false);
  while (!connection.waiting.empty()) dispatch(slot, connection.waiting.pop());
}

void SimDataPlane::send(ConnectionId id, Segment* segment) {
  const std::uint32_t slot = find(id);
  WEIR_ASSERT(slot != kNoConnection && connections_[slot].producer.state == EndState::Attached,
              "a segment is sent on a connection that its producer does not hold");
  segment->cause = log_->cause();
  Connection& connection = connections_[slot];
  switch (connection.consumer.state) {
    case EndState::Attached:
      dispatch(slot, segment);
      break;
    case EndState::Absent:
      connection.waiting.push(segment);
      break;
    case EndState::Detached:
    case EndState::Dead:
      pool_->release(segment);
      break;
  }
}

void SimDataPlane::grant(ConnectionId id, std::uint32_t credits) {
  const std::uint32_t slot = find(id);
  WEIR_ASSERT(slot != kNoConnection && connections_[slot].consumer.state == EndState::Attached,
              "credit is granted on a connection that its consumer does not hold");
  Connection& connection = connections_[slot];
  if (connection.producer.state == EndState::Attached) dispatch_back(slot, Happening::Credit, credits);
  if (connection.producer.state == EndState::Absent) connection.waiting_credits += credits;
}

void SimDataPlane::announce_size(ConnectionId id, std::uint32_t bytes) {
  const std::uint32_t slot = find(id);
  WEIR_ASSERT(slot != kNoConnection && connections_[slot].consumer.state == EndState::Attached,
              "a size is announced on a connection that its consumer does not hold");
  Connection& connection = connections_[slot];
  if (connection.producer.state == EndState::Attached) dispatch_back(slot, Happening::SegmentSize, bytes);
  if (connection.producer.state == EndState::Absent) connection.waiting_size = bytes;
}

void SimDataPlane::detach_producer(ConnectionId id) {
  const std::uint32_t slot = find(id);
  if (slot == kNoConnection || connections_[slot].producer.state != EndState::Attached) return;
  connections_[slot].producer.state = EndState::Detached;
  close_if_unused(slot);
}

void SimDataPlane::detach_consumer(ConnectionId id) {
  const std::uint32_t slot = find(id);
  if (slot == kNoConnection || connections_[slot].consumer.state != EndState::Attached) return;
  connections_[slot].consumer.state = EndState::Detached;
  release_all(connections_[slot].in_flight);
  close_if_unused(slot);
}

// --- on the way ----------------------------------------------------------------------------------------------------

void SimDataPlane::dispatch(std::uint32_t slot, Segment* segment) {
  Connection& connection = connections_[slot];
  std::int64_t latency = scheduler_->latency(latency_, links_[connection.id.channel.value].segments);
  if (segment->kind == SegmentKind::Barrier && faults_->slowing()) [[unlikely]] {
    latency += barrier_delay(connection, *segment);
  }
  connection.last_segment_arrival = scheduler_->arrival(connection.last_segment_arrival, latency);
  connection.in_flight.push(segment);
  scheduler_->push(connection.last_segment_arrival, Happening::Segment, event_for(slot, connection.id));
}

// What follows the barrier on its connection is held as well, because arrivals ascend.
std::int64_t SimDataPlane::barrier_delay(const Connection& connection, const Segment& barrier) {
  const auto delay = faults_->slow(connection.id.channel, barrier.checkpoint);
  if (!delay) return 0;
  const std::int64_t extra = std::min<std::int64_t>(delay->extra.count(), kEndOfTime);
  log_->world(WorldEventKind::BarrierDelayed, actor_at(connection.id, true), connection.id.channel.value,
              barrier.checkpoint.value, static_cast<std::uint64_t>(extra));
  report_effect(*faults_, *log_, delay->fault);
  return extra;
}

void SimDataPlane::dispatch_waiting(std::uint32_t slot, Happening what, std::uint32_t& value) {
  if (value > 0) dispatch_back(slot, what, std::exchange(value, 0));
}

// Credits and sizes, in one order.
void SimDataPlane::dispatch_back(std::uint32_t slot, Happening what, std::uint32_t value) {
  Connection& connection = connections_[slot];
  const std::int64_t latency = scheduler_->latency(latency_, links_[connection.id.channel.value].credits);
  connection.last_credit_arrival = scheduler_->arrival(connection.last_credit_arrival, latency);
  QueuedEvent event = event_for(slot, connection.id);
  event.b = std::uint64_t{log_->cause()} << 32 | value;
  scheduler_->push(connection.last_credit_arrival, what, event);
}

std::optional<ProcessId> SimDataPlane::consumer_of(const QueuedEvent& event) const {
  const Connection* const connection = at(event);
  return connection == nullptr ? std::nullopt : std::optional(connection->consumer.process);
}

std::optional<ProcessId> SimDataPlane::producer_of(const QueuedEvent& event) const {
  const Connection* const connection = at(event);
  return connection == nullptr ? std::nullopt : std::optional(connection->producer.process);
}

std::optional<ProcessId> SimDataPlane::hearer_of(const QueuedEvent& event) const {
  return (event.b & 1) != 0 ? producer_of(event) : consumer_of(event);
}

void SimDataPlane::deliver_segment(const QueuedEvent& event) {
  Connection* connection = at(event);
  if (connection == nullptr || connection->in_flight.empty()) return;
  Segment* segment = connection->in_flight.pop();
  log_->begin_handler(segment->cause);
  // The callee may open connections, which moves this one.
  processes_->find(connection->consumer.process)->on_segment(ConnectionId{connection->id}, segment);
}

void SimDataPlane::deliver_credit(const QueuedEvent& event) {
  const Connection* connection = with_producer(event);
  if (connection == nullptr) return;
  processes_->find(connection->producer.process)
      ->on_credit(ConnectionId{connection->id}, static_cast<std::uint32_t>(event.b));
}

void SimDataPlane::deliver_size(const QueuedEvent& event) {
  const Connection* connection = with_producer(event);
  if (connection == nullptr) return;
  processes_->find(connection->producer.process)
      ->on_segment_size(ConnectionId{connection->id}, static_cast<std::uint32_t>(event.b));
}

// Of an event that goes back to the producer, which begins to handle it; null when it is gone.
const Connection* SimDataPlane::with_producer(const QueuedEvent& event) {
  const Connection* connection = at(event);
  if (connection == nullptr || connection->producer.state != EndState::Attached) return nullptr;
  log_->begin_handler(static_cast<std::uint32_t>(event.b >> 32));
  return connection;
}

// --- breaks --------------------------------------------------------------------------------------------------------

void SimDataPlane::process_died(ProcessId process) {
  for (std::uint32_t slot = 0; slot < connections_.size(); ++slot) {
    Connection& connection = connections_[slot];
    const auto lives_there = [&](const ConnectionEnd& end) {
      return end.state == EndState::Attached && end.process == process;
    };
    const bool producer = lives_there(connection.producer);
    const bool consumer = lives_there(connection.consumer);
    if (producer) connection.producer.state = EndState::Dead;
    if (consumer) connection.consumer.state = EndState::Dead;
    if (producer) producer_died(slot);
    if (consumer) consumer_died(slot);
    if (producer || consumer) close_if_unused(slot);
  }
}

void SimDataPlane::producer_died(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  release_all(connection.waiting);
  connection.waiting_credits = connection.waiting_size = 0;
  if (connection.consumer.state != EndState::Attached) return;
  lose_unsent_tail(connection);
  expect_break(slot, false);
}

void SimDataPlane::consumer_died(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  release_all(connection.in_flight);
  if (connection.producer.state == EndState::Attached) expect_break(slot, true);
}

// Prefix semantics (BP-1): a number of segments that the schedule draws was still in the sender's buffers. Without
// jitter all of them had left.
void SimDataPlane::lose_unsent_tail(Connection& connection) {
  if (scheduler_->policy() == SchedulePolicy::Fifo || connection.in_flight.empty()) return;
  RandomStream stream(seed_, "network/break", packed(connection.id));
  std::uint64_t left = stream.between(0, connection.in_flight.size());
  engine::SegmentQueue kept;
  for (; left > 0; --left) kept.push(connection.in_flight.pop());
  release_all(connection.in_flight);
  connection.in_flight = kept;
}

void SimDataPlane::expect_break(std::uint32_t slot, bool producer_hears) {
  QueuedEvent event = event_for(slot, connections_[slot].id);
  event.b = std::uint64_t{log_->cause()} << 32 | (producer_hears ? 1 : 0);
  scheduler_->push_after(detect_loss_, Happening::ConnectionBreak, event);
}

void SimDataPlane::report_break(const QueuedEvent& event) {
  Connection* connection = at(event);
  if (connection == nullptr) return;
  const bool producer_hears = (event.b & 1) != 0;
  const ConnectionEnd& hearer = producer_hears ? connection->producer : connection->consumer;
  if (hearer.state != EndState::Attached) return;
  release_all(connection->in_flight);
  const ConnectionId id = connection->id;
  log_->begin_handler(static_cast<std::uint32_t>(event.b >> 32));
  log_->world(WorldEventKind::ConnectionBroken, actor_at(id, producer_hears), id.channel.value, id.generation.value);
  processes_->find(hearer.process)->on_connection_broken(id);
}

void SimDataPlane::release_all(engine::SegmentQueue& queue) {
  while (!queue.empty()) pool_->release(queue.pop());
}

ActorId SimDataPlane::actor_at(ConnectionId id, bool producer) const {
  const engine::ChannelInfo& channel = graph_->channel(id.channel);
  return engine::actor_of(producer ? channel.producer : channel.consumer);
}

}  // namespace weir::sim
