// The whole way from a picture to its lines of text.
#pragma once

#include <memory>
#include <optional>

#include "vision/text/find_lines.h"
#include "vision/text/recognise.h"

namespace mq::vision {

struct TextSettings {
  int long_side =
      960;  // what the picture is brought to for finding lines: more finds smaller text, slower
  std::size_t most = 200;         // lines
  float least_confidence = 0.5F;  // of a line that is kept
  bool other_way_up = false;      // than what the lines look like: for a page that made no sense
  int least_width = kTrainedWidth;  // that lines are padded to: less is faster
  bool join_squares = true;         // single characters that touch are one line; not in tables, where they are a column
};

struct PageText {
  std::vector<TextLine> lines;  // in no order
  // Where lines run, in degrees clockwise from the picture's rows, −180 < direction <= 180. All
  // lines of a page run the same way, to some degrees.
  float direction = 0;
};

// Thread-safe after load().
class TextReader {
 public:
  // Errors: models_missing.
  static Result<TextReader> load(const std::string& models_dir);

  PageText read(const cv::Mat& bgr, const TextSettings& settings = {}) const;
  // A place that is known to be one line.
  TextLine read_line(const cv::Mat& bgr, const std::array<Point, 4>& corners,
                     int least_width = kTrainedWidth) const;
  // The same places, read by the second network, which was trained on other pictures and knows
  // fewer characters: `knows_second` says which.
  ReadLine reread(const cv::Mat& bgr, const std::array<Point, 4>& corners,
                  int least_width = kTrainedWidth) const;
  bool knows(const std::string& character) const { return first_.knows(character); }
  bool knows_second(const std::string& character) const { return second_.knows(character); }

 private:
  TextReader(SizedModel detector, Model direction, LineRecogniser first, LineRecogniser second);
  std::vector<LineBox> find(const cv::Mat& bgr, const TextSettings& settings) const;
  bool upside_down(const cv::Mat& bgr, std::vector<LineBox> boxes) const;

  SizedModel detector_;
  Model direction_;
  LineRecogniser first_;
  LineRecogniser second_;
};

// The line as it is given to a recogniser: 48 pixels high, upright, BGR.
cv::Mat line_strip(const cv::Mat& bgr, const std::array<Point, 4>& corners);

}  // namespace mq::vision
