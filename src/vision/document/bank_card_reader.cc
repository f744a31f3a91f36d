#include "vision/document/bank_card_reader.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "vision/document/bank_card_text.h"
#include "vision/document/picture_cut.h"
#include "vision/network/model.h"
#include "vision/picture/decode.h"
#include "vision/text/reader.h"

namespace mq::vision {
namespace {

// A second look brings the text to this width, as far as the picture has the pixels.
constexpr double kSecondLookWidth = 1100;
constexpr double kAround = 0.25;  // of the text's extent, on each side
// A close look brings the row of the number to this height and shows so many heights around it.
constexpr double kCloseHeight = 56;
constexpr double kBesideRow = 4, kAboveRow = 1.2;
constexpr double kLargestScale = 3;
constexpr int kLongestCut = 2400;
constexpr double kContrast = 3;  // limit of the local equalisation

Cut cut_around(const cv::Mat& bgr, const PageText& page) {
  Extent extent = extent_of(page);
  const double around = (extent.right - extent.left) * kAround;
  extent.grow(around, around);
  return cut_out(bgr, extent,
                 std::clamp(kSecondLookWidth / (extent.right - extent.left), 0.25, kLargestScale),
                 kLongestCut);
}

// The row of the number alone, its light evened out: raised digits without foil differ from the
// card by their shades only. `places` in reading order.
Cut close_look(const cv::Mat& bgr, const std::vector<std::array<Point, 4>>& places) {
  const auto& first = places.front();
  const auto& last = places.back();
  const double x = (last[1].x + last[2].x - first[0].x - first[3].x) / 2;
  const double y = (last[1].y + last[2].y - first[0].y - first[3].y) / 2;
  Extent extent(std::atan2(y, x));
  double height = 1;
  for (const auto& place : places) {
    height = std::max<double>(height, std::hypot(place[3].x - place[0].x, place[3].y - place[0].y));
    for (const Point& p : place) extent.add(p);
  }
  extent.grow(kBesideRow * height, kAboveRow * height);
  Cut out =
      cut_out(bgr, extent, std::clamp(kCloseHeight / height, 0.25, kLargestScale), kLongestCut);
  cv::Mat grey;
  cv::cvtColor(out.bgr, grey, cv::COLOR_BGR2GRAY);
  cv::createCLAHE(kContrast, {8, 2})->apply(grey, grey);
  cv::cvtColor(grey, out.bgr, cv::COLOR_GRAY2BGR);
  return out;
}

template <typename Change>
void for_each_place(BankCardReading& reading, Change change) {
  for (CardField* field : {&reading.number, &reading.issuer, &reading.expiry}) {
    for (auto& place : field->places) {
      for (Point& p : place) p = change(p);
    }
  }
}

std::array<Point, 4> turned_over(const std::array<Point, 4>& corners) {
  return {corners[2], corners[3], corners[0], corners[1]};
}

std::string reread(const TextReader& reader, const cv::Mat& bgr,
                   const std::vector<std::array<Point, 4>>& places) {
  std::string out;
  for (const auto& place : places) out += reader.reread(bgr, place).text;
  return out;
}

// A field that was read for sure is so only when the second reader says the same.
void hear_second_reader(const TextReader& reader, const cv::Mat& bgr, BankCardReading& out) {
  if (out.number.state == FieldState::read) {
    const auto again = bankcard::find_card_numbers(reread(reader, bgr, out.number.places));
    bool sure = !again.empty() && again.front().alone && again.front().number == out.number.text;
    std::vector<std::array<Point, 4>> over;
    for (const auto& place : out.number.places) over.insert(over.begin(), turned_over(place));
    for (const auto& reading : bankcard::find_card_numbers(reread(reader, bgr, over))) {
      sure = sure && !bankcard::find_issuer(reading.number);
    }
    if (!sure) out.number.state = FieldState::confirm;
  }
  if (out.issuer.state == FieldState::read) out.issuer.state = out.number.state;
  if (out.expiry.state == FieldState::read) {
    const auto again = bankcard::find_expiry(reread(reader, bgr, out.expiry.places));
    if (!again || again->expiry.text() != out.expiry.text) out.expiry.state = FieldState::confirm;
  }
}

bool valid(const BankCardReading& reading) { return bankcard::printed_number(reading.number.text); }

int worth(const BankCardReading& reading) {
  const auto of = [](const CardField& field) {
    return field.state == FieldState::read ? 2 : field.state == FieldState::confirm ? 1 : 0;
  };
  return (valid(reading) ? 16 : 0) + 4 * of(reading.number) + 2 * of(reading.issuer) +
         of(reading.expiry);
}

// Several looks at one picture, and what comes out of all of them.
class Looks {
 public:
  Looks(const TextReader& reader, const cv::Mat& bgr, float scale)
      : reader_(reader), bgr_(bgr), scale_(scale) {}

  PageText whole(bool other_way_up) {
    TextSettings settings;
    settings.other_way_up = other_way_up;
    PageText page = reader_.read(bgr_, settings);
    take(read(bgr_, page, scale_));
    return page;
  }
  void look_at(const Cut& cut) {
    const PageText page = reader_.read(cut.bgr);
    BankCardReading reading = read(cut.bgr, page, scale_ / static_cast<float>(cut.scale));
    for_each_place(reading, [&](Point p) { return cut.back(p); });
    take(std::move(reading));
  }
  // What stands in the picture makes further looks useless.
  bool settled() const {
    const auto& problems = best_.problems;
    const bool other = std::any_of(problems.begin(), problems.end(), [](CardProblem problem) {
      return problem == CardProblem::two_cards || problem == CardProblem::foreign;
    });
    return other || best_.state == CardState::read || contradicted_;
  }
  const BankCardReading& best() const { return best_; }
  BankCardReading result() {
    if (numbers_.size() > 1) {
      best_.number.state = best_.issuer.state = FieldState::confirm;
      best_.state = state_of(best_);
    }
    return std::move(best_);
  }

 private:
  // `pixel`: pixels of the sent picture for one of `bgr`. Where no bank's name is seen, the last
  // one seen counts.
  BankCardReading read(const cv::Mat& bgr, const PageText& page, float pixel) {
    BankCardText text = read_bank_card(card_lines(page.lines, page.direction), page.direction);
    text.height *= pixel;
    if (text.named.empty()) text.named = named_;
    named_ = text.named;
    BankCardReading out;
    fill_bank_card(text, out);
    const bool other_bank = out.issuer.state != FieldState::read;
    hear_second_reader(reader_, bgr, out);
    contradicted_ = other_bank && out.number.state == FieldState::read;
    out.state = state_of(out);
    return out;
  }
  void take(BankCardReading reading) {
    if (valid(reading) && bankcard::find_issuer(reading.number.text))
      numbers_.insert(reading.number.text);
    const bool better = !taken_ || worth(reading) > worth(best_);
    if (better) std::swap(best_, reading);
    if (taken_ && reading.expiry.state < best_.expiry.state)
      best_.expiry = std::move(reading.expiry);
    taken_ = true;
  }

  const TextReader& reader_;
  const cv::Mat& bgr_;
  float scale_;
  bool taken_ = false;
  bool contradicted_ = false;  // the number is sure, but the card names another bank
  BankCardReading best_;
  std::vector<bankcard::Bank> named_;
  std::set<std::string> numbers_;
};

}  // namespace

Result<BankCardReader> BankCardReader::load(const std::string& models_dir) {
  MQ_TRY(TextReader text, TextReader::load(models_dir));
  return BankCardReader(std::make_shared<const TextReader>(std::move(text)));
}

Result<BankCardReading> BankCardReader::read(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  Looks looks(*text_, picture.bgr, picture.scale);
  const PageText page = looks.whole(false);
  if (!looks.settled() && !looks.best().number.places.empty()) {
    looks.look_at(close_look(picture.bgr, looks.best().number.places));
  }
  if (!looks.settled() && !page.lines.empty()) looks.look_at(cut_around(picture.bgr, page));
  if (!looks.settled() && !valid(looks.best()) && !page.lines.empty()) looks.whole(true);
  BankCardReading out = looks.result();
  for_each_place(out, [&](Point p) { return Point{p.x * picture.scale, p.y * picture.scale}; });
  return out;
}

}  // namespace mq::vision
