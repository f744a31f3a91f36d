#include <opencv2/imgproc.hpp>

#include "vision/face/occlusion_frame.h"
#include "vision/face/occlusion_synthesis.h"

namespace mq::vision {
namespace {

// Where the head is, from the jaw and the brows.
struct Head {
  double middle = 0;
  double half = 1.1;  // half of its width at the temples
  double brows = -0.3;
};

Head head_of(const FaceFrame& frame, const Landmarks& marks) {
  const cv::Point2f right = frame.local(marks[0]);
  const cv::Point2f left = frame.local(marks[16]);
  double brows = 0;
  for (int i = 17; i <= 26; ++i) brows += frame.local(marks[i]).y / 10;
  return {(right.x + left.x) / 2.0, std::max(0.8, (left.x - right.x) / 2.0), brows};
}

// From the band up to the crown.
std::vector<cv::Point2d> dome(const Head& head, double half, double band, double height,
                              double sag) {
  auto out = arc(head.middle, band, half, height, kPi, 2 * kPi);
  append(out, arc(head.middle, band, half, sag, 0, kPi));
  return out;
}

void draw_ridges(cv::Mat& bgr, const FaceFrame& frame, const Head& head, double band, double height,
                 const cv::Scalar& colour, Dice& dice) {
  const int lines = 3 + dice.below(12);
  const int width = line_width(frame, dice.between(0.01, 0.04));
  const bool slanted = dice.chance(0.4);
  for (int i = 0; i < lines; ++i) {
    const double x = head.half * (2.0 * (i + 0.5) / lines - 1);
    const double top =
        band - height * std::sqrt(std::max(0.0, 1 - x * x / (head.half * head.half)));
    const double lean = slanted ? dice.between(0.2, 0.8) : 0.15 * x;
    cv::line(bgr, frame.at(head.middle + x, band), frame.at(head.middle + x - lean, top), colour,
             width, cv::LINE_AA);
  }
}

void draw_logo(cv::Mat& bgr, const FaceFrame& frame, const Head& head, double y, Dice& dice) {
  static constexpr const char* kWords[] = {"A",     "B",  "NY",   "GO",   "TX",
                                           "SPORT", "88", "VIVA", "CITY", "P"};
  const cv::Scalar colour(dice.between(0, 255), dice.between(0, 255), dice.between(0, 255));
  const double scale = frame.unit() / 40 * dice.between(0.4, 1.0);
  cv::putText(bgr, kWords[dice.below(10)], frame.at(head.middle - dice.between(0.2, 0.5), y),
              cv::FONT_HERSHEY_DUPLEX, scale, colour, std::max(1, cvRound(2 * scale)), cv::LINE_AA);
}

void draw_cap(cv::Mat& bgr, const FaceFrame& frame, const Head& head, Dice& dice) {
  const double half = head.half * dice.between(1.02, 1.28);
  const double band = head.brows - dice.between(0.15, 0.65);
  const double height = dice.between(0.8, 1.7);
  const Cloth cloth = random_cloth(dice);
  if (!dice.chance(0.1)) lay(bgr, frame.outline(dome(head, half, band, height, 0.1)), cloth, dice);
  if (dice.chance(0.5)) draw_ridges(bgr, frame, head, band, height, cloth.colour * 0.8, dice);
  if (dice.chance(0.6)) draw_logo(bgr, frame, head, band - height * dice.between(0.2, 0.5), dice);
  if (dice.chance(0.15)) return;  // worn backwards
  const Cloth brim = dice.chance(0.6) ? shaded(cloth, dice.between(0.5, 0.9)) : random_cloth(dice);
  const double drop = dice.between(0.1, 0.45);
  const double width = half * dice.between(0.75, 1.15);
  const double shift = dice.between(-0.15, 0.15);
  auto shape = arc(head.middle + shift, band, width, dice.between(0.1, 0.35), kPi, 2 * kPi);
  append(shape, arc(head.middle + shift, band, width, drop, 0, kPi));
  lay(bgr, frame.outline(shape), brim, dice);
  if (dice.chance(0.5)) {  // the brim's shadow on the forehead
    Cloth shadow = plain(cv::Scalar::all(20));
    shadow.opacity = dice.between(0.1, 0.5);
    lay(bgr, frame.outline(arc(head.middle, band + drop, width, dice.between(0.2, 0.6), 0, kPi)),
        shadow, dice);
  }
}

void draw_beanie(cv::Mat& bgr, const FaceFrame& frame, const Head& head, Dice& dice) {
  const double half = head.half * dice.between(1.05, 1.32);
  const double band = head.brows - dice.between(0.1, 0.5);
  const double height = dice.between(1.0, 1.9);
  const double sag = dice.between(-0.1, 0.15);
  const Cloth cloth = random_cloth(dice);
  lay(bgr, frame.outline(dome(head, half, band, height, sag)), cloth, dice);
  draw_ridges(bgr, frame, head, band, height, cloth.colour * dice.between(0.6, 1.2), dice);
  if (dice.chance(0.6)) {  // fold
    const Cloth fold =
        dice.chance(0.5) ? shaded(cloth, dice.between(0.7, 1.2)) : random_cloth(dice);
    const double depth = dice.between(0.2, 0.5);
    auto shape = arc(head.middle, band, half * 1.02, sag, kPi, 0);
    append(shape, arc(head.middle, band - depth, half * 0.99, sag, 0, kPi));
    lay(bgr, frame.outline(shape), fold, dice);
  }
  if (dice.chance(0.4)) draw_logo(bgr, frame, head, band - 0.15, dice);
}

void draw_helmet(cv::Mat& bgr, const FaceFrame& frame, const Landmarks& marks, const Head& head,
                 Dice& dice) {
  const double half = head.half * dice.between(1.1, 1.35);
  const double band = head.brows - dice.between(0.1, 0.5);
  Cloth shell = random_cloth(dice);
  shell.shine = dice.between(0.2, 0.7);
  lay(bgr, frame.outline(dome(head, half, band, dice.between(1.2, 1.8), 0.05)), shell, dice);
  if (dice.chance(0.6)) draw_logo(bgr, frame, head, band - dice.between(0.2, 0.6), dice);
  if (dice.chance(0.5)) {
    const cv::Scalar strap = cv::Scalar::all(dice.between(10, 120));
    const int width = line_width(frame, dice.between(0.04, 0.1));
    for (const auto& [from, to] :
         {std::pair{0, 5}, std::pair{16, 11}, std::pair{5, 8}, std::pair{11, 8}}) {
      cv::line(bgr, {cvRound(marks[from].x), cvRound(marks[from].y)},
               {cvRound(marks[to].x), cvRound(marks[to].y)}, strap, width, cv::LINE_AA);
    }
  }
}

void draw_brimmed_hat(cv::Mat& bgr, const FaceFrame& frame, const Head& head, Dice& dice) {
  const double band = head.brows - dice.between(0.2, 0.6);
  const double crown = dice.between(0.7, 1.2);
  const double half = head.half * dice.between(0.9, 1.05);
  const Cloth cloth = random_cloth(dice);
  const double wide = head.half * dice.between(1.4, 2.2);
  const double bow = dice.between(0.1, 0.3);
  lay(bgr, frame.outline(dome(head, half, band, crown, 0.1)), cloth, dice);
  if (dice.chance(0.7)) {
    lay(bgr,
        frame.outline({{head.middle - half, band},
                       {head.middle + half, band},
                       {head.middle + half, band - 0.25},
                       {head.middle - half, band - 0.25}}),
        random_cloth(dice), dice);
  }
  lay(bgr, frame.outline(arc(head.middle, band, wide, bow, 0, 2 * kPi)),
      shaded(cloth, dice.between(0.6, 1.0)), dice);
}

// A cloth around the face with the face's oval left free; a hood and a full head scarf look like
// that.
void draw_scarf(cv::Mat& bgr, const FaceFrame& frame, const Landmarks& marks, const Head& head,
                Dice& dice) {
  const double chin = frame.local(marks[8]).y;
  const double top = head.brows - dice.between(0.2, 0.6);
  const double cy = (top + chin) / 2;
  const double rx = head.half * dice.between(0.9, 1.02);
  const double ry = (chin - top) / 2 * dice.between(0.98, 1.08);
  const cv::Mat before = bgr.clone();
  lay(bgr,
      frame.outline(arc(head.middle, cy, head.half * dice.between(1.25, 1.6),
                        ry + dice.between(0.5, 1.0), 0, 2 * kPi)),
      random_cloth(dice), dice);
  restore(bgr, before, frame.outline(arc(head.middle, cy, rx, ry, 0, 2 * kPi)));
}

void draw_turban(cv::Mat& bgr, const FaceFrame& frame, const Head& head, Dice& dice) {
  const double band = head.brows - dice.between(0.25, 0.6);
  const double height = dice.between(0.8, 1.6);
  const Cloth cloth = random_cloth(dice);
  Head wide = head;
  wide.half = head.half * dice.between(1.1, 1.35);
  lay(bgr, frame.outline(dome(wide, wide.half, band, height, dice.between(-0.3, 0.05))), cloth,
      dice);
  draw_ridges(bgr, frame, wide, band, height, cloth.colour * dice.between(0.6, 0.9), dice);
}

}  // namespace

void draw_head_covering(cv::Mat& bgr, const Landmarks& marks, Dice& dice) {
  const FaceFrame frame(marks);
  if (!(frame.unit() >= kLeastUnit)) return;
  const Head head = head_of(frame, marks);
  switch (dice.below(10)) {
    case 0:
    case 1:
    case 2:
      return draw_cap(bgr, frame, head, dice);
    case 3:
    case 4:
    case 5:
      return draw_beanie(bgr, frame, head, dice);
    case 6:
      return draw_helmet(bgr, frame, marks, head, dice);
    case 7:
      return draw_brimmed_hat(bgr, frame, head, dice);
    case 8:
      return draw_scarf(bgr, frame, marks, head, dice);
    default:
      return draw_turban(bgr, frame, head, dice);
  }
}

}  // namespace mq::vision
