#pragma once

// The signs of a space-time diagram. Coloured by attributes, not classes, so that they survive where styles are
// blocked.

#include <string>

#include "draw/space_time_layout.h"

namespace weir::reports {

// SVG elements of a sign centred at (x, y), at most 7 high and wide to each side.
std::string sign(Shape shape, int x, int y);
const char* meaning(Shape shape);
// Attributes of a line: colour, width, dashes and arrow head.
std::string stroke(Line line);
const char* meaning(Line line);
// The cross at which a lost message ends.
std::string cross(int x, int y, int half, std::string_view colour, const char* width);
// Arrow heads, to be put once into <defs>.
std::string arrow_heads();

}  // namespace weir::reports
