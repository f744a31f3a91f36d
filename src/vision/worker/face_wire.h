// A face in the body of a frame, for every answer that holds one.
#pragma once

#include "vision/face/face.h"
#include "vision/worker/wire.h"

namespace mq::vision {

void put_face(Writer& out, const Face& face);
// What is no face within the limits marks the reader as failed.
Face get_face(Reader& in);

}  // namespace mq::vision
