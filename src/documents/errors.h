// What can go wrong with a document.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

namespace mq::documents {

enum class DocumentsErrc {
  not_found,
  empty,             // no bytes at all
  not_accepted,      // by its content neither JPEG, PNG, WebP nor PDF
  not_this_kind,     // a PDF of what has to be a photo
  too_many_pages,    // over limits::kDocumentPages
  day_limit,         // limits::kDocumentFilesPerDay or kDocumentBytesPerDay of this person
  infected,          // the scanner found something; nothing was kept
  scan_unavailable,  // retryable: a scanner is configured and gave no verdict; nothing was kept
  wrong_state,       // the document takes no page, no field or no verification in its state
  bad_field,         // the detail names the field: none of this kind, or no such value
  statement_too_large,  // more pages, texts or rows than limits::kStatement…
  statement_malformed,  // a page or box without a size, or a number that is none
  statement_no_header,  // nowhere a line that names the columns
  statement_no_rows     // columns, but nothing booked
};
BOOST_DESCRIBE_ENUM(DocumentsErrc, not_found, empty, not_accepted, not_this_kind, too_many_pages,
                    day_limit, infected, scan_unavailable, wrong_state, bad_field,
                    statement_too_large, statement_malformed, statement_no_header,
                    statement_no_rows)
constexpr std::string_view error_domain(DocumentsErrc) { return "documents"; }

}  // namespace mq::documents
