#pragma once

// A strict little reader of markup: every element closed in order, every attribute quoted, every reference known, no
// control character. Enough to say that XML and SVG written here are well-formed.

#include <string>
#include <string_view>
#include <vector>

namespace weir::reports::testing {

class MarkupReader {
 public:
  explicit MarkupReader(std::string_view text) : text_(text) {}
  // Empty when well-formed, else what is wrong and where.
  std::string problem() {
    skip_declaration();
    while (error_.empty() && at_ < text_.size()) {
      if (text_[at_] == '<') {
        read_tag();
      } else {
        read_text('<');
      }
    }
    if (error_.empty() && !open_.empty()) fail("never closed: " + open_.back());
    if (error_.empty() && roots_ != 1) fail("not exactly one root");
    return error_;
  }

 private:
  void fail(const std::string& what) {
    if (error_.empty()) error_ = what + " at byte " + std::to_string(at_) + ": " + std::string(text_.substr(at_, 60));
  }
  void skip_declaration() {
    if (text_.substr(0, 5) == "<?xml") at_ = text_.find("?>") + 2;
  }
  void read_text(char until) {
    while (error_.empty() && at_ < text_.size() && text_[at_] != until) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') return fail("a control character");
      if (c == '<') return fail("a bare <");
      if (c == '&' && !skip_reference()) return fail("a bare &");
      if (c != '&') ++at_;
    }
  }
  bool skip_reference() {
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#10;"}) {
      if (text_.substr(at_, known.size()) != known) continue;
      at_ += known.size();
      return true;
    }
    return false;
  }
  std::string read_name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(" \n\t/>=").find(text_[at_]) == std::string_view::npos) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  void read_tag() {
    ++at_;
    if (text_.substr(at_, 1) == "/") return read_closing_tag();
    const std::string name = read_name();
    if (name.empty()) return fail("a tag without a name");
    if (open_.empty()) ++roots_;
    for (skip_blanks(); error_.empty() && at_ < text_.size() && text_[at_] != '>' && text_[at_] != '/'; skip_blanks()) {
      read_attribute();
    }
    const bool empty = text_.substr(at_, 2) == "/>";
    at_ += empty ? 2 : 1;
    if (!empty) open_.push_back(name);
  }
  void read_closing_tag() {
    ++at_;
    const std::string name = read_name();
    if (open_.empty() || open_.back() != name) return fail("closes '" + name + "' out of order");
    open_.pop_back();
    ++at_;
  }
  void read_attribute() {
    if (read_name().empty() || text_.substr(at_, 2) != "=\"") return fail("an attribute without a quoted value");
    at_ += 2;
    read_text('"');
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t roots_ = 0;
  std::vector<std::string> open_;
  std::string error_;
};

inline std::string markup_problem(std::string_view text) { return MarkupReader(text).problem(); }

}  // namespace weir::reports::testing
