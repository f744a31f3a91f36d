// What can go wrong with a document.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

namespace mq::documents {

enum class DocumentsErrc {
  not_found,
  statement_too_large,  // more pages, texts or rows than limits::kStatement…
  statement_malformed,  // a page or box without a size, or a number that is none
  statement_no_header,  // nowhere a line that names the columns
  statement_no_rows,    // columns, but nothing booked
  statement_no_text,    // nothing to read on any page
  statement_mixed       // several PDFs, or a PDF among pictures
};
BOOST_DESCRIBE_ENUM(DocumentsErrc, not_found, statement_too_large, statement_malformed,
                    statement_no_header, statement_no_rows, statement_no_text, statement_mixed)
constexpr std::string_view error_domain(DocumentsErrc) { return "documents"; }

}  // namespace mq::documents
