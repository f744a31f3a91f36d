// usage: fuzz_seeds PHOTOS DIR: writes DIR/<target>/<seed> for every fuzz target that starts from
// something.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

#include "base/check.h"
#include "vision/pdf/protocol.h"
#include "vision/pdf/sample.h"
#include "vision/worker/bank_card_wire.h"
#include "vision/worker/card_wire.h"
#include "vision/worker/page_wire.h"
#include "vision/worker/protocol.h"

namespace {

namespace fs = std::filesystem;
using mq::Bytes;

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) { fs::create_directories(path_); }
  void add(const std::string& name, const Bytes& bytes) {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    MQ_CHECK(out.flush().good());
  }

 private:
  fs::path path_;
};

Bytes encoded(const cv::Mat& picture, const char* kind, const std::vector<int>& how = {}) {
  Bytes out;
  MQ_CHECK(cv::imencode(kind, picture, out, how));
  return out;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// The JPEG with an EXIF segment that holds nothing but its orientation.
Bytes oriented(const Bytes& jpeg, std::uint8_t orientation, bool big_endian) {
  const Bytes big = {'M', 'M', 0, 42, 0, 0, 0,           8, 0, 1, 1, 0x12, 0,
                     3,   0,   0, 0,  1, 0, orientation, 0, 0, 0, 0, 0,    0};
  const Bytes little = {'I', 'I', 42, 0, 8, 0,           0, 0, 1, 0, 0x12, 1, 3,
                        0,   1,   0,  0, 0, orientation, 0, 0, 0, 0, 0,    0, 0};
  const Bytes& tiff = big_endian ? big : little;
  const auto length = static_cast<std::uint8_t>(2 + 6 + tiff.size());
  return joined({{0xFF, 0xD8, 0xFF, 0xE1, 0, length, 'E', 'x', 'i', 'f', 0, 0},
                 tiff,
                 Bytes(jpeg.begin() + 2, jpeg.end())});
}

// Whole and hurt pictures of every kind, 48x64 out of the middle of the photo.
void add_pictures(Folder& out, const cv::Mat& photo, const std::string& name) {
  const int width = std::min(photo.cols, photo.rows) / 3;
  const cv::Rect middle(photo.cols / 2 - width / 2, photo.rows / 3 - width / 6, width, width);
  cv::Mat small, grey, alpha, deep;
  cv::resize(photo(middle & cv::Rect({0, 0}, photo.size())), small, {48, 64}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(small, alpha, cv::COLOR_BGR2BGRA);
  small.convertTo(deep, CV_16UC3, 257);
  const Bytes jpeg = encoded(small, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 60});
  const Bytes png = encoded(small, ".png");
  const Bytes webp = encoded(small, ".webp", {cv::IMWRITE_WEBP_QUALITY, 60});
  for (const auto& [kind, whole] : {std::pair{"jpeg", jpeg}, {"png", png}, {"webp", webp}}) {
    out.add(name + kind, whole);
    out.add(name + kind + "-third",
            Bytes(whole.begin(), whole.begin() + static_cast<long>(whole.size() / 3)));
    out.add(name + kind + "-cut", Bytes(whole.begin(), whole.end() - 3));
    out.add(name + kind + "-tail", joined({whole, {'t', 'a', 'i', 'l'}}));
    out.add(name + kind + "-twice", joined({whole, whole}));
  }
  for (std::uint8_t orientation = 0; orientation <= 9; ++orientation) {
    out.add(name + "turned-" + std::to_string(orientation),
            oriented(jpeg, orientation, orientation % 2 == 0));
  }
  out.add(name + "progressive", encoded(small, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  out.add(name + "restarts", encoded(small, ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 2}));
  out.add(name + "grey-jpeg", encoded(grey, ".jpg"));
  out.add(name + "grey-png", encoded(grey, ".png"));
  out.add(name + "bits-png", encoded(grey > 128, ".png", {cv::IMWRITE_PNG_BILEVEL, 1}));
  out.add(name + "alpha-png", encoded(alpha, ".png"));
  out.add(name + "deep-png", encoded(deep, ".png"));
  out.add(name + "alpha-webp", encoded(alpha, ".webp", {cv::IMWRITE_WEBP_QUALITY, 60}));
  out.add(name + "lossless-webp", encoded(small, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101}));
}

// Decoded at a fraction of its size.
void add_wide_picture(Folder& out) {
  const cv::Mat wide(40, 3300, CV_8UC3, cv::Scalar(90, 120, 150));
  out.add("wide-jpeg", encoded(wide, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 40}));
  out.add("wide-png", encoded(wide, ".png"));
}

void add_other_formats(Folder& out) {
  for (const std::string text :
       {"GIF89a", "BM", "8BPS", "<svg", "II*", "RIFF....WEBPVP8X", "...ftypheic"}) {
    out.add("other-" + text.substr(0, 3), mq::to_bytes(text));
  }
}

void add_messages(Folder& out) {
  using namespace mq::vision;
  constexpr Bytes::value_type kAnalysis = 0, kError = 1, kFrames = 2, kCard = 3, kSize = 4,
                              kBankCard = 5, kPage = 6;  // as protocol_fuzz.cc tells them apart
  PageReading page;
  page.width = 1654;
  page.height = 2339;
  page.lines.push_back({{10, 20, 100, 24}, "2025-01-03", 0.9F});
  page.lines.push_back({{200, 20, 90, 24}, "1,234.56", 0.8F});
  out.add("page", joined({{kPage}, encode(page)}));
  for (const int faces : {0, 1, 3}) {
    Analysis analysis{.width = 640, .height = 480, .face_count = faces, .faces = {}};
    for (int i = 0; i < faces; ++i) {
      Face face;
      face.box = {10, 20, 100, 120};
      face.advice = {Advice::hold_still, Advice::more_light};
      face.embedding[static_cast<std::size_t>(i)] = 1;
      analysis.faces.push_back(face);
    }
    const Bytes body = encode(analysis);
    out.add("analysis-" + std::to_string(faces), joined({{kAnalysis}, body}));
    const auto size = static_cast<std::uint32_t>(body.size() + 1);
    const Bytes head = {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8),
                        static_cast<std::uint8_t>(size >> 16), 0,
                        static_cast<std::uint8_t>(Kind::analysis)};
    out.add("frame-" + std::to_string(faces), joined({{kFrames}, head, body}));
  }
  BankCardReading bank_card;
  bank_card.state = CardState::confirm;
  bank_card.number.text = "6225880123456783";
  bank_card.number.state = FieldState::confirm;
  bank_card.number.places.resize(2);
  out.add("bank-card", joined({{kBankCard}, encode(bank_card)}));
  out.add("error", joined({{kError}, encode(mq::Error(VisionErrc::timeout, "no answer"))}));
  CardReading card;
  card.problems = {CardProblem::glare};
  card.name = {"古丽·买买提", 0.75F, FieldState::confirm, {{{{1, 2}, {3, 2}, {3, 4}, {1, 4}}}}};
  card.portrait = {{{{5, 8}, {9, 8}, {9, 20}, {5, 20}}}};
  out.add("card", joined({{kCard}, encode(card)}));
  out.add("size", joined({{kSize}, encode(PictureSize{640, 480})}));
  out.add("ready", {kFrames, 1, 0, 0, 0, static_cast<std::uint8_t>(Kind::ready)});
}

void add_sequences(Folder& out) {
  const Bytes jpeg = encoded(cv::Mat(32, 32, CV_8UC3, cv::Scalar(90, 120, 150)), ".jpg");
  out.add("mjpeg", joined({jpeg, jpeg, jpeg}));
  out.add("mjpeg-cut", joined({jpeg, Bytes(jpeg.begin(), jpeg.end() - 5)}));
  const Bytes frame = joined({mq::to_bytes("FRAME\n"), Bytes(8 * 6 * 3 / 2, 128)});
  for (const std::string header :
       {"YUV4MPEG2 W8 H6 F25:1 Ip A1:1 C420jpeg\n", "YUV4MPEG2 W8 H6 F30000:1001 Ip A0:0\n",
        "YUV4MPEG2 W8 H6 F10:1 C422\n", "YUV4MPEG2 W70000 H6 F0:0 C420mpeg2\n"}) {
    out.add("y4m-" + std::to_string(header.size()), joined({mq::to_bytes(header), frame, frame}));
  }
}

void add_pdfs(Folder& out) {
  using namespace mq::vision;
  constexpr Bytes::value_type kFacts = 0, kWords = 1, kDraw = 2, kRead = 3, kDrawContent = 4,
                              kReadContent = 5;  // as pdf_fuzz.cc tells them apart
  const Bytes pdf = foreign_font_pdf("4F59989D");
  const Bytes content =
      mq::to_bytes("q 1 0 0 1 9 9 cm 3 Tr BT /F1 12 Tf 1 0 0 1 20 20 Tm (1,234.50) Tj ET Q");
  for (const auto kind : {kDraw, kRead})
    out.add("whole-" + std::to_string(kind), joined({{kind}, pdf}));
  for (const auto kind : {kDrawContent, kReadContent}) {
    out.add("content-" + std::to_string(kind), joined({{kind}, content}));
  }
  PdfFacts facts;
  facts.pages = 1;
  facts.sizes.resize(1);
  facts.producer = "Word";
  out.add("facts", joined({{kFacts}, encode(facts)}));
  PdfPageText page;
  page.words.resize(2);
  page.words[0].text = "1,234.50";
  out.add("words", joined({{kWords}, encode(page)}));
}

// Numbers for the targets that draw everything from their input.
void add_noise(Folder& out) {
  cv::RNG random(20261122);
  for (const int size : {16, 64, 256, 1024, 4096}) {
    Bytes noise(static_cast<std::size_t>(size));
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random.uniform(0, 256));
    out.add("noise-" + std::to_string(size), noise);
  }
}

// Fields of invented cards, as fields_fuzz.cc parts them.
void add_fields(Folder& out) {
  int n = 0;
  for (const std::string_view text :
       {"F陈丽森\n女\n汉\n1973年11月13日\n130682197311135403\n2023.04.21-长期\n定州市公安局",
        "F买买提·艾力\n男\n维吾尔\n1949-12-31\n11O1O519491231OO2X\n2010.01.01-2030.01.01\n"
        "北京市公安局朝阳分局",
        "F11010519491231002X", "F纳西(摩梭)", "F穿青人", "F2010.01.01-長期"}) {
    out.add("card-" + std::to_string(n++), Bytes(text.begin(), text.end()));
  }
}

Bytes from_hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

// Authenticator data with each kind of key, of the relying party of webauthn_fuzz.cc
// ("example.org").
void add_passkeys(Folder& out) {
  constexpr Bytes::value_type kObject = 0, kClientData = 1,
                              kAuthenticatorData = 2;  // as webauthn_fuzz.cc tells them apart
  const Bytes hash = from_hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5");
  const Bytes head = joined({{0, 0, 0, 0}, Bytes(16, 0xAA), {0, 1, 7}});
  const Bytes es256 = from_hex(
      "a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61"
      "225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220");
  const Bytes eddsa = from_hex(
      "a401010327200621582044e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832");
  const Bytes rs256 =
      joined({from_hex("a401030339010020590100"), Bytes(256, 0xFF), from_hex("2143010001")});
  const Bytes extensions = from_hex("a16b6372656450726f7465637402");
  for (const auto& [name, key] : {std::pair{"es256", es256}, {"eddsa", eddsa}, {"rs256", rs256}}) {
    const Bytes data = joined({hash, {0x5D}, head, key});
    const auto low = static_cast<std::uint8_t>(data.size());
    const Bytes length = data.size() < 256
                             ? Bytes{0x58, low}
                             : Bytes{0x59, static_cast<std::uint8_t>(data.size() >> 8), low};
    out.add(name, joined({{kAuthenticatorData}, data}));
    out.add(std::string(name) + "-extended",
            joined({{kAuthenticatorData}, hash, {0xDD}, head, key, extensions}));
    out.add(std::string(name) + "-object",
            joined({{kObject},
                    from_hex("a363666d74646e6f6e656761747453746d74a0686175746844617461"),
                    length,
                    data}));
  }
  out.add("client-data",
          joined({{kClientData},
                  mq::to_bytes(R"({"type":"webauthn.create","challenge":")"
                               "FxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxc"
                               R"(","origin":"https://example.org","crossOrigin":false})")}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: fuzz_seeds PHOTOS DIR\n");
    return 2;
  }
  const fs::path to = argv[2];
  for (const char* target : {"header", "decode"}) {
    Folder out(to / target);
    for (const auto& entry : fs::directory_iterator(argv[1])) {
      if (entry.path().extension() != ".jpg") continue;
      const cv::Mat photo = cv::imread(entry.path().string());
      MQ_CHECK(!photo.empty());
      add_pictures(out, photo, entry.path().stem().string() + "-");
    }
    add_wide_picture(out);
    add_other_formats(out);
  }
  for (const char* target : {"align", "engine", "statement"}) {
    Folder out(to / target);
    add_noise(out);
  }
  Folder sequences(to / "sequence");
  add_sequences(sequences);
  Folder pdfs(to / "pdf");
  add_pdfs(pdfs);
  Folder messages(to / "protocol");
  add_messages(messages);
  Folder fields(to / "fields");
  add_fields(fields);
  Folder passkeys(to / "webauthn");
  add_passkeys(passkeys);
  return 0;
}
