#include "weir/engine/timer_service.h"

#include "time/timer_bytes.h"

namespace weir::engine {

void fail_timer_type(const char* what) {
  throw OperatorFailure{
      FailureCause::RestoreFailed,
      std::string("the ") + what + " of a timer does not decode; restore with the type that the timer was set with"};
}

namespace {

// Whether reading these timers gives fewer bytes than were asked for, which storage may do.
bool read_short(Environment& environment) {
  return environment.defects.has(Defect::LoseTimersOnShortRead) &&
         environment.random.draw("defect/short-read", 16) == 0;
}

}  // namespace

void TimerService::open(OperatorContext& context) {
  context_ = &context;
  for (const RawState::Group& group : context.raw_input->groups) {
    if (read_short(context.environment)) continue;
    if (!read_timers(group, event_, processing_)) {
      throw OperatorFailure{FailureCause::RestoreFailed, "the timers of '" + context.uid + "' in key group " +
                                                             std::to_string(group.group.value) + " do not decode"};
    }
  }
  set_alarm();
}

void TimerService::snapshot() const { context_->raw_output->groups = write_timers(event_, processing_); }

void TimerService::register_timer(TimeDomain domain, std::int64_t time, const TimerOwner& owner) {
  const bool first = queue(domain).add({time, owner.group, Bytes(owner.key), Bytes(owner.name_space)});
  if (first && domain == TimeDomain::Processing) set_alarm();
}

void TimerService::delete_timer(TimeDomain domain, std::int64_t time, const TimerOwner& owner) {
  queue(domain).remove({time, owner.group, Bytes(owner.key), Bytes(owner.name_space)});
}

void TimerService::set_alarm() {
  if (const auto next = processing_.next()) context_->alarm.set(at_ns(*next));
}

}  // namespace weir::engine
