// Parts of a picture for a closer look, and the way back from them.
#pragma once

#include <opencv2/core.hpp>

#include "vision/document/card_places.h"
#include "vision/text/reader.h"

namespace mq::vision {

// A part of the picture, turned so that its text runs along the rows; `to_picture` leads back.
struct Cut {
  cv::Mat bgr;
  cv::Matx23d to_picture;
  double scale = 1;  // pixels of the cut for one of the picture
  Point back(Point p) const {
    return {static_cast<float>(to_picture(0, 0) * p.x + to_picture(0, 1) * p.y + to_picture(0, 2)),
            static_cast<float>(to_picture(1, 0) * p.x + to_picture(1, 1) * p.y + to_picture(1, 2))};
  }
};

// The extent of points along a direction (u) and across it (v).
struct Extent {
  double c = 1, s = 0;
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;

  explicit Extent(double radians);
  void add(Point p);
  void grow(double along, double across);
};

// What an extent that holds points covers, `scale` pixels for one of the picture. Beyond the
// picture its edge is repeated. Sides have 32 to `longest` pixels, whatever the extent.
Cut cut_out(const cv::Mat& bgr, const Extent& extent, double scale, int longest);

// The extent of all lines of a page, which has some.
Extent extent_of(const PageText& page);

// Around the card, upright and `width` pixels across; `margin` of the card on each side is shown.
Cut cut_along(const cv::Mat& bgr, const Quad& card, double margin, int width);

}  // namespace mq::vision
