#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "fault/name_text.h"
#include "weir/sim/fault.h"

namespace weir::sim {
namespace {

using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr std::array<std::string_view, 3> kKindNames{"crash", "lose-messages", "slow-barrier"};

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Collects `key=value` parts in the order they are printed.
class Parts {
 public:
  void add(std::string_view key, std::string value) {
    if (value.empty()) return;
    if (!text_.empty()) text_ += ", ";
    text_.append(key).append("=").append(value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string checkpoint_text(CheckpointId id) { return id == engine::kNoCheckpoint ? "" : std::to_string(id.value); }

std::string trigger_text(const Trigger& t) {
  if (!t.at_event) return " at " + duration_text(t.time.time_since_epoch());
  std::string text = " when " + std::string(info(t.event).name);
  if (!t.actor.empty()) text += " actor=" + name_text(t.actor);
  if (t.checkpoint != engine::kNoCheckpoint) text += " checkpoint=" + std::to_string(t.checkpoint.value);
  if (t.occurrence != 1) text += " occurrence=" + std::to_string(t.occurrence);
  return text;
}

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
    if (!take(token)) problem("expected " + quoted(token) + " before " + quoted(rest_.substr(0, 20)));
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
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    in.problem(quoted(text) + " is not a number for " + std::string(key));
  }
  return value;
}

Duration duration(Cursor& in, std::string_view text) {
  auto parsed = parse_duration(text);
  if (parsed.ok()) return parsed.value();
  in.problem(parsed.status().message());
  return {};
}

engine::MessageKind message_kind(Cursor& in, std::string_view text) {
  for (std::size_t i = 0; i < engine::kMessageKinds; ++i) {
    const auto kind = static_cast<engine::MessageKind>(i);
    if (engine::name(kind) == text) return kind;
  }
  in.problem(quoted(text) + " is not a kind of control message; `weir list` names them");
  return {};
}

void set_parameter(Cursor& in, Fault& f, std::string_view key, std::string_view value) {
  const bool crash = f.kind == FaultKind::Crash;
  const bool loss = f.kind == FaultKind::LoseMessages;
  const bool slow = f.kind == FaultKind::SlowBarrier;
  if (crash && key == "tm") {
    f.task_manager = number<std::uint16_t>(in, key, value);
  } else if (crash && key == "restart") {
    f.duration = duration(in, value);
  } else if (loss && key == "kind") {
    f.message = message_kind(in, value);
  } else if (loss && key == "subtask") {
    f.subtask = value;
  } else if (slow && key == "channel") {
    f.channel = value;
  } else if (slow && key == "delay") {
    f.duration = duration(in, value);
  } else if (!crash && key == "checkpoint") {
    f.checkpoint = {number<std::uint64_t>(in, key, value)};
  } else if (!crash && key == "count") {
    f.count = number<std::uint32_t>(in, key, value);
  } else {
    in.problem(quoted(key) + " is not a parameter of " + std::string(name(f.kind)));
  }
}

void parse_kind(Cursor& in, Fault& f) {
  const std::string_view word = in.until("(");
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] != word) continue;
    f.kind = static_cast<FaultKind>(i);
    return;
  }
  in.problem(quoted(word) + " is not a fault; known: crash, lose-messages, slow-barrier");
}

void parse_parameters(Cursor& in, Fault& f) {
  in.expect("(");
  while (!in.failed() && !in.take(")")) {
    const std::string_view key = in.until("=),");
    in.expect("=");
    set_parameter(in, f, key, in.value_until(",)"));
    if (in.take(",")) {
      in.skip_spaces();
    } else if (!in.done() && !in.at(")")) {
      in.problem("expected ',' or ')' after " + quoted(key));
    }
    if (in.done()) in.problem("the closing ')' is missing");
  }
}

void parse_event_trigger(Cursor& in, Trigger& t) {
  t.at_event = true;
  const std::string_view event = in.until(" ");
  t.event = kind_named(event);
  if (t.event.value == kNoKind) in.problem(quoted(event) + " is not an event; `weir list` names them");
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
      in.problem(quoted(key) + " is not part of a trigger; known: actor, checkpoint, occurrence");
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

}  // namespace

std::string_view name(FaultKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::string to_text(const Fault& f) {
  Parts parts;
  switch (f.kind) {
    case FaultKind::Crash:
      parts.add("tm", std::to_string(f.task_manager));
      parts.add("restart", duration_text(f.duration));
      break;
    case FaultKind::LoseMessages:
      parts.add("kind", std::string(engine::name(f.message)));
      parts.add("subtask", name_text(f.subtask));
      parts.add("checkpoint", checkpoint_text(f.checkpoint));
      parts.add("count", std::to_string(f.count));
      break;
    case FaultKind::SlowBarrier:
      parts.add("channel", name_text(f.channel));
      parts.add("checkpoint", checkpoint_text(f.checkpoint));
      parts.add("delay", duration_text(f.duration));
      parts.add("count", std::to_string(f.count));
      break;
  }
  return std::string(name(f.kind)) + "(" + parts.text() + ")" + trigger_text(f.trigger);
}

Result<Fault> parse_fault(std::string_view text) {
  Fault fault;
  Cursor in(text);
  parse_kind(in, fault);
  if (!in.failed()) parse_parameters(in, fault);
  if (!in.failed()) parse_trigger(in, fault.trigger);
  if (in.failed()) return Status(StatusCode::Corrupt, "fault " + quoted(text) + ": " + in.why());
  return fault;
}

}  // namespace weir::sim
