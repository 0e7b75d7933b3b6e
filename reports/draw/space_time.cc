#include "draw/space_time.h"

#include <algorithm>
#include <array>

#include "draw/palette.h"
#include "draw/shapes.h"
#include "draw/space_time_layout.h"
#include "text/escape.h"
#include "text/event_line.h"

namespace weir::reports {
namespace {

constexpr int kLegendColumn = 186;
constexpr int kLegendRow = 20;
constexpr int kLegendTop = 14;
constexpr int kCharacter = 6;  // widest usual character of a label
constexpr int kLabelOffset = 11;

constexpr std::array kLegendShapes{
    Shape::Trigger, Shape::BarrierSent, Shape::BarrierReceived, Shape::Snapshot, Shape::Durable, Shape::Complete,
    Shape::Abort,   Shape::PreCommit,   Shape::Commit,          Shape::Deploy,   Shape::End,     Shape::Fault,
    Shape::Delay,   Shape::Crash,       Shape::Failed,          Shape::Restore,  Shape::Note};
constexpr std::array kLegendLines{Line::Barrier, Line::Control, Line::Ack, Line::Commit, Line::Decline, Line::Lost};
constexpr std::array<const char*, 4> kLegendOthers{"alignment", "abandoned, done again", "rewind",
                                                   "witness of a violation"};
constexpr int kLegendEntries = kLegendShapes.size() + kLegendLines.size() + kLegendOthers.size();

std::string number(int value) { return std::to_string(value); }

std::string at(int x, int y) { return number(x) + "," + number(y); }

struct Spot {
  int x = 0;
  int y = 0;
};

struct TextStyle {
  int size = 10;
  const char* weight = "";
  const char* colour = "";  // empty: ink
};

std::string text(int x, int y, const std::string& words, TextStyle style = {}) {
  std::string out = "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + number(style.size) + "\"";
  if (*style.weight != 0) out += " font-weight=\"" + std::string(style.weight) + "\"";
  out += *style.colour == 0 ? " fill=\"" + std::string(palette::kInk) + "\" class=\"ink\""
                            : " fill=\"" + std::string(style.colour) + "\"";
  return out + ">" + markup(words) + "</text>\n";
}

// Words on top of lines: a rim of paper keeps them readable.
std::string label(int x, int y, const std::string& words, bool strong) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"10\"" +
         (strong ? " font-weight=\"bold\"" : "") + " fill=\"" + std::string(palette::kInk) + "\" stroke=\"" +
         std::string(palette::kPaper) +
         "\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\" class=\"label\">" + markup(words) +
         "</text>";
}

std::string line(int x1, int y1, int x2, int y2, const std::string& attributes) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) +
         "\"" + attributes + "/>\n";
}

std::string box(int x, int y, int width, int height, const std::string& attributes) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" +
         number(height) + "\"" + attributes + "/>\n";
}

std::string ghost_attributes() {
  return " fill=\"url(#weir-ghost)\" stroke=\"" + std::string(palette::kGhost) +
         "\" stroke-width=\"1\" stroke-dasharray=\"3 3\"";
}
std::string alignment_attributes() {
  return " fill=\"" + std::string(palette::kSky) + "\" fill-opacity=\"0.55\" stroke=\"" + std::string(palette::kBlue) +
         "\" stroke-width=\"0.6\"";
}
std::string rewind_attributes() {
  return " fill=\"none\" stroke=\"" + std::string(palette::kPurple) +
         "\" stroke-width=\"2.4\" stroke-dasharray=\"9 4\" marker-end=\"url(#weir-rewind)\"";
}
std::string ring(int x, int y) {
  return "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"10\" fill=\"none\" stroke=\"" +
         std::string(palette::kVermillion) + "\" stroke-width=\"2.4\"/>";
}

class Drawing {
 public:
  Drawing(const RunView& run, const Interest& interest, SpaceTime picture, int width)
      : run_(run), interest_(interest), p_(std::move(picture)), lines_(jobs_of(run)), width_(width) {}

  std::string svg() {
    open();
    legend();
    axis();
    lives();
    for (const Arrow& arrow : p_.arrows) draw(arrow);
    for (std::size_t i = 0; i < p_.rewinds.size(); ++i) draw(p_.rewinds[i], static_cast<int>(i % 4));
    names();
    for (const Mark& mark : p_.marks) draw(mark);
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  void open() {
    out_ +=
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"weir-st-title weir-st-desc\" "
        "width=\"" +
        number(width_) + "\" height=\"" + number(p_.bottom) + "\" viewBox=\"0 0 " + number(width_) + " " +
        number(p_.bottom) + "\" font-family=\"sans-serif\">\n";
    out_ += "<title id=\"weir-st-title\">Space-time diagram around " + markup(interest_.why) + "</title>\n";
    out_ += "<desc id=\"weir-st-desc\">" + markup(description()) + "</desc>\n";
    out_ += "<defs>" + arrow_heads() +
            "<pattern id=\"weir-ghost\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
            "patternTransform=\"rotate(45)\"><rect width=\"7\" height=\"7\" fill=\"" +
            std::string(palette::kGhost) +
            "\" fill-opacity=\"0.16\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\" stroke=\"" +
            std::string(palette::kGhost) + "\" stroke-width=\"1.6\" stroke-opacity=\"0.6\"/></pattern></defs>\n";
    out_ += box(0, 0, width_, p_.bottom, " fill=\"" + std::string(palette::kPaper) + "\" class=\"paper\"");
  }

  std::string description() const {
    return "Time runs downwards; one vertical line for the world, the JobManager, each subtask and the log. It shows " +
           std::to_string(p_.marks.size()) + " events, " + std::to_string(p_.rewinds.size()) +
           " of them decisions to restore. The event table of the report says the same in words.";
  }

  // --- legend
  Spot legend_place(int i) const {
    const int per_row = std::max(1, (width_ - 20) / kLegendColumn);
    return {20 + i % per_row * kLegendColumn, kLegendTop + i / per_row * kLegendRow};
  }
  void legend() {
    int i = 0;
    for (const Shape shape : kLegendShapes) {
      const auto [x, y] = legend_place(i++);
      out_ += sign(shape, x, y) + text(x + 26, y + 4, meaning(shape), {11});
    }
    for (const Line kind : kLegendLines) {
      const auto [x, y] = legend_place(i++);
      out_ += line(x - 10, y, x + 20, y, stroke(kind)) + text(x + 26, y + 4, meaning(kind), {11});
      if (kind == Line::Lost) out_ += cross(x + 12, y, 4, palette::kVermillion, "2.2");
    }
    for (std::size_t other = 0; other < kLegendOthers.size(); ++other) legend_other(other, legend_place(i++));
  }
  void legend_other(std::size_t which, Spot place) {
    const auto [x, y] = place;
    if (which == 0) out_ += box(x - 3, y - 7, 6, 14, alignment_attributes());
    if (which == 1) out_ += box(x - 9, y - 7, 24, 14, ghost_attributes());
    if (which == 2) out_ += line(x - 10, y, x + 28, y, rewind_attributes());
    if (which == 3) out_ += ring(x, y);
    out_ += text(x + 26, y + 4, kLegendOthers[which], {11});
  }

  // --- the plane
  void axis() {
    for (const Tick& tick : p_.ticks) {
      out_ += line(62, tick.y, width_, tick.y,
                   " stroke=\"" + std::string(palette::kGrid) + "\" stroke-width=\"1\" class=\"grid\"");
      out_ += text(6, tick.y + 4, tick.text);
    }
    for (const Fold& fold : p_.folds) {
      out_ += line(62, fold.y, width_, fold.y,
                   " stroke=\"" + std::string(palette::kLife) + "\" stroke-width=\"1\" stroke-dasharray=\"1 7\"");
      out_ += label(96, fold.y - 4, "⋮ " + fold.text, false) + "\n";
    }
    for (const PhaseLine& phase : p_.phases) {
      out_ +=
          line(62, phase.y, width_, phase.y, " stroke=\"" + std::string(palette::kLife) + "\" stroke-width=\"1.4\"");
      out_ += label(96, phase.y - 3, phase.text, true) + "\n";
    }
  }
  void lives() {
    for (const Span& span : p_.abandoned) {
      out_ += box(x(span.lane) - 16, span.from, 32, span.to - span.from, ghost_attributes());
    }
    for (const Span& span : p_.lives) {
      out_ += line(x(span.lane), span.from, x(span.lane), span.to,
                   " stroke=\"" + std::string(palette::kLife) + "\" stroke-width=\"1.4\"");
    }
    for (const Span& span : p_.alignments) {
      out_ += box(x(span.lane) - 4, span.from, 8, std::max(3, span.to - span.from), alignment_attributes());
    }
  }
  void names() {
    name_row(p_.top - 8);
    for (const int y : p_.name_rows) {
      out_ += box(62, y - 14, width_ - 62, 20,
                  " fill=\"" + std::string(palette::kPaper) + "\" fill-opacity=\"0.9\" class=\"paper\"");
      name_row(y);
    }
  }
  void name_row(int y) {
    for (const Lane& lane : p_.lanes) out_ += text(lane.x - 8, y, lane.name, {11, "bold"});
  }

  // --- what happened
  void draw(const Arrow& arrow) {
    int to_x = x(arrow.to_lane);
    int to_y = arrow.to_y;
    if (arrow.line == Line::Lost) {  // ends on the way
      const int reach = std::clamp((to_x - x(arrow.from_lane)) / 2, -70, 70);
      to_x = x(arrow.from_lane) + reach;
    }
    out_ += line(x(arrow.from_lane), arrow.from_y, to_x, to_y, stroke(arrow.line));
    if (arrow.line == Line::Lost) out_ += cross(to_x, to_y, 5, palette::kVermillion, "2.4") + "\n";
  }
  void draw(const Rewind& rewind, int which) {
    const int lane = x(Lanes::kCoordinator);
    const int bulge = lane - 36 - 10 * which;  // several in a row stay apart
    out_ += "<path d=\"M" + at(lane - 7, rewind.from_y) + "C" + at(bulge, rewind.from_y - 6) + " " +
            at(bulge, rewind.to_y + 6) + " " + at(lane, rewind.to_y) + "\"" + rewind_attributes() + "/>\n";
  }
  void draw(const Mark& mark) {
    out_ += "<g data-e=\"" + std::to_string(mark.event) + "\"><title>" +
            markup(lines_.sentence(run_.trace.events()[mark.event], mark.event)) + "</title>";
    if (mark.witness) out_ += ring(x(mark.lane), mark.y);
    out_ += sign(mark.shape, x(mark.lane), mark.y);
    const std::size_t room = static_cast<std::size_t>((p_.lanes[mark.lane].width - kLabelOffset - 8) / kCharacter);
    const std::string words = mark.witness ? "▲ " + mark.label : mark.label;
    if (!words.empty()) out_ += label(x(mark.lane) + kLabelOffset, mark.y + 4, shortened(words, room), mark.witness);
    out_ += "</g>\n";
  }

  int x(std::size_t lane) const { return p_.lanes[lane].x; }

  const RunView& run_;
  const Interest& interest_;
  SpaceTime p_;
  EventLines lines_;
  int width_;
  std::string out_;
};

int legend_height(int width) {
  const int per_row = std::max(1, (width - 20) / kLegendColumn);
  return (kLegendEntries + per_row - 1) / per_row * kLegendRow;
}

}  // namespace

SpaceTimePicture draw_space_time(const RunView& run, const Interest& interest) {
  const int width = Lanes(jobs_of(run)).right_edge() + 12;
  SpaceTime picture = lay_out(run, interest, legend_height(width) + kLegendTop + 40);
  SpaceTimePicture out;
  out.first = picture.first;
  out.last = picture.last;
  out.marks = picture.marks.size();
  out.cut = picture.cut;
  out.svg = Drawing(run, interest, std::move(picture), width).svg();
  return out;
}

}  // namespace weir::reports
