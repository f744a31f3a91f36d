// Pictures bent and turned in space: triangles carry the pixels from one place to another.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "vision/face/face.h"

namespace mq::vision {

// A place in space: x right, y down, z towards the camera, all in pixels of the picture.
struct Place {
  double x = 0;
  double y = 0;
  double z = 0;
};

struct Mesh {
  std::vector<cv::Point2f> from;              // in the source picture
  std::vector<std::array<int, 3>> triangles;  // into `from`
};

// Where the vertices go. Nearer triangles hide farther ones. What no triangle covers shows `background`,
// which has the size of the result.
struct Placement {
  std::vector<cv::Point2f> to;
  std::vector<double> depth;  // larger is nearer
};
cv::Mat render(const cv::Mat& source, const Mesh& mesh, const Placement& placement,
               const cv::Mat& background);

// `columns` x `rows` cells over the rectangle.
Mesh sheet_mesh(const cv::Rect2f& area, int columns, int rows);

// Degrees. Yaw about the vertical axis, positive towards the picture's right; pitch about the horizontal
// axis, positive upwards; roll in the picture, positive clockwise.
struct Rotation {
  double yaw = 0;
  double pitch = 0;
  double roll = 0;
};
Place rotated(Place p, const Rotation& by);

// A sheet rolled about an axis in its own plane. `curvature` is one over the radius, in 1/pixels, positive
// when the middle comes towards the camera; `axis` in degrees, 0 vertical, 90 horizontal.
Place bent(Place p, double curvature, double axis);

}  // namespace mq::vision
