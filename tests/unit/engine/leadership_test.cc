// Who leads, as a contender learns it (RE-13, RE-15).

#include "recovery/leadership.h"

#include <catch2/catch.hpp>

namespace weir::engine {
namespace {

using State = Leadership::State;
using Step = Leadership::Step;
constexpr ProcessId kSelf{0};
constexpr ProcessId kOther{999};

Leader leader(ProcessId process, std::uint32_t session) { return {process, SessionId{session}}; }

TEST_CASE("a contender that is made the leader recovers first, and leads then [leadership] (RE-13)") {
  Leadership l(kSelf);
  CHECK(l.state() == State::Standby);
  CHECK(l.on_leader(leader(kOther, 1)) == Step::Nothing);
  CHECK(l.on_leader(leader(kSelf, 2)) == Step::Recover);
  CHECK(l.state() == State::Recovering);
  CHECK_FALSE(l.recovered(SessionId{1}));
  CHECK(l.recovered(SessionId{2}));
  CHECK(l.state() == State::Leading);
  CHECK_FALSE(l.recovered(SessionId{2}));
}

TEST_CASE("one that hears of another leader suspends, once [leadership] (RE-15)") {
  Leadership l(kSelf);
  l.on_leader(leader(kSelf, 1));
  l.recovered(SessionId{1});
  CHECK(l.on_leader(leader(kOther, 2)) == Step::Suspend);
  CHECK(l.on_leader(leader(kOther, 3)) == Step::Nothing);
  CHECK(l.on_refused(SessionId{1}) == Step::Nothing);
}

TEST_CASE("one that the store refuses suspends before it hears why [leadership] (RE-15)") {
  Leadership l(kSelf);
  l.on_leader(leader(kSelf, 1));
  l.recovered(SessionId{1});
  CHECK(l.on_refused(SessionId{1}) == Step::Suspend);
  CHECK(l.state() == State::Standby);
  CHECK(l.on_refused(SessionId{1}) == Step::Nothing);
  CHECK(l.on_leader(leader(kOther, 2)) == Step::Nothing);
  CHECK(l.on_leader(leader(kSelf, 3)) == Step::Recover);
}

TEST_CASE("news of an older session, or of the same one again, say nothing [leadership]") {
  Leadership l(kSelf);
  l.on_leader(leader(kSelf, 3));
  l.recovered(SessionId{3});
  CHECK(l.on_leader(leader(kOther, 2)) == Step::Nothing);
  CHECK(l.on_leader(leader(kSelf, 3)) == Step::Nothing);
  CHECK(l.state() == State::Leading);
}

TEST_CASE("a leader that leads anew begins anew [leadership]") {
  Leadership l(kSelf);
  l.on_leader(leader(kSelf, 1));
  l.recovered(SessionId{1});
  CHECK(l.on_leader(leader(kSelf, 3)) == Step::Replace);
  CHECK(l.state() == State::Recovering);
}

}  // namespace
}  // namespace weir::engine
