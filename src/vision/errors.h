// What can go wrong with a picture, a template, a PDF or the child that looks at it.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

namespace mq::vision {

enum class VisionErrc {
  not_an_image,        // neither JPEG, PNG nor WebP, or cut off or corrupt
  unsupported_format,  // a picture, but of a kind that is not accepted (GIF, BMP, TIFF, HEIC,
                       // animation)
  too_many_bytes,      // over limits::kHttpPhotoBodyBytes, a PDF over limits::kPdfBytes
  too_many_pixels,     // over limits::kImagePixels, by its header, before decoding
  image_too_small,     // a side below limits::kImageMinSide
  no_face,
  several_faces,   // a second face at least half as wide as the largest
  face_too_small,  // the face is narrower than kFaceMinWidth
  busy,            // retryable: the queue is full, or waiting in it took too long
  worker_lost,     // retryable: the child died on this picture, or could not be started
  timeout,  // retryable: the child took longer than the time for its kind of work and was stopped
  models_missing,  // the directory lacks a model file, or a file is not the one the manifest pins
  pdf_damaged,     // not a PDF, or one whose parts cannot be found
  pdf_encrypted,   // opens with a password only
  pdf_no_such_page,
  pdf_page_too_large,  // too wide, too many pixels at the wanted resolution, or too much text
  pdf_too_many_pages,  // over limits::kPdfPages
  pdf_unavailable      // this machine lacks Landlock, fonts or poppler-data: no PDF is opened
};
BOOST_DESCRIBE_ENUM(VisionErrc, not_an_image, unsupported_format, too_many_bytes, too_many_pixels,
                    image_too_small, no_face, several_faces, face_too_small, busy, worker_lost,
                    timeout, models_missing, pdf_damaged, pdf_encrypted, pdf_no_such_page,
                    pdf_page_too_large, pdf_too_many_pages, pdf_unavailable)
constexpr std::string_view error_domain(VisionErrc) { return "vision"; }

}  // namespace mq::vision
