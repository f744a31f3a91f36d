// The locked children and the scanner behind the ports that documents declares. Private to app/.
#pragma once

#include <string>

#include "documents/documents.h"
#include "vision/vision.h"

namespace mq::app {

// Two at once: somebody who hands one in does not wait for one that is read in the background.
vision::PdfConfig pdf_config();

// `clamd` as in the settings, "" for none. The pools outlive what is made here.
documents::Ports document_ports(vision::WorkerPool& pictures, vision::PdfPool& pdfs,
                                const std::string& clamd);

}  // namespace mq::app
