#include "task/operator_chain.h"

#include <algorithm>

#include "checkpoint/completed_checkpoint.h"
#include "state/raw_keyed_bytes.h"
#include "task/merged_storage.h"
#include "task/state_reader.h"

namespace weir::engine {
namespace {

constexpr Duration kBackgroundDelay = 100us;  // until a queued job of a backend runs; it does not occupy the subtask

// SN-16, SP-1
SnapshotKind kind_of(CheckpointType type) {
  if (!is_savepoint(type.kind)) return type.full ? SnapshotKind::FullCheckpoint : SnapshotKind::Checkpoint;
  return type.format == SavepointFormat::Native ? SnapshotKind::NativeSavepoint : SnapshotKind::Canonical;
}

}  // namespace

void OperatorChain::BackgroundTimer::background_job_queued() {
  site_.arm(kBackgroundDelay, TaskTimer::Background, op_);
}

void OperatorChain::ProcessTimer::set(Time at) {
  set_ = std::max(at, site_.env.clock.now());
  site_.arm(*set_ - site_.env.clock.now(), TaskTimer::Alarm, op_);
}

bool OperatorChain::ProcessTimer::due() {
  if (set_ != site_.env.clock.now()) return false;
  set_.reset();
  return true;
}

OperatorChain::Member::Member(const TaskSite& site, const JobOperator& job_operator, std::size_t position,
                              ChainContext& chain)
    : spec(job_operator),
      range(key_group_range(site.vertex.max_parallelism, site.vertex.parallelism, site.subtask.index)),
      background(site, position),
      alarm(site, position),
      context{site.env,
              chain,
              spec.id,
              spec.uid,
              site.subtask.id,
              site.attempt.attempt,
              site.subtask.index,
              site.vertex.parallelism,
              site.vertex.max_parallelism,
              nullptr,
              lists,
              alarm,
              site.restored,
              spec.source_ordinal,
              false,
              &raw_input,
              &raw_output} {
  if (spec.keyed) {
    backend =
        make_backend({site.options().backend, site.env, site.process, site.subtask.id, site.attempt.attempt, spec.id,
                      range, site.vertex.max_parallelism, background, site.options().checkpoint.incremental,
                      site.options().changelog.enabled, site.local != nullptr});
    context.keyed = backend.state.get();
  }
  op = spec.factory->create();
}

// State is found by operator id: chaining may have changed in between (RS-12, RS-14).
bool OperatorChain::open(const SubtaskState& restored, const RestoreFiles& files) {
  return run(FailureCause::UserFunction, [&] {
    create();
    for (const SubtaskState::Operator& op : restored.operators) {
      const auto member =
          std::find_if(members_.begin(), members_.end(), [&](const auto& m) { return m->spec.id == op.id; });
      if (member != members_.end()) restore(**member, op.state, files);
    }
    wire();
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
      (*member)->op->open((*member)->context);
      (*member)->opened = true;
    }
  });
}

void OperatorChain::create() {
  for (const JobOperator& spec : site_.vertex.chain) {
    members_.push_back(std::make_unique<Member>(site_, spec, members_.size(), context_));
  }
  if (!site_.vertex.source()) return;
  members_.front()->context.coordinator = coordinator_;
  source_ = &SourceOperator::of(*members_.front()->op);
}

// The job shares no files with a checkpoint that it does not own: its first one after the restore is full (SN-16).
CheckpointId OperatorChain::base() const {
  const CompletedCheckpoint* const initial = site_.setup.initial.get();
  const bool owned = initial == nullptr || initial->id != site_.restored || initial->claimed;
  return owned ? site_.restored : kNoCheckpoint;
}

void OperatorChain::restore(Member& member, const OperatorSubtaskState& state, const RestoreFiles& files) {
  member.context.in_restored = true;
  const Status status =
      read_operator(files, state, {member.backend.state.get(), member.lists, member.raw_input, base()});
  if (!status.ok()) throw OperatorFailure{FailureCause::RestoreFailed, member.spec.uid + ": " + status.message()};
}

void OperatorChain::wire() {
  for (std::size_t op = 0; op < members_.size(); ++op) {
    if (members_[op]->spec.sink) continue;
    const AnyCollector output = wire_outputs(op);
    if (members_[op]->spec.source) source_output_ = output;
    members_[op]->op->set_output(output);
  }
  wire_inputs();
}

// The next operator of the chain, and the network edges that leave from this one.
AnyCollector OperatorChain::wire_outputs(std::size_t op) {
  const ExecutionGraph& graph = *site_.setup.graph;
  std::vector<AnyCollector> targets;
  if (op + 1 < members_.size()) targets.push_back(members_[op + 1]->op->input());
  for (std::size_t i = 0; i < site_.vertex.outputs.size(); ++i) {
    const JobEdge& edge = graph.job().edges[site_.vertex.outputs[i]];
    if (edge.from_operator != op) continue;
    writers_.push_back(edge.type->make_writer(outputs_.output(i), context_, edge.timing, site_.subtask.index,
                                              graph.vertex(edge.to).max_parallelism));
    targets.push_back(writers_.back()->collector());
  }
  if (targets.size() == 1) return targets.front();
  fan_outs_.push_back(members_[op]->spec.output->join(targets));
  return fan_outs_.back().collector;
}

void OperatorChain::wire_inputs() {
  const ExecutionGraph& graph = *site_.setup.graph;
  for (const std::uint32_t edge : site_.vertex.inputs) {
    const JobEdge& input = graph.job().edges[edge];
    readers_.push_back(input.type->make_reader(members_.front()->op->entrance(input.input), input.timing));
  }
  for (const ChannelId channel : site_.subtask.inputs) {
    const auto& inputs = site_.vertex.inputs;
    const auto edge = std::find(inputs.begin(), inputs.end(), graph.channel(channel).edge);
    readers_by_channel_.push_back(readers_[static_cast<std::size_t>(edge - inputs.begin())].get());
    const std::uint32_t input = graph.job().edges[*edge].input;
    inputs_by_channel_.push_back(input);
    open_channels_.resize(std::max<std::size_t>(open_channels_.size(), input + 1));
    ++open_channels_[input];
  }
}

EdgeReader& OperatorChain::recovery_reader(std::uint32_t input) {
  recovery_readers_.resize(readers_.size());
  std::unique_ptr<EdgeReader>& reader = recovery_readers_[input];
  if (reader == nullptr) {
    const JobEdge& edge = site_.setup.graph->job().edges[site_.vertex.inputs[input]];
    const KeyGroupRange all{KeyGroup{0}, KeyGroup{0xFFFF}};
    const bool foreign = site_.env.defects.has(Defect::KeepForeignInFlight);
    reader = edge.type->make_recovery_reader(members_.front()->op->entrance(edge.input), edge.timing,
                                             foreign ? all : members_.front()->range, site_.vertex.max_parallelism);
  }
  return *reader;
}

// A watermark counts for its channel where that is still there; others come again (TM-11, TM-12).
bool OperatorChain::recover(InputGate& gate, const RecoveredInput::Piece& piece, ChannelCut& taken) {
  return run(FailureCause::UserFunction, [&] {
    EdgeReader& reader = recovery_reader(piece.channel->input);
    if (piece.channel->same_channel) {
      const std::uint32_t channel = first_channel_of(piece.channel->input) + piece.channel->producer;
      return gate.decode_recovered(piece.frames, channel, reader, context_, taken);
    }
    WatermarkValve unheard(1, site_.env.defects);
    FrameProgress progress{context_, taken, unheard};
    reader.read_frames(piece.frames, progress);
  });
}

std::uint32_t OperatorChain::first_channel_of(std::uint32_t input) const {
  const ExecutionGraph& graph = *site_.setup.graph;
  const auto of_edge = [&](ChannelId channel) { return graph.channel(channel).edge == site_.vertex.inputs[input]; };
  const auto& channels = site_.subtask.inputs;
  return static_cast<std::uint32_t>(std::find_if(channels.begin(), channels.end(), of_edge) - channels.begin());
}

bool OperatorChain::end_of_data(InputGate& gate, std::uint32_t channel) {
  const std::uint32_t input = inputs_by_channel_[channel];
  Operator& head = *members_.front()->op;
  return run(FailureCause::UserFunction, [&] {
    gate.end_of_data(channel, head.input().watermarks());
    if (--open_channels_[input] == 0) head.end_input(input);
  });
}

bool OperatorChain::prepare_snapshot(CheckpointId checkpoint) {
  return run(FailureCause::SnapshotFailed, [&] {
    for (const auto& member : members_) member->op->prepare_snapshot_pre_barrier(checkpoint);
  });
}

// BA-19 step 5, SN-1.
bool OperatorChain::snapshot(CheckpointId checkpoint, CheckpointType type, SyncSnapshot& taken) {
  const MergedFiles* const merged = site_.merged == nullptr ? nullptr : &site_.merged->files();
  return run(FailureCause::SnapshotFailed, [&] {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
      OperatorSyncSnapshot part = snapshot(**member, {checkpoint, kind_of(type), merged});
      part.position = static_cast<std::size_t>(members_.rend() - member) - 1;
      if (!part.empty()) taken.operators.push_back(std::move(part));
    }
    std::reverse(taken.operators.begin(), taken.operators.end());
  });
}

OperatorSyncSnapshot OperatorChain::snapshot(Member& member, const SnapshotRequest& request) {
  member.raw_output.clear();
  member.op->snapshot_state(request.checkpoint);
  OperatorSyncSnapshot part{member.spec.id, 0, member.range};
  part.raw_operator = encode_raw_partitions(member.raw_output.partitions);
  part.raw_keyed = encode_raw_groups(member.range, member.raw_output.groups);
  part.managed_operator = encode_operator_state(member.lists);
  if (member.backend.state != nullptr) part.keyed = member.backend.state->snapshot(request);
  return part;
}

bool OperatorChain::notify_complete(CheckpointId checkpoint) {
  return run(FailureCause::SinkFailed, [&] {
    for (const auto& member : members_) {
      if (member->backend.state != nullptr) member->backend.state->notify_checkpoint_complete(checkpoint);
      member->op->notify_checkpoint_complete(checkpoint);
    }
  });
}

bool OperatorChain::notify_subsumed(CheckpointId checkpoint) {
  return run(FailureCause::SinkFailed, [&] {
    for (const auto& member : members_) {
      if (member->backend.state != nullptr) member->backend.state->notify_checkpoint_subsumed(checkpoint);
      member->op->notify_checkpoint_subsumed(checkpoint);
    }
  });
}

bool OperatorChain::notify_aborted(CheckpointId checkpoint) {
  return run(FailureCause::SinkFailed, [&] {
    for (const auto& member : members_) {
      if (member->backend.state != nullptr) member->backend.state->notify_checkpoint_aborted(checkpoint);
      member->op->notify_checkpoint_aborted(checkpoint);
    }
  });
}

bool OperatorChain::finish() {
  return run(FailureCause::UserFunction, [&] {
    for (const auto& member : members_) member->op->finish();
  });
}

void OperatorChain::close() {
  for (const auto& member : members_) {
    if (!member->opened) continue;
    member->opened = false;
    run_user_code(FailureCause::UserFunction, [&] { member->op->close(); });
  }
}

bool OperatorChain::run_background(std::size_t op) {
  return run(FailureCause::UserFunction, [&] {
    if (BackgroundWork* const work = members_[op]->backend.work) work->run_one();
  });
}

bool OperatorChain::sound(std::size_t op) {
  return run(FailureCause::UserFunction, [&] { members_[op]->op->on_processing_time(); });
}

bool OperatorChain::last_watermark() {
  return run(FailureCause::UserFunction, [&] { source_output_.watermark(kMaxWatermark); });
}

std::uint64_t OperatorChain::digest() {
  std::uint64_t sum = 0;
  for (const auto& member : members_) {
    if (member->backend.state != nullptr) sum += member->backend.state->digest(member->range);
  }
  return sum;
}

}  // namespace weir::engine
