#include "vision/face/specimen.h"

#include <algorithm>
#include <optional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/picture/decode.h"
#include "vision/vision.h"

namespace mq::vision {
namespace {

// The face with `margin` of its size on each side, `aspect` = width / height, border filled.
cv::Mat crop(const cv::Mat& picture, const Box& face, float margin, float aspect, float shift) {
  const float height = face.height * (1 + 2 * margin);
  const float width = height * aspect;
  const float x = face.x + face.width / 2 - width / 2 + shift * face.width;
  const float y = face.y + face.height / 2 - height / 2;
  cv::Mat out;
  cv::getRectSubPix(picture, cv::Size(std::max(1, cvRound(width)), std::max(1, cvRound(height))),
                    cv::Point2f(x + width / 2, y + height / 2), out);
  return out;
}

cv::Mat resized(const cv::Mat& picture, int width, int height) {
  cv::Mat out;
  cv::resize(picture, out, cv::Size(width, height), 0, 0, cv::INTER_AREA);
  return out;
}

cv::Mat turned(const cv::Mat& picture, double degrees) {
  cv::Mat out;
  const cv::Point2f centre(static_cast<float>(picture.cols) / 2,
                           static_cast<float>(picture.rows) / 2);
  cv::warpAffine(picture, out, cv::getRotationMatrix2D(centre, degrees, 1), picture.size(),
                 cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out;
}

Bytes jpeg(const cv::Mat& picture, int quality) {
  Bytes bytes;
  cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return bytes;
}

// The proportions of a resident ID card with the portrait on the right; Latin marks only, since no text
// is read from it.
cv::Mat draw_card(const cv::Mat& portrait) {
  cv::Mat card(638, 1012, CV_8UC3, cv::Scalar(238, 232, 222));
  for (int y = 0; y < card.rows; y += 22) {
    cv::line(card, {0, y}, {card.cols, y + 60}, cv::Scalar(228, 222, 210), 1, cv::LINE_AA);
  }
  const auto text = [&](const char* words, int x, int y, double size) {
    cv::putText(card, words, {x, y}, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(70, 60, 50), 2,
                cv::LINE_AA);
  };
  text("SPECIMEN  -  NOT AN ID CARD", 60, 90, 1.1);
  text("Mianqian demo picture", 60, 150, 0.9);
  for (int row = 0; row < 4; ++row) {
    cv::rectangle(card, {60, 210 + row * 70, 430 - row * 40, 30}, cv::Scalar(205, 198, 186), -1);
  }
  text("000000 00000000 0000", 330, 575, 1.0);
  portrait.copyTo(card(cv::Rect(640, 110, portrait.cols, portrait.rows)));
  return card;
}

// The template of the one face in a picture; nothing if a borrower's picture like it would be refused.
std::optional<FaceTemplate> accepted(const Engine& engine, ByteView picture, bool as_selfie) {
  const auto analysis = engine.analyze(picture);
  if (!analysis.ok()) return std::nullopt;
  const auto face = principal_face(*analysis);
  if (!face.ok() || (as_selfie && (!face->usable || !face->liveness.passed))) return std::nullopt;
  return face->face_template();
}

}  // namespace

Result<Specimens> make_specimens(const Engine& engine, ByteView photo, std::size_t index) {
  MQ_TRY(const auto analysis, engine.analyze(photo));
  if (analysis.faces.size() <= index) return VisionErrc::no_face;
  MQ_TRY(const auto decoded, decode(photo));
  const auto& picture = decoded.bgr;
  auto face = analysis.faces[index].box;
  for (float* side : {&face.x, &face.y, &face.width, &face.height}) *side /= decoded.scale;

  cv::Mat portrait = resized(crop(picture, face, 0.45F, 0.8F, 0.02F), 300, 375);
  cv::GaussianBlur(portrait, portrait, {0, 0}, 1.3);
  portrait.convertTo(portrait, -1, 0.8, 40);  // printed: flatter and paler
  cv::Mat selfie = resized(turned(crop(picture, face, 0.6F, 0.75F, -0.06F), 4), 720, 960);
  selfie.convertTo(selfie, -1, 1.08, 6);
  cv::Mat authority = resized(turned(crop(picture, face, 0.5F, 0.82F, 0.05F), -3), 178, 218);
  authority.convertTo(authority, -1, 0.95, -8);
  cv::flip(authority, authority, 1);
  return Specimens{jpeg(draw_card(portrait), 82), jpeg(selfie, 90), jpeg(authority, 70)};
}

std::vector<Specimens> choose_specimens(const Engine& engine, const std::vector<Bytes>& photos,
                                        std::size_t people) {
  constexpr float kCopy = 0.98F;
  const float same = threshold_for(kDefaultFalseMatchRate);
  std::vector<Specimens> chosen;
  std::vector<FaceTemplate> known;
  for (const auto& photo : photos) {
    for (std::size_t index = 0; index < limits::kImageMaxFaces && chosen.size() < people; ++index) {
      auto made = make_specimens(engine, photo, index);
      if (!made.ok()) break;
      const auto card = accepted(engine, made->card, false);
      const auto selfie = accepted(engine, made->selfie, true);
      const auto authority = accepted(engine, made->authority, false);
      if (!card || !selfie || !authority) continue;
      const auto alike = [&](const FaceTemplate& a, const FaceTemplate& b) {
        const float score = similarity(a, b);
        return score > same && score < kCopy;
      };
      if (!alike(*card, *selfie) || !alike(*card, *authority) || !alike(*selfie, *authority)) {
        continue;
      }
      const bool met = std::any_of(known.begin(), known.end(), [&](const FaceTemplate& other) {
        return similarity(other, *selfie) > same;
      });
      if (met) continue;
      known.push_back(*selfie);
      chosen.push_back(std::move(made).value());
    }
  }
  return chosen;
}

}  // namespace mq::vision
