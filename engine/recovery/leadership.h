#pragma once

// What a JobManager that contends for leadership has to do as it learns who leads (RE-13, RE-15). Decides only.

#include <cstdint>

#include "weir/engine/ha_store.h"

namespace weir::engine {

class Leadership {
 public:
  explicit Leadership(ProcessId self) : self_(self) {}

  enum class State : std::uint8_t {
    Standby,     // another one leads, or nobody
    Recovering,  // leads, and reads what the one before left
    Leading,
  };
  enum class Step : std::uint8_t {
    Nothing,
    Recover,  // a session of one's own began
    Suspend,  // it is over: nothing may be deleted or completed under it any more
    Replace,  // both: led before, and leads again
  };

  // News may come late and out of order; an older session than the known one says nothing.
  Step on_leader(Leader leader) {
    if (leader.session <= leader_.session) return Step::Nothing;
    const bool led = state_ != State::Standby;
    leader_ = leader;
    const bool leads = leader.process == self_;
    state_ = leads ? State::Recovering : State::Standby;
    if (leads) return led ? Step::Replace : Step::Recover;
    return led ? Step::Suspend : Step::Nothing;
  }
  // The store refused a request of that session: somebody else leads, whoever it is.
  Step on_refused(SessionId session) {
    if (session != leader_.session || state_ == State::Standby) return Step::Nothing;
    state_ = State::Standby;
    return Step::Suspend;
  }
  // What the predecessor left was read. False: it is a session that is over.
  bool recovered(SessionId session) {
    if (session != leader_.session || state_ != State::Recovering) return false;
    state_ = State::Leading;
    return true;
  }

  State state() const { return state_; }
  SessionId session() const { return leader_.session; }  // the newest known one

 private:
  ProcessId self_;
  State state_ = State::Standby;
  Leader leader_{};
};

}  // namespace weir::engine
