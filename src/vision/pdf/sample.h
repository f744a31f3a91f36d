// PDFs made here: what the child tries itself on before it is locked and in its self-test.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

// The file of these objects, numbered from 1, with a right table of where they are. The first one
// is the catalog; `trailer` goes into the trailer's dictionary.
Bytes assemble_pdf(const std::vector<std::string>& objects, const std::string& trailer = {});
// The object of an uncompressed stream; `entries` goes into its dictionary.
std::string stream_object(const std::string& content, const std::string& entries = {});

// A page of 300 by 100 points that shows "Mianqian" in Helvetica and `utf16` (hexadecimal, big
// endian) in a Chinese font, neither of which is in the file.
Bytes foreign_font_pdf(const std::string& utf16);

// Whether such a page is read and seen in full. Errors: pdf_unavailable: fonts or poppler-data are
// missing, so that a page would lose its characters without anybody's noticing.
Status check_foreign_fonts(const std::string& utf16, const std::string& utf8);

// Lets poppler and fontconfig read their indexes, which the locked process could not, and looks at
// such a page.
Status warm_up_documents();

}  // namespace mq::vision
