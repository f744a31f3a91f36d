#include "documents/media.h"

#include <string>
#include <string_view>
namespace mq::documents {

std::optional<Media> media_of(ByteView file) {
  const auto text = as_text(file);
  if (text.starts_with("\xFF\xD8\xFF")) return Media::jpeg;
  if (text.starts_with("\x89PNG\r\n\x1A\n")) return Media::png;
  if (text.starts_with("RIFF") && text.substr(0, 12).ends_with("WEBP")) return Media::webp;
  if (text.starts_with("%PDF-")) return Media::pdf;
  return std::nullopt;
}

std::string media_type(Media media) {
  switch (media) {
    case Media::jpeg:
      return "image/jpeg";
    case Media::png:
      return "image/png";
    case Media::webp:
      return "image/webp";
    case Media::pdf:
      return "application/pdf";
  }
  check_failed("unknown media");
}

}  // namespace mq::documents
