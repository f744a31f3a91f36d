// Measures of a photo of a card: sharpness, light, colour, what lies on it. Pure; no thresholds of
// problems here.
//
// `flat` is the card as card_picture() cuts it out, 1012 × 638 BGR; places are in card pixels.
// Wrong sizes are bugs (CHECK).
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

namespace mq::vision {

// Spread of the blur in card pixels (sigma of a Gaussian), from how much a further, known blur
// takes from the edges of the texts at `places`. Nothing without text there.
std::optional<float> blur_of(const cv::Mat& flat, std::span<const cv::Rect> places);

// What only a reflection or an overexposed spot gives: white pixels (255) of the mask, 1012 × 638,
// in spots of at least 0.15 % of the card that no text runs through. Empty when most of the card is
// as bright.
cv::Mat blown_out(const cv::Mat& flat, const cv::Rect& portrait);

// Where something with the colour of skin lies on the paper, as blown_out() answers.
cv::Mat skin(const cv::Mat& flat, const cv::Rect& portrait);

// Share of the pixels of `place` that are set in a mask.
float covered_share(const cv::Mat& mask, const cv::Rect& place);

struct Tone {
  float paper = 0;   // luminance that a quarter of the card exceeds, 0..255
  float colour = 0;  // how far the colours of the card lie apart, in shares of the luminance; 0: a
                     // grey picture
};
Tone tone_of(const cv::Mat& flat);

// How far the strongest fine wave in the picture stands out, as the decimal logarithm of its power
// over the median of all waves as fine (2 to 5 pixels). The pixels are the camera's: those of
// `quad` in the picture, not flattened.
float fine_waves(const cv::Mat& bgr, std::span<const cv::Point> middles);

}  // namespace mq::vision
