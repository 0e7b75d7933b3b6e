#include <algorithm>
#include <string>
#include <utility>

#include "fault/field_text.h"
#include "fault/name_text.h"
#include "weir/sim/fault.h"

// The form that faults and actions share: NAME(key=value, ...) and when it happens.

namespace weir::sim {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

// --- parsing: a cursor with the first problem it met
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  std::string_view until(std::string_view stops) {
    const std::size_t n = std::min(rest_.find_first_of(stops), rest_.size());
    const std::string_view word = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return word;
  }
  // A word up to one of `stops`, or a name in quotes, which may hold them.
  std::string value_until(std::string_view stops) {
    if (rest_.substr(0, 1) != "\"") return std::string(until(stops));
    auto quoted_name = read_quoted_name(rest_);
    if (!quoted_name) {
      problem("the quotes of " + std::string(rest_.substr(0, 20)) +
              " do not close; write \"…\" with \\\" for a quote, \\\\ for a backslash and \\xNN for any other byte");
      return {};
    }
    rest_.remove_prefix(quoted_name->length);
    return std::move(quoted_name->name);
  }
  bool take(std::string_view token) {
    if (!at(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void skip_spaces() {
    while (take(" ")) {
    }
  }
  void expect(std::string_view token) {
    if (!take(token))
      problem("expected " + in_single_quotes(token) + " before " + in_single_quotes(rest_.substr(0, 20)));
  }
  bool at(std::string_view token) const { return rest_.substr(0, token.size()) == token; }
  bool done() const { return rest_.empty(); }
  void problem(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
  }
  bool failed() const { return !problem_.empty(); }
  const std::string& why() const { return problem_; }

 private:
  std::string_view rest_;
  std::string problem_;
};

template <class Number>
Number number(Cursor& in, std::string_view key, std::string_view text) {
  return read_number<Number>(key, text, [&in](std::string why) { in.problem(std::move(why)); });
}

Duration duration(Cursor& in, std::string_view text) {
  return read_duration(text, [&in](std::string why) { in.problem(std::move(why)); });
}

void parse_parameters(Cursor& in, Call& call) {
  in.expect("(");
  while (!in.failed() && !in.take(")")) {
    std::string key(in.until("=),"));
    in.expect("=");
    call.parameters.emplace_back(key, in.value_until(",)"));
    if (in.take(",")) {
      in.skip_spaces();
    } else if (!in.done() && !in.at(")")) {
      in.problem("expected ',' or ')' after " + in_single_quotes(key));
    }
    if (in.done()) in.problem("the closing ')' is missing");
  }
}

void parse_event_trigger(Cursor& in, Trigger& t) {
  t.at_event = true;
  const std::string_view event = in.until(" ");
  t.event = kind_named(event);
  if (t.event.value == kNoKind) in.problem(in_single_quotes(event) + " is not an event; `weir list` names them");
  for (in.skip_spaces(); !in.failed() && !in.done(); in.skip_spaces()) {
    const std::string_view key = in.until("= ");
    in.expect("=");
    const std::string value = in.value_until(" ");
    if (key == "actor") {
      t.actor = value;
    } else if (key == "checkpoint") {
      t.checkpoint = {number<std::uint64_t>(in, key, value)};
    } else if (key == "occurrence") {
      t.occurrence = number<std::uint32_t>(in, key, value);
      if (t.occurrence == 0) in.problem("occurrence counts from 1");
    } else {
      in.problem(in_single_quotes(key) + " is not part of a trigger; known: actor, checkpoint, occurrence");
    }
  }
}

void parse_trigger(Cursor& in, Trigger& t) {
  in.skip_spaces();
  if (in.take("at ")) {
    t.time = Time{duration(in, in.until(" "))};
    if (!in.done()) in.problem("text is left over after the time");
  } else if (in.take("when ")) {
    parse_event_trigger(in, t);
  } else {
    in.problem("expected 'at TIME' or 'when EVENT' after the parameters");
  }
}

std::string trigger_text(const Trigger& t) {
  if (!t.at_event) return " at " + duration_text(t.time.time_since_epoch());
  std::string text = " when " + std::string(info(t.event).name);
  if (!t.actor.empty()) text += " actor=" + name_text(t.actor);
  if (t.checkpoint != engine::kNoCheckpoint) text += " checkpoint=" + std::to_string(t.checkpoint.value);
  if (t.occurrence != 1) text += " occurrence=" + std::to_string(t.occurrence);
  return text;
}

}  // namespace

std::string to_text(const Call& call) {
  std::string parameters;
  for (const auto& [key, value] : call.parameters) {
    if (value.empty()) continue;
    if (!parameters.empty()) parameters += ", ";
    parameters.append(key).append("=").append(name_text(value));
  }
  return call.name + "(" + parameters + ")" + trigger_text(call.trigger);
}

Result<Call> parse_call(std::string_view text) {
  Call call;
  Cursor in(text);
  call.name = in.until("(");
  parse_parameters(in, call);
  if (!in.failed()) parse_trigger(in, call.trigger);
  if (in.failed()) return Status(StatusCode::Corrupt, in.why());
  return call;
}

}  // namespace weir::sim
