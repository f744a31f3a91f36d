// Can this face be compared, and what should the person do if not. Pure functions on pixels and
// numbers.
//
// Units of the values: sharpness — variance of the Laplacian of the aligned face; luminance_mean —
// 0..255; luminance_variance — standard deviation, 0..255; under_ and over_exposure_prevention —
// share of the face without detail, 0..1; dynamic_range — entropy of the histogram in bits, 0..8;
// illumination_uniformity — difference of the two halves in shares of the brighter one, 0..1;
// inter_eye_distance — pixels of the sent picture; head_pose_* — degrees, signed as in Pose;
// eyes_open — of the less open eye, 0..1; eyes_visible, mouth_occlusion_prevention,
// no_head_coverings — probability that something covers them, 0..1; mouth_closed — gap between the
// inner lips in widths of the inner mouth; expression_neutrality — distance from a face at rest,
// 0..1; single_face_present — width of the widest other face in shares of this one;
// no_compression_artifacts — see blockiness().
#pragma once

#include <opencv2/core.hpp>

#include "vision/face/face.h"
#include "vision/face/occlusion.h"

namespace mq::vision {

// What judge() needs beside the measurements that are in the face already.
struct Evidence {
  cv::Mat aligned;          // 112x112 BGR, the edge repeated outside of the picture
  float others_widest = 0;  // width of the widest other face in the picture, 0 when there is none
  Occlusion occlusion;
  float blockiness = 1;  // of the face in the picture as decoded
};

// Fills `quality`, `usable` and `advice` from the pose, eyes, mouth, landmarks and box already in
// `face` (all in pixels of the sent picture) and the evidence. Where a mask or sunglasses cover
// what is measured, the value stays but nothing is asked of the person beyond taking them off.
void judge(Face& face, const Evidence& evidence);

// The pose network's answer in the signs of Pose and freed of its bias, with the roll of the line
// through the eyes, which is exact where the network is within ten degrees and which holds at any
// angle.
Pose settled_pose(const Pose& network, const Landmarks& in_picture);

// 0 a face at rest, 1 a broad smile or a mouth wide open. Frowns and pressed lips move the 68
// landmarks too little to be told from other faces at rest.
float expression_of(const Landmarks& landmarks, float mouth_open);

// A second face this wide, in shares of the widest one, is a second person rather than a bystander.
inline constexpr float kBystanderShare = 0.5F;

}  // namespace mq::vision
