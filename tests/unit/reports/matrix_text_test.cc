#include "text/matrix_text.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "export/matrix_json.h"

using namespace weir;
using namespace weir::reports;
using scenarios::MatrixCell;

namespace {

scenarios::MatrixResult sample() {
  scenarios::MatrixResult result;
  result.phases = {{"1.4", "triggered", "CO-15", "pending"}, {"1.5", "ack-sent", "CO-27", "acknowledged"}};
  result.faults = {{sim::FaultKind::Crash, "tm-1"},
                   {sim::FaultKind::Crash, "jobmanager"},
                   {sim::FaultKind::LoseMessages, "acknowledge-checkpoint"}};
  MatrixCell held{.runs = 6, .fired = 6, .took_effect = 4, .held = 4};
  MatrixCell violated{.runs = 2, .fired = 2, .took_effect = 2, .violated = 1};
  violated.first.emplace();
  violated.first->cause = "exactly-once: one was lost";
  MatrixCell idle{.runs = 3, .fired = 3};
  MatrixCell infeasible{.runs = 3, .fired = 3, .infeasible = "nobody is left"};
  MatrixCell undecided{.runs = 3, .fired = 3, .took_effect = 3};
  MatrixCell refuted{.runs = 3, .fired = 3, .took_effect = 3, .infeasible = "it was thought"};
  result.cells = {held, violated, idle, infeasible, undecided, refuted};
  result.runs = 20;
  return result;
}

}  // namespace

TEST_CASE("the matrix has a table a kind of fault, and signs for what is not as it should be") {
  const std::string text = matrix_text(sample(), Paint(false), "weir");
  CHECK(text.substr(0, text.find("number:")) ==
        "     crash after  tm-1  jobmanager\n"
        "1.4  triggered     4/6          2!\n"
        "1.5  ack-sent        -          3?\n"
        "\n"
        "     lose-messages after   ack\n"
        "1.4  triggered            0/3?\n"
        "1.5  ack-sent               3x\n"
        "\n");
}

TEST_CASE("below the matrix stands what is listed, what is wrong, and how to see it again") {
  const std::string text = matrix_text(sample(), Paint(false), "weir");
  CHECK(text.find("cannot be:\n  crash tm-1 (nobody is left) after ack-sent\n") != std::string::npos);
  CHECK(text.find("never took effect:\n  lose-messages acknowledge-checkpoint after triggered\n") != std::string::npos);
  CHECK(text.find("no run was conclusive:\n  crash jobmanager after ack-sent\n") != std::string::npos);
  CHECK(text.find("listed, and not so:\n  lose-messages acknowledge-checkpoint (it was thought) after ack-sent\n") !=
        std::string::npos);
  CHECK(text.find("6 cells: 1 hold, 1 violated, 1 never took effect, 1 undecided, 1 not as listed, "
                  "1 infeasible; 20 runs\n") != std::string::npos);
  CHECK(text.find("VIOLATED  crash jobmanager after triggered: exactly-once: one was lost\nweir replay 'weir1: ") !=
        std::string::npos);
}

TEST_CASE("the matrix in JSON has a line a cell") {
  const std::string json = matrix_json(sample(), "weir");
  CHECK(std::count(json.begin(), json.end(), '\n') == 6);
  CHECK(json.find("\"fault\":\"crash\",\"target\":\"jobmanager\",\"standing\":\"violated\",\"runs\":2") !=
        std::string::npos);
  CHECK(json.find("\"standing\":\"undecided\"") != std::string::npos);
  CHECK(json.find("\"reason\":\"nobody is left\",\"reproduce\":null") != std::string::npos);
}
