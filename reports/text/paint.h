#pragma once

// Colour for terminals; switched off it changes nothing. Never the only carrier of a meaning.

#include <string>
#include <string_view>

#include "weir/properties/property.h"

namespace weir::reports {

enum class Tone : unsigned char { Plain, Good, Bad, Unsure, Strong, Faint };

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string operator()(Tone tone, std::string_view text) const {
    if (!on_ || tone == Tone::Plain) return std::string(text);
    return std::string(code(tone)) + std::string(text) + "\x1b[0m";
  }

 private:
  static std::string_view code(Tone tone) {
    switch (tone) {
      case Tone::Good:
        return "\x1b[32m";
      case Tone::Bad:
        return "\x1b[1;31m";
      case Tone::Unsure:
        return "\x1b[33m";
      case Tone::Strong:
        return "\x1b[1m";
      case Tone::Faint:
        return "\x1b[2m";
      case Tone::Plain:
        break;
    }
    return "";
  }
  bool on_;
};

inline Tone tone_of(properties::Answer answer) {
  switch (answer) {
    case properties::Answer::Holds:
      return Tone::Good;
    case properties::Answer::Violated:
      return Tone::Bad;
    case properties::Answer::Inconclusive:
      break;
  }
  return Tone::Unsure;
}

}  // namespace weir::reports
