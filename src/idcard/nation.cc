#include "idcard/nation.h"

#include <algorithm>

#include "base/limits.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

constexpr std::string_view kNations[] = {
    "汉",     "蒙古",   "回",       "藏",     "维吾尔",   "苗",   "彝",     "壮",
    "布依",   "朝鲜",   "满",       "侗",     "瑶",       "白",   "土家",   "哈尼",
    "哈萨克", "傣",     "黎",       "傈僳",   "佤",       "畲",   "高山",   "拉祜",
    "水",     "东乡",   "纳西",     "景颇",   "柯尔克孜", "土",   "达斡尔", "仫佬",
    "羌",     "布朗",   "撒拉",     "毛南",   "仡佬",     "锡伯", "阿昌",   "普米",
    "塔吉克", "怒",     "乌孜别克", "俄罗斯", "鄂温克",   "德昂", "保安",   "裕固",
    "京",     "塔塔尔", "独龙",     "鄂伦春", "赫哲",     "门巴", "珞巴",   "基诺"};
static_assert(std::size(kNations) == 56);

constexpr std::string_view kPeoples[] = {"穿青人", "革家人", "僜人", "夏尔巴人"};
constexpr std::string_view kOther = "其他";
constexpr std::size_t kForeignCharacters = 12;

// Single characters that are read for a nation of one character: unsimplified forms, and near
// shapes.
struct LookAlike {
  std::u32string_view read;
  std::u32string_view nation;
};
constexpr LookAlike kLookAlikes[] = {
    {U"漢汊汶叹仅权议", U"汉"}, {U"囬囘囙囗", U"回"}, {U"臧蔵", U"藏"},   {U"笛茁亩", U"苗"},
    {U"彞弊", U"彝"},           {U"壯状妆", U"壮"},   {U"滿満", U"满"},   {U"桐洞恫", U"侗"},
    {U"瑤遥摇谣", U"瑶"},       {U"自日百", U"白"},   {U"泰", U"傣"},     {U"犁藜", U"黎"},
    {U"低瓦", U"佤"},           {U"畬舍", U"畲"},     {U"永木冰", U"水"}, {U"士上", U"土"},
    {U"羗姜差", U"羌"},         {U"努恕", U"怒"},     {U"亰享宗", U"京"}};

NationMatch made(NationKind kind, std::string name, bool exact, int distance) {
  NationMatch match;
  match.kind = kind;
  match.name = std::move(name);
  match.exact = exact;
  match.distance = distance;
  if (kind == NationKind::nation || kind == NationKind::annotated) {
    const auto at = std::find(std::begin(kNations), std::end(kNations), match.name);
    match.code = static_cast<int>(at - std::begin(kNations)) + 1;
  }
  return match;
}

std::optional<NationMatch> listed(const std::u32string& text) {
  const std::string name = encode(text);
  if (std::find(std::begin(kNations), std::end(kNations), name) != std::end(kNations)) {
    return made(NationKind::nation, name, true, 0);
  }
  if (std::find(std::begin(kPeoples), std::end(kPeoples), name) != std::end(kPeoples)) {
    return made(NationKind::people, name, true, 0);
  }
  if (name == kOther) return made(NationKind::other, name, true, 0);
  return std::nullopt;
}

bool all_chinese(std::u32string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), chinese);
}

// 纳西(摩梭), 乌克兰(入籍)
std::optional<NationMatch> with_note(const std::u32string& text) {
  const auto open = text.find(U'(');
  if (open == std::u32string::npos || open == 0 || text.back() != U')') return std::nullopt;
  const auto name = text.substr(0, open);
  const auto note = text.substr(open + 1, text.size() - open - 2);
  if (!all_chinese(name) || !all_chinese(note) || note.size() > kForeignCharacters) {
    return std::nullopt;
  }
  if (auto match = listed(name); match && match->kind == NationKind::nation) {
    match->kind = NationKind::annotated;
    return match;
  }
  if (note == U"入籍" && name.size() <= kForeignCharacters) {
    return made(NationKind::naturalised, encode(name), true, 0);
  }
  return std::nullopt;
}

std::optional<NationMatch> nearest(const std::u32string& text) {
  if (text.size() == 1) {
    for (const auto& [read, nation] : kLookAlikes) {
      if (read.find(text[0]) != std::u32string_view::npos) {
        return made(NationKind::nation, encode(nation), false, 1);
      }
    }
    return std::nullopt;
  }
  std::optional<NationMatch> best;
  bool tie = false;
  const auto look = [&](NationKind kind, std::string_view name) {
    const auto points = decode(name, limits::kCardFieldBytes);
    if (points->size() < 2) return;
    const int most = static_cast<int>(std::min(points->size(), text.size()) / 2);
    const int distance = edit_distance(text, *points, most);
    if (distance > most || (best && distance > best->distance)) return;
    tie = best && distance == best->distance;
    if (!tie) best = made(kind, std::string(name), false, distance);
  };
  for (const auto name : kNations) look(NationKind::nation, name);
  for (const auto name : kPeoples) look(NationKind::people, name);
  look(NationKind::other, kOther);
  return tie ? std::nullopt : best;
}

}  // namespace

std::optional<NationMatch> match_nation(std::string_view printed) {
  const auto points = decode(printed, limits::kCardFieldBytes);
  if (!points) return std::nullopt;
  auto text = squeezed(*points);
  if (text.empty()) return std::nullopt;
  if (auto match = listed(text)) return match;
  if (auto match = with_note(text)) return match;
  // Cards print the name without the word nation.
  if (text.size() > 1 && text.back() == U'族') {
    text.pop_back();
    if (auto match = listed(text)) {
      match->exact = false;
      match->distance = 1;
      return match;
    }
  }
  return nearest(text);
}

std::span<const std::string_view> nations() { return kNations; }

}  // namespace mq::idcard
