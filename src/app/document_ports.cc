#include "app/document_ports.h"

#include "partners/partners.h"

namespace mq::app {
namespace {

documents::Scan scanner(const partners::ClamdClient& clamd) {
  return [clamd](ByteView file) -> Result<documents::Verdict> {
    MQ_TRY(const auto verdict, clamd.scan(file));
    return verdict == partners::ScanVerdict::clean ? documents::Verdict::clean
                                                   : documents::Verdict::infected;
  };
}

}  // namespace

vision::PdfConfig pdf_config() {
  vision::PdfConfig out;
  out.documents = 2;
  return out;
}

documents::Ports document_ports(vision::WorkerPool& pictures, vision::PdfPool& pdfs,
                                const std::string& clamd) {
  documents::Ports out;
  out.measure = [&pictures](ByteView picture) { return pictures.measure(picture); };
  out.open_pdf = documents::pdf_opener(pdfs);
  if (const auto client = partners::ClamdClient::make(clamd)) out.scan = scanner(*client);
  out.readers.read_card = [&pictures](ByteView picture, vision::CardSide side) {
    return pictures.read_card(picture, side);
  };
  out.readers.read_hand_held = [&pictures](ByteView picture) {
    return pictures.read_hand_held(picture);
  };
  out.readers.read_bank_card = [&pictures](ByteView picture) -> Result<documents::ReadResult> {
    MQ_TRY(const auto reading, pictures.read_bank_card(picture));
    return documents::result_of(reading);
  };
  out.readers.read_page = [&pictures](ByteView picture) { return pictures.read_page(picture); };
  return out;
}

}  // namespace mq::app
