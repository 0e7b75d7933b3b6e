#pragma once

// Small pieces of HTML. Text given to them is escaped by them; markup is put together by the sections.

#include <string>
#include <string_view>
#include <vector>

#include "text/escape.h"
#include "viewer/assets.h"

namespace weir::reports {

inline std::string element(std::string_view tag, std::string_view text, std::string_view css_class = "") {
  std::string out = "<" + std::string(tag);
  if (!css_class.empty()) out += " class=\"" + std::string(css_class) + "\"";
  return out + ">" + markup(text) + "</" + std::string(tag) + ">";
}

// From the document's first byte to inside its body, with the style of all pages.
inline std::string page_head(std::string_view title) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
         element("title", title) + "\n<style>\n" + std::string(viewer_style()) + "</style>\n</head>\n<body>\n";
}

// A link to a row of the event table.
inline std::string event_link(std::uint32_t event) {
  const std::string number = std::to_string(event);
  return "<a href=\"#e" + number + "\">" + number + "</a>";
}

// A heading row. Names that start with '#' are columns of numbers.
inline std::string table_head(const std::vector<std::string_view>& names) {
  std::string out = "<thead><tr>";
  for (std::string_view name : names) {
    const bool number = name.substr(0, 1) == "#";
    out += std::string("<th scope=\"col\"") + (number ? " class=\"number\">" : ">") +
           markup(name.substr(number ? 1 : 0)) + "</th>";
  }
  return out + "</tr></thead>\n";
}

}  // namespace weir::reports
