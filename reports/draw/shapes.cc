#include "draw/shapes.h"

#include <string_view>
#include <utility>
#include <vector>

#include "draw/palette.h"

namespace weir::reports {
namespace {

using Points = std::vector<std::pair<int, int>>;

std::string quoted(std::string_view attribute, std::string_view value) {
  return " " + std::string(attribute) + "=\"" + std::string(value) + "\"";
}
std::string quoted(std::string_view attribute, int value) { return quoted(attribute, std::to_string(value)); }

std::string paint(std::string_view fill, std::string_view line, std::string_view width) {
  std::string out = quoted("fill", fill);
  if (fill == palette::kPaper) out += quoted("class", "paper");
  return out + quoted("stroke", line) + quoted("stroke-width", width);
}

std::string circle(int x, int y, std::string_view r, const std::string& attributes) {
  return "<circle" + quoted("cx", x) + quoted("cy", y) + quoted("r", r) + attributes + "/>";
}

std::string polygon(int x, int y, const Points& points, const std::string& attributes) {
  std::string list;
  for (const auto& [dx, dy] : points) {
    if (!list.empty()) list += " ";
    list += std::to_string(x + dx) + "," + std::to_string(y + dy);
  }
  return "<polygon" + quoted("points", list) + attributes + "/>";
}

std::string path(const std::string& commands, const std::string& attributes) {
  return "<path" + quoted("d", commands) + attributes + "/>";
}

std::string at(int x, int y) { return std::to_string(x) + "," + std::to_string(y); }

std::string square(int x, int y, std::string_view fill) {
  return "<rect" + quoted("x", x - 4) + quoted("y", y - 4) + quoted("width", 8) + quoted("height", 8) +
         paint(fill, palette::kOrange, "2") + "/>";
}

const Points kDiamond{{0, -7}, {7, 0}, {0, 7}, {-7, 0}};
const Points kHexagon{{-6, 0}, {-3, -6}, {3, -6}, {6, 0}, {3, 6}, {-3, 6}};
const Points kLowerHexagon{{-6, 0}, {6, 0}, {3, 6}, {-3, 6}};
const Points kPlay{{-6, -5}, {6, -5}, {0, 6}};
const Points kBolt{{1, -7}, {-5, 1}, {-1, 1}, {-2, 7}, {5, -2}, {1, -2}};
const Points kHourglass{{-5, -6}, {5, -6}, {-5, 6}, {5, 6}};

std::string abort_sign(int x, int y) {
  return polygon(x, y, kDiamond, paint(palette::kPaper, palette::kVermillion, "2")) +
         path("M" + at(x - 4, y + 4) + "L" + at(x + 4, y - 4), paint("none", palette::kVermillion, "2"));
}

std::string restore_sign(int x, int y) {
  return circle(x, y, "7", paint(palette::kPaper, "none", "0")) +
         path("M" + at(x + 5, y - 2) + "A5.5,5.5 0 1 1 " + at(x + 1, y - 5), paint("none", palette::kPurple, "2.4")) +
         polygon(x, y, {{0, -8}, {7, -6}, {1, -1}}, paint(palette::kPurple, "none", "0"));
}

std::string durable_sign(int x, int y) {
  return circle(x, y, "5", paint(palette::kPaper, palette::kBlue, "1.8")) +
         circle(x, y, "2", paint(palette::kBlue, "none", "0"));
}

std::string end_sign(int x, int y) {
  return path("M" + at(x - 7, y) + "L" + at(x + 7, y), paint("none", palette::kLife, "2.4"));
}

std::string head(const char* id, std::string_view colour) {
  return "<marker" + quoted("id", id) +
         " viewBox=\"0 0 10 10\" refX=\"14\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" "
         "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0,1L10,5L0,9z\"" +
         quoted("fill", colour) + "/></marker>";
}

std::string line_style(std::string_view colour, const char* width, const char* dashes, const char* marker) {
  std::string out = quoted("fill", "none") + quoted("stroke", colour) + quoted("stroke-width", width);
  if (*dashes != 0) out += quoted("stroke-dasharray", dashes);
  if (*marker != 0) out += quoted("marker-end", "url(#" + std::string(marker) + ")");
  return out;
}

}  // namespace

std::string cross(int x, int y, int half, std::string_view colour, const char* width) {
  return path("M" + at(x - half, y - half) + "L" + at(x + half, y + half) + "M" + at(x - half, y + half) + "L" +
                  at(x + half, y - half),
              paint("none", colour, width));
}

std::string sign(Shape shape, int x, int y) {
  using namespace palette;
  switch (shape) {
    case Shape::Point:
      return circle(x, y, "2.5", paint(kLife, "none", "0"));
    case Shape::Note:
      return circle(x, y, "3.5", paint(kPaper, kLife, "1.6"));
    case Shape::Trigger:
      return polygon(x, y, kDiamond, paint(kPaper, kBlue, "1.8"));
    case Shape::BarrierSent:
      return square(x, y, kPaper);
    case Shape::BarrierReceived:
      return square(x, y, kOrange);
    case Shape::Snapshot:
      return circle(x, y, "5.5", paint(kSky, kBlue, "1"));
    case Shape::Durable:
      return durable_sign(x, y);
    case Shape::SnapshotFailed:
      return circle(x, y, "6", paint(kPaper, kSky, "1.8")) + cross(x, y, 4, kVermillion, "2");
    case Shape::Complete:
      return polygon(x, y, kDiamond, paint(kGreen, kGreen, "1"));
    case Shape::Abort:
      return abort_sign(x, y);
    case Shape::PreCommit:
      return polygon(x, y, kHexagon, paint(kPaper, kGreen, "1.6")) +
             polygon(x, y, kLowerHexagon, paint(kGreen, "none", "0"));
    case Shape::Commit:
      return polygon(x, y, kHexagon, paint(kGreen, kGreen, "1.6"));
    case Shape::Deploy:
      return polygon(x, y, kPlay, paint(kLife, kLife, "1"));
    case Shape::End:
      return end_sign(x, y);
    case Shape::Crash:
      return cross(x, y, 6, kVermillion, "3.6");
    case Shape::Failed:
      return circle(x, y, "6.5", paint(kPaper, kVermillion, "1.4")) + cross(x, y, 3, kVermillion, "1.8");
    case Shape::Restore:
      return restore_sign(x, y);
    case Shape::Fault:
      return polygon(x, y, kBolt, paint(kYellow, kVermillion, "1"));
    case Shape::Delay:
      return polygon(x, y, kHourglass, paint(kYellow, kOrange, "1.6"));
  }
  return "";
}

const char* meaning(Shape shape) {
  switch (shape) {
    case Shape::Point:
      return "message sent or received";
    case Shape::Note:
      return "anything else";
    case Shape::Trigger:
      return "checkpoint triggered";
    case Shape::BarrierSent:
      return "barrier sent";
    case Shape::BarrierReceived:
      return "barrier received";
    case Shape::Snapshot:
      return "snapshot taken";
    case Shape::Durable:
      return "snapshot durable";
    case Shape::SnapshotFailed:
      return "snapshot failed";
    case Shape::Complete:
      return "checkpoint completed";
    case Shape::Abort:
      return "aborted";
    case Shape::PreCommit:
      return "pre-committed";
    case Shape::Commit:
      return "committed";
    case Shape::Deploy:
      return "attempt deployed";
    case Shape::End:
      return "attempt ended";
    case Shape::Crash:
      return "process crashed";
    case Shape::Failed:
      return "attempt failed";
    case Shape::Restore:
      return "restored";
    case Shape::Fault:
      return "fault fired";
    case Shape::Delay:
      return "barrier held back";
  }
  return "";
}

std::string stroke(Line line) {
  switch (line) {
    case Line::Barrier:
      return line_style(palette::kOrange, "2.2", "", "weir-barrier");
    case Line::Control:
      return line_style(palette::kLife, "1", "2 3", "weir-control");
    case Line::Ack:
      return line_style(palette::kBlue, "1", "7 3", "weir-ack");
    case Line::Decline:
      return line_style(palette::kVermillion, "1", "7 3", "weir-decline");
    case Line::Commit:
      return line_style(palette::kGreen, "1.6", "", "weir-commit");
    case Line::Lost:
      return line_style(palette::kVermillion, "1.6", "4 3", "");
  }
  return "";
}

const char* meaning(Line line) {
  switch (line) {
    case Line::Barrier:
      return "barrier on its channel";
    case Line::Control:
      return "trigger, notification";
    case Line::Ack:
      return "acknowledgement";
    case Line::Decline:
      return "decline, abort";
    case Line::Commit:
      return "commit";
    case Line::Lost:
      return "message lost";
  }
  return "";
}

std::string arrow_heads() {
  return head("weir-barrier", palette::kOrange) + head("weir-control", palette::kLife) +
         head("weir-ack", palette::kBlue) + head("weir-decline", palette::kVermillion) +
         head("weir-commit", palette::kGreen) + head("weir-rewind", palette::kPurple);
}

}  // namespace weir::reports
