#include "app/eval_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mq::app {
namespace {

constexpr double kWidth = 720, kHeight = 460, kLeft = 70, kRight = 20, kTop = 20, kBottom = 60;

// Told apart by most colour-blind people (Okabe and Ito).
constexpr std::array<const char*, 7> kColours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                 "#E69F00", "#56B4E9", "#000000"};

template <class... Values>
std::string format(const char* form, Values... values) {
  std::array<char, 512> out;
  std::snprintf(out.data(), out.size(), form, values...);
  return out.data();
}

std::string opening() {
  return format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      kWidth, kHeight);
}

std::string text_at(double x, double y, const std::string& text, const char* more = "") {
  return format("<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, more) + escaped(text) + "</text>\n";
}

std::string line_from(double x0, double y0, double x1, double y1, const char* style) {
  return format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x0, y0, x1, y1,
                style);
}

constexpr const char* kGrid = "stroke=\"#ddd\"";
constexpr const char* kMiddle = "text-anchor=\"middle\"";
constexpr const char* kEnd = "text-anchor=\"end\"";

// A logarithmic axis that ends at 1.
struct Decades {
  int least;  // power of ten
  double from, to;
  double place(double share) const {
    const double log =
        std::clamp(std::log10(std::max(share, 1e-12)), static_cast<double>(least), 0.0);
    return from + (log - least) / -least * (to - from);
  }
};

std::string percent(int power) {
  return power >= -2 ? format("%g %%", std::pow(10.0, power + 2)) : format("1e%d", power);
}

std::string axes(const Decades& x, const Decades& y) {
  std::string out;
  for (int power = x.least; power <= 0; ++power) {
    const double at = x.place(std::pow(10.0, power));
    out += line_from(at, kTop, at, kHeight - kBottom, kGrid);
    out += text_at(at, kHeight - kBottom + 18, percent(power), kMiddle);
  }
  for (int power = y.least; power <= 0; ++power) {
    const double at = y.place(std::pow(10.0, power));
    out += line_from(kLeft, at, kWidth - kRight, at, kGrid);
    out += text_at(kLeft - 8, at + 4, percent(power), kEnd);
  }
  out += text_at((kLeft + kWidth - kRight) / 2, kHeight - 18,
                 "false match rate (strangers that pass)", kMiddle);
  out += format(
      "<text transform=\"translate(18 %g) rotate(-90)\" text-anchor=\"middle\">"
      "false non-match rate (same person refused)</text>\n",
      (kTop + kHeight - kBottom) / 2);
  return out;
}

vision::Interval limits_of(const vision::Share& share) {
  return share.people.value_or(share.wilson);
}

std::string points(const std::vector<std::pair<double, double>>& list) {
  std::string out;
  for (const auto& [x, y] : list) out += format("%.1f,%.1f ", x, y);
  return out;
}

std::string det_line(const DetLine& line, const char* colour, const Decades& x, const Decades& y) {
  std::vector<std::pair<double, double>> middle, area, back;
  for (const auto& p : line.points) {
    const auto fmr = limits_of(p.fmr), fnmr = limits_of(p.fnmr);
    middle.emplace_back(x.place(p.fmr.value()), y.place(p.fnmr.value()));
    area.emplace_back(x.place(fmr.high), y.place(fnmr.high));
    back.emplace_back(x.place(fmr.low), y.place(fnmr.low));
  }
  area.insert(area.end(), back.rbegin(), back.rend());
  const std::string paint = std::string("\"") + colour + "\"";
  return "<polygon points=\"" + points(area) + "\" fill=" + paint + " fill-opacity=\"0.15\"/>\n" +
         "<polyline points=\"" + points(middle) + "\" fill=\"none\" stroke=" + paint +
         " stroke-width=\"2\"/>\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string det_svg(const std::vector<DetLine>& lines) {
  double least = 0.1;  // of the false match rates that were seen
  for (const DetLine& line : lines) {
    for (const auto& p : line.points) {
      if (p.fmr.count > 0) least = std::min(least, p.fmr.value());
    }
  }
  const int decades = std::clamp(static_cast<int>(std::floor(std::log10(least))), -8, -2);
  const Decades x{decades, kLeft, kWidth - kRight}, y{-3, kHeight - kBottom, kTop};
  std::string out = opening() + axes(x, y);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const char* colour = kColours[i % kColours.size()];
    out += det_line(lines[i], colour, x, y);
    const double at = kTop + 16 + 16 * static_cast<double>(i);
    out += text_at(kWidth - kRight - 8, at, lines[i].name,
                   (std::string(kEnd) + " fill=\"" + colour + "\"").c_str());
  }
  return out + "</svg>\n";
}

std::string scores_svg(const Measured& of) {
  constexpr int kBars = 100;
  constexpr float kLeast = -0.5F;  // lower scores join the first bar
  std::array<std::array<double, kBars>, 2> shares{};
  for (int bar = 0; bar < kBars; ++bar) {
    const float low = bar == 0 ? -1.0F : kLeast + (1 - kLeast) * static_cast<float>(bar) / kBars;
    const float high =
        bar + 1 == kBars ? 2.0F : kLeast + (1 - kLeast) * static_cast<float>(bar + 1) / kBars;
    const auto genuine = of.tally.refused(high) - of.tally.refused(low);
    const auto impostors = of.tally.passed(low) - of.tally.passed(high);
    shares[0][bar] = static_cast<double>(impostors) /
                     static_cast<double>(std::max<std::uint64_t>(1, of.tally.impostor_pairs()));
    shares[1][bar] = static_cast<double>(genuine) /
                     static_cast<double>(std::max<std::size_t>(1, of.tally.genuine().size()));
  }
  double highest = 1e-9;
  for (const auto& kind : shares)
    highest = std::max(highest, *std::max_element(kind.begin(), kind.end()));
  const double width = kWidth - kLeft - kRight, height = kHeight - kTop - kBottom;
  const auto x_of = [&](double score) { return kLeft + (score - kLeast) / (1 - kLeast) * width; };
  std::string out = opening();
  for (int tenth = -5; tenth <= 10; ++tenth) {
    const double at = x_of(tenth / 10.0);
    out += line_from(at, kTop, at, kHeight - kBottom, kGrid);
    out += text_at(at, kHeight - kBottom + 18, format("%.1f", tenth / 10.0), kMiddle);
  }
  for (const std::size_t kind : {0U, 1U}) {
    for (int bar = 0; bar < kBars; ++bar) {
      const double tall = shares[kind][bar] / highest * height;
      if (tall < 0.05) continue;
      out += format(
          "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\" "
          "fill-opacity=\"0.6\"/>\n",
          kLeft + width * bar / kBars, kHeight - kBottom - tall, width / kBars, tall,
          kind == 0 ? kColours[1] : kColours[0]);
    }
  }
  for (const auto& stated : of.stated) {
    const double at = x_of(stated.threshold);
    out += line_from(at, kTop, at, kHeight - kBottom, "stroke=\"black\" stroke-dasharray=\"4 3\"");
    out +=
        text_at(at + 4, kTop + (stated.asked_fmr < 5e-4 ? 28 : 12), format("%g", stated.asked_fmr));
  }
  out += text_at(kLeft + width / 2, kHeight - 18,
                 "similarity (broken lines: thresholds by stated false match rate)", kMiddle);
  out += text_at(kWidth - kRight - 8, kTop + 16, "same person",
                 (std::string(kEnd) + " fill=\"#0072B2\"").c_str());
  out += text_at(kWidth - kRight - 8, kTop + 32, "strangers",
                 (std::string(kEnd) + " fill=\"#D55E00\"").c_str());
  return out + "</svg>\n";
}

}  // namespace mq::app
