// What is said about documents that are not errors of a request: why another photo is wanted, what
// the offline checks found. Private to api/.
#pragma once

#include <string>
#include <string_view>

#include "api/views.h"

namespace mq::api {

// Of any code of a document's problems, those of the problem table too, in the words for that kind.
ReasonBody document_reason(std::string_view code, const std::string& language,
                           documents::Kind kind = documents::Kind::id_card_front);

// The text of a check; the code itself where there is none (a test keeps that from happening).
std::string check_text(std::string_view code, const std::string& language);

}  // namespace mq::api
