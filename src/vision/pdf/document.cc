#include "vision/pdf/document.h"

#include <Annot.h>
#include <Catalog.h>
#include <ErrorCodes.h>
#include <Form.h>
#include <GlobalParams.h>
#include <JSInfo.h>
#include <PDFDoc.h>
#include <Page.h>
#include <SplashOutputDev.h>
#include <UTF.h>
#include <splash/SplashBitmap.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "vision/pdf/words.h"
#include "vision/worker/frame.h"

namespace mq::vision {
namespace {

constexpr std::size_t kFactBytes = 200;
constexpr double kPointsPerInch = 72;
constexpr double kLookDpi = 96;            // to see whether a word is there at all
constexpr double kLookPixels = 4'000'000;  // of a page of any size
constexpr int kLeastContrast = 24;  // of 255, between the lightest and the darkest pixel of a word
constexpr int kJpegQualities[] = {92, 75};

void ignore_message(ErrorCategory /*category*/, Goffset /*position*/, const char* /*message*/) {}

void set_up_poppler() {
  if (globalParams) return;
  globalParams = std::make_unique<GlobalParams>();
  setErrorCallback(ignore_message);
}

// Whatever poppler or the memory throws while it looks at the document.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return Error(VisionErrc::pdf_damaged, "the reader gave up");
  }
}

struct Deadline {
  explicit Deadline(int ms) : until_ms(steady_ms() + ms) {}
  std::int64_t until_ms;
  bool over = false;
  static bool check(void* self) {
    auto* deadline = static_cast<Deadline*>(self);
    deadline->over = deadline->over || steady_ms() > deadline->until_ms;
    return deadline->over;
  }
};

std::string text_fact(PDFDoc& pdf, const char* key) {
  const std::unique_ptr<GooString> entry = pdf.getDocInfoStringEntry(key);
  if (!entry) return {};
  Unicode* text = nullptr;
  const int length = TextStringToUCS4(entry->toStr().substr(0, 4 * kFactBytes), &text);
  const std::unique_ptr<Unicode, void (*)(void*)> kept(text, gfree);
  return clean_text(text, std::max(0, length), kFactBytes);
}

PdfSize size_of(Page* page) {
  if (page == nullptr || !page->isOk()) return {};
  double width = page->getCropWidth(), height = page->getCropHeight();
  if (page->getRotate() % 180 != 0) std::swap(width, height);
  constexpr double kMost = 1e6;
  if (!(width > 0 && height > 0 && width < kMost && height < kMost)) return {};
  return {static_cast<float>(width), static_cast<float>(height)};
}

bool is_script(const Object& action) {
  return action.isDict() && action.dictLookup("S").isName("JavaScript");
}

bool has_javascript(PDFDoc& pdf) {
  const Object catalog = pdf.getXRef()->getCatalog();
  if (catalog.isDict() && is_script(catalog.dictLookup("OpenAction"))) return true;
  JSInfo scripts(&pdf);
  scripts.scanJS(pdf.getNumPages(), /*stopOnFirstJS=*/true);
  return scripts.containsJS();
}

bool has_attachments(PDFDoc& pdf) {
  if (pdf.getCatalog()->numEmbeddedFiles() > 0) return true;
  for (int i = 1; i <= pdf.getNumPages(); ++i) {
    Page* page = pdf.getPage(i);
    Annots* annotations = page == nullptr ? nullptr : page->getAnnots();
    if (annotations == nullptr) continue;
    const auto& all = annotations->getAnnots();
    if (std::any_of(all.begin(), all.end(),
                    [](const Annot* one) { return one->getType() == Annot::typeFileAttachment; })) {
      return true;
    }
  }
  return false;
}

// All but whether it was repaired.
PdfFacts facts_of(PDFDoc& pdf) {
  PdfFacts out;
  out.pages = pdf.getNumPages();
  out.encrypted = pdf.isEncrypted();
  out.javascript = has_javascript(pdf);
  out.attachments = has_attachments(pdf);
  out.forms = pdf.getCatalog()->getFormType() != Catalog::NoForm;
  const auto signatures = pdf.getSignatureFields();
  out.signatures = std::any_of(signatures.begin(), signatures.end(), [](const auto* field) {
    return field != nullptr && field->getSignature() != nullptr;
  });
  out.producer = text_fact(pdf, "Producer");
  out.creator = text_fact(pdf, "Creator");
  out.created = text_fact(pdf, "CreationDate");
  out.modified = text_fact(pdf, "ModDate");
  for (int i = 1; i <= out.pages; ++i) out.sizes.push_back(size_of(pdf.getPage(i)));
  return out;
}

// Debian's rows of JPEG are 65,500 pixels long at most, far above what the limits let through.
Result<Bytes> to_jpeg(const SplashBitmap& bitmap) {
  const std::unique_ptr<void, int (*)(void*)> encoder(tjInitCompress(), tjDestroy);
  for (const int quality : kJpegQualities) {
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    const int status = tjCompress2(encoder.get(), bitmap.getDataPtr(), bitmap.getWidth(),
                                   bitmap.getRowSize(), bitmap.getHeight(), TJPF_BGR, &bytes, &size,
                                   TJSAMP_444, quality, TJFLAG_ACCURATEDCT);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> kept(bytes, tjFree);
    if (status != 0) return Error(VisionErrc::pdf_damaged, "the page cannot be made a picture");
    if (size <= limits::kHttpPhotoBodyBytes) return Bytes(bytes, bytes + size);
  }
  return Error(VisionErrc::pdf_page_too_large, "as a picture");
}

// The lightest and the darkest pixel of the middle of a word's place.
bool is_unseen(const SplashBitmap& page, const PdfWord& word, double scale) {
  const auto inner = [scale](float low, float high, double cut, int most) {
    const double margin = (high - low) * cut;
    const auto at = [&](double point) {
      return std::clamp(static_cast<int>(point * scale), 0, most - 1);
    };
    const int first = at(low + margin);
    return std::pair(first, std::max(first, at(high - margin)));
  };
  const auto [left, right] = inner(word.left, word.right, 0.02, page.getWidth());
  const auto [top, bottom] = inner(word.top, word.bottom, 0.12, page.getHeight());
  int light = 0, dark = 255;
  for (int y = top; y <= bottom; ++y) {
    const auto* row = page.getDataPtr() + static_cast<std::ptrdiff_t>(y) * page.getRowSize();
    const auto [low, high] = std::minmax_element(row + left, row + right + 1);
    light = std::max<int>(light, *high);
    dark = std::min<int>(dark, *low);
  }
  return light - dark < kLeastContrast;
}

}  // namespace

struct Document::Impl {
  Bytes bytes;            // poppler reads them in place
  bool repaired = false;  // poppler may find out at any time
  std::unique_ptr<PDFDoc> pdf;
  PdfFacts facts;
  int page_ms = 0;

  // Errors: pdf_no_such_page, pdf_damaged, pdf_page_too_large.
  Result<PdfSize> page_size(int page) const;
  // Errors: timeout, pdf_damaged.
  Result<std::unique_ptr<SplashBitmap>> draw(int page, double dpi, SplashColorMode mode,
                                             Deadline& deadline) const;
};

Result<PdfSize> Document::Impl::page_size(int page) const {
  if (page < 1 || page > facts.pages) return VisionErrc::pdf_no_such_page;
  const PdfSize size = facts.sizes[static_cast<std::size_t>(page - 1)];
  if (size.width <= 0) return Error(VisionErrc::pdf_damaged, "the page is missing");
  if (std::max(size.width, size.height) > limits::kPdfPagePoints) {
    return Error(VisionErrc::pdf_page_too_large, "in points");
  }
  return size;
}

Result<std::unique_ptr<SplashBitmap>> Document::Impl::draw(int page, double dpi,
                                                           SplashColorMode mode,
                                                           Deadline& deadline) const {
  SplashColor white = {255, 255, 255};
  SplashOutputDev device(mode, /*bitmapRowPadA=*/1, /*reverseVideoA=*/false, white);
  device.setFontAntialias(true);
  device.setVectorAntialias(true);
  device.setFreeTypeHinting(false, false);
  device.startDoc(pdf.get());
  pdf->displayPage(&device, page, dpi, dpi, /*rotate=*/0, /*useMediaBox=*/false, /*crop=*/true,
                   /*printing=*/false, Deadline::check, &deadline);
  if (deadline.over) return Error(VisionErrc::timeout, "drawing the page");
  std::unique_ptr<SplashBitmap> out(device.takeBitmap());
  if (!out || out->getWidth() < 1 || out->getHeight() < 1 || out->getDataPtr() == nullptr) {
    return Error(VisionErrc::pdf_damaged, "the page cannot be drawn");
  }
  return out;
}

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::~Document() = default;
const PdfFacts& Document::facts() const { return impl_->facts; }

Result<std::unique_ptr<Document>> Document::open(Bytes pdf, int page_ms) {
  if (pdf.size() > limits::kPdfBytes) return VisionErrc::too_many_bytes;
  // Readers look for the mark in the first kilobyte.
  if (as_text(pdf).substr(0, 1024).find("%PDF-") == std::string_view::npos) {
    return Error(VisionErrc::pdf_damaged, "not a PDF");
  }
  set_up_poppler();
  return guarded([&]() -> Result<std::unique_ptr<Document>> {
    auto impl = std::make_unique<Impl>();
    impl->bytes = std::move(pdf);
    impl->page_ms = page_ms;
    auto* stream = new MemStream(reinterpret_cast<const char*>(impl->bytes.data()), 0,
                                 static_cast<Goffset>(impl->bytes.size()), Object(objNull));
    impl->pdf = std::make_unique<PDFDoc>(stream, std::nullopt, std::nullopt, nullptr,
                                         [self = impl.get()] { self->repaired = true; });
    if (!impl->pdf->isOk()) {
      return impl->pdf->getErrorCode() == errEncrypted ? VisionErrc::pdf_encrypted
                                                       : VisionErrc::pdf_damaged;
    }
    const int pages = impl->pdf->getNumPages();
    if (pages < 1) return Error(VisionErrc::pdf_damaged, "no pages");
    if (pages > limits::kPdfPages) return VisionErrc::pdf_too_many_pages;
    impl->facts = facts_of(*impl->pdf);
    impl->facts.repaired = impl->repaired;
    return std::unique_ptr<Document>(new Document(std::move(impl)));
  });
}

Result<PdfPageText> Document::page_text(int page) const {
  return guarded([&]() -> Result<PdfPageText> {
    MQ_TRY(const PdfSize size, impl_->page_size(page));
    Deadline deadline(impl_->page_ms);
    WordDevice device(size);
    impl_->pdf->displayPage(&device, page, kPointsPerInch, kPointsPerInch, 0, false, true, false,
                            Deadline::check, &deadline);
    if (deadline.over) return Error(VisionErrc::timeout, "reading the page");
    PdfPageText out;
    if (!device.take(out) || device.too_much()) {
      return Error(VisionErrc::pdf_page_too_large, "too much text");
    }
    if (out.words.empty()) return out;
    const double area =
        static_cast<double>(size.width) * size.height / kPointsPerInch / kPointsPerInch;
    const double dpi = std::min(kLookDpi, std::sqrt(kLookPixels / area));
    MQ_TRY(const auto drawn, impl_->draw(page, dpi, splashModeMono8, deadline));
    for (PdfWord& word : out.words) word.unseen = is_unseen(*drawn, word, dpi / kPointsPerInch);
    return out;
  });
}

Result<Bytes> Document::jpeg(int page, int dpi) const {
  return guarded([&]() -> Result<Bytes> {
    MQ_TRY(const PdfSize size, impl_->page_size(page));
    const int used = std::clamp(dpi, limits::kPdfMinDpi, limits::kPdfMaxDpi);
    const auto pixels = [used](float points) {
      return std::ceil(points * used / kPointsPerInch) + 1;
    };
    const double all = pixels(size.width) * pixels(size.height);
    if (all > static_cast<double>(limits::kPdfPixels)) {
      return Error(VisionErrc::pdf_page_too_large, "in pixels");
    }
    Deadline deadline(impl_->page_ms);
    MQ_TRY(const auto drawn, impl_->draw(page, used, splashModeBGR8, deadline));
    return to_jpeg(*drawn);
  });
}

}  // namespace mq::vision
