#include "api/document_texts.h"

#include <algorithm>
#include <array>

#include "api/problem_table.h"

namespace mq::api {
namespace {

struct ProblemText {
  std::string_view code, text_zh, next_zh, text_en, next_en;
};
// clang-format off: one row a line
constexpr std::array kProblems = {
    ProblemText{"card.blurred", "照片模糊", "请拿稳手机，对焦清楚后重拍", "The photo is blurred",
                "Hold the phone still and let it focus"},
    ProblemText{"card.copy", "像是复印件", "请拍摄身份证原件", "It looks like a photocopy",
                "Photograph the card itself"},
    ProblemText{"card.covered", "证件被遮挡", "请不要让手指或物品挡住证件",
                "Something covers the card", "Keep fingers and things off the card"},
    ProblemText{"card.cut_off", "证件不完整", "请把整张证件拍进画面",
                "A part of the card is missing", "Get all of the card into the picture"},
    ProblemText{"card.dark", "光线太暗", "请到光线更亮的地方重拍", "The photo is too dark",
                "Find more light"},
    ProblemText{"card.foreign", "不是居民身份证", "请拍摄居民身份证",
                "This is another kind of card", "Photograph the resident ID card"},
    ProblemText{"card.glare", "证件反光", "请换个角度，避开灯光反射", "The card reflects light",
                "Tilt it away from the lamp"},
    ProblemText{"card.mirrored", "照片是镜像的", "请使用后置摄像头重拍", "The photo is mirrored",
                "Use the camera on the back"},
    ProblemText{"card.no_card", "没有找到身份证", "请把身份证放平，对准后重拍",
                "No ID card is found", "Lay the card flat and photograph it"},
    ProblemText{"card.screen", "像是翻拍屏幕", "请拍摄身份证原件",
                "It looks like a photo of a screen", "Photograph the card itself"},
    ProblemText{"card.too_small", "证件太小", "请靠近一些，让证件占满画面", "The card is too small",
                "Come closer"},
    ProblemText{"card.two_cards", "画面中有多张证件", "请只拍摄一张证件", "There are several cards",
                "Photograph one card only"},
    ProblemText{"card.wrong_side", "拍的是另一面", "请翻到要求的一面重拍", "This is the other side",
                "Turn the card over"},
    ProblemText{"held.card_apart", "证件不像拿在您手里", "请把身份证举在胸前，靠近脸部后重拍",
                "The card does not seem to be in your hand",
                "Hold the card in front of your chest, near your face"},
    ProblemText{"held.card_face_missing", "证件上的头像看不清",
                "请把身份证拿近一些，避开反光，不要遮住头像",
                "The portrait on the card cannot be seen",
                "Hold the card closer, out of reflections, and leave its portrait uncovered"},
    ProblemText{"held.mirrored", "照片是镜像的", "请使用后置摄像头，或关闭自拍镜像后重拍",
                "The photo is mirrored",
                "Use the camera on the back, or turn off the mirroring of selfies"},
    ProblemText{"held.no_card", "没有找到身份证", "请手持身份证，人像面朝向镜头，靠近一些后重拍",
                "No ID card is found",
                "Hold your ID card with the portrait side to the camera, a little closer"},
    ProblemText{"held.no_face", "没有拍到您的脸", "请让脸和身份证同时出现在画面中",
                "Your face is not in the picture", "Get your face and the card into one picture"},
    ProblemText{"held.number_covered", "身份证号码被挡住或看不清",
                "请移开手指，露出整行号码，并把证件拿近一些",
                "The card's number is covered or cannot be read",
                "Move your fingers off the number and hold the card a little closer"},
    ProblemText{"held.several_people", "画面中不止一个人", "请独自一人拍摄",
                "There are several people", "Take the photo alone"},
    ProblemText{"held.wrong_side", "拍的是国徽面", "请把有头像的一面朝向镜头",
                "This is the side without the portrait",
                "Turn the side with the portrait to the camera"},
};

// Where the words of an identity card would be wrong.
constexpr std::array kBankCardProblems = {
    ProblemText{"card.covered", "卡号有几位看不清", "请移开遮挡物，避开反光后重拍",
                "Some digits of the number cannot be seen",
                "Keep fingers and glare off the number"},
    ProblemText{"card.foreign", "这不是银行卡", "请拍摄银行卡有卡号的一面",
                "This is not a bank card", "Photograph the side of your bank card with the number"},
    ProblemText{"card.no_card", "没有找到卡号", "请把银行卡有卡号的一面放平，对准后重拍",
                "No card number is found",
                "Lay the bank card flat, number side up, and photograph it"},
    ProblemText{"card.too_small", "卡号太小", "请靠近一些，让银行卡占满画面",
                "The number is too small", "Come closer"},
    ProblemText{"card.two_cards", "画面中有多张银行卡", "请只拍摄一张银行卡",
                "There are several cards", "Photograph one card only"},
};

struct CheckText {
  std::string_view code, zh, en;
};
constexpr std::array kChecks = {
    CheckText{"card.authority_elsewhere", "签发机关与号码中的地区不同",
              "The issuing authority is of another place than the number"},
    CheckText{"card.authority_not_police", "签发机关不像公安机关",
              "The issuing authority is no police authority"},
    CheckText{"card.authority_unknown", "签发机关不认识", "The issuing authority is not known"},
    CheckText{"card.birth_differs", "出生日期与号码不一致",
              "The birth date differs from the number"},
    CheckText{"card.birth_in_future", "出生日期在将来", "The birth date is in the future"},
    CheckText{"card.birth_too_long_ago", "出生日期过早", "The birth date is too long ago"},
    CheckText{"card.birth_unreadable", "出生日期无法辨认", "The birth date cannot be read"},
    CheckText{"card.issuer_differs", "发卡行与卡号不符", "The bank is not the one of the number"},
    CheckText{"card.name_digit_or_latin", "姓名中有数字或字母",
              "The name holds a digit or Latin letter"},
    CheckText{"card.name_dot_misplaced", "姓名中的间隔号位置不对",
              "The middle dot of the name is misplaced"},
    CheckText{"card.name_longer_than_chip", "姓名比芯片能存的更长",
              "The name is longer than the card's chip can hold"},
    CheckText{"card.name_normalised", "姓名中的相似字符已统一",
              "A look-alike in the name was made uniform"},
    CheckText{"card.name_one_character", "姓名只有一个字", "The name is one character"},
    CheckText{"card.name_other_character", "姓名中有非汉字字符",
              "The name holds a character that is not Chinese"},
    CheckText{"card.name_outside_repertoire", "姓名含识别范围外的字",
              "The name holds a character the reader does not know"},
    CheckText{"card.name_repeated", "姓名有重复", "The name repeats itself"},
    CheckText{"card.name_surname_unknown", "姓氏少见", "The surname is unusual"},
    CheckText{"card.name_too_long", "姓名过长", "The name is too long"},
    CheckText{"card.name_unreadable", "姓名无法辨认", "The name cannot be read"},
    CheckText{"card.nation_inexact", "民族不能确定", "The nationality was not read exactly"},
    CheckText{"card.nation_outside_the_56", "民族不在 56 个民族之内",
              "The nationality is none of the 56"},
    CheckText{"card.nation_unknown", "民族不认识", "The nationality is not known"},
    CheckText{"card.number_no_such_birth", "号码中的出生日期不存在",
              "The number holds no possible birth date"},
    CheckText{"card.number_old_format", "是 15 位旧号码", "This is an old number of 15 digits"},
    CheckText{"card.number_repaired", "号码中有形近字符已更正",
              "A look-alike in the number was put right"},
    CheckText{"card.number_unreadable", "号码无法辨认", "The number cannot be read"},
    CheckText{"card.number_wrong_check", "号码校验位不对", "The number's check character is wrong"},
    CheckText{"card.region_abolished", "号码中的地区当时已撤销",
              "The number's region had been abolished"},
    CheckText{"card.region_not_yet", "号码中的地区当时还不存在",
              "The number's region did not exist yet"},
    CheckText{"card.region_other_document", "号码属于其他证件",
              "The number is of another kind of document"},
    CheckText{"card.region_unknown", "号码中的地区不认识", "The number's region is not known"},
    CheckText{"card.sex_differs", "性别与号码不一致", "The sex differs from the number"},
    CheckText{"card.sex_unreadable", "性别无法辨认", "The sex cannot be read"},
    CheckText{"card.validity_before_birth", "有效期早于出生",
              "The validity begins before the birth"},
    CheckText{"card.validity_before_cards", "有效期早于二代证",
              "The validity begins before such cards existed"},
    CheckText{"card.validity_expired", "身份证已过期", "The card has expired"},
    CheckText{"card.validity_in_future", "有效期尚未开始", "The validity has not begun"},
    CheckText{"card.validity_inexact", "有效期限不能确定", "The validity was not read exactly"},
    CheckText{"card.validity_order", "有效期的起止颠倒", "The validity ends before it begins"},
    CheckText{"card.validity_span", "有效期的年限不对",
              "The span of the validity is none that is given"},
    CheckText{"card.validity_span_for_age", "有效期的年限与年龄不符",
              "The span of the validity is that of another age"},
    CheckText{"card.validity_unreadable", "有效期限无法辨认", "The validity cannot be read"},
    CheckText{"held.person_differs", "手持人与证件头像不够相似，由工作人员核对",
              "The person does not resemble the card's portrait enough; our staff will check"},
    CheckText{"held.person_matches", "手持人与证件头像相似",
              "The person resembles the card's portrait"},
    CheckText{"held.person_not_comparable", "证件头像或人脸太小，无法比对",
              "Portrait or face is too small to be compared"},
    CheckText{"pdf.attachments", "PDF 带有附件", "The PDF has attachments"},
    CheckText{"pdf.forms", "PDF 带有表单", "The PDF has form fields"},
    CheckText{"pdf.javascript", "PDF 带有脚本", "The PDF holds scripts"},
    CheckText{"pdf.repaired", "PDF 结构损坏后被修复",
              "The PDF's structure was broken and has been guessed"},
    CheckText{"pdf.signatures", "PDF 带有签名（未验证）",
              "The PDF is signed; nobody checked the signature"},
    CheckText{"statement.hidden_text", "流水中有页面上看不见的文字",
              "The statement holds text that its pages do not show"},
    CheckText{"statement.holder_differs", "流水户名与本人姓名不一致",
              "The statement's holder is not the person who handed it in"},
    CheckText{"statement.holder_unclear", "流水户名无法与本人姓名核对",
              "The statement's holder could not be compared with the person's name"},
    CheckText{"statement.value_not_seen", "有金额或日期在页面图像上没有找到",
              "Some amount or date was not found on the picture of its page"},
    CheckText{"statement.not_compared", "有页面未与其图像核对",
              "Some pages were not compared with their picture"},
    CheckText{"statement.picture_differs", "流水的文字与页面图像不一致，可能被改动",
              "The statement's text is not what its pages show; it may have been changed"},
};
// clang-format on

template <class Table>
auto find_in(const Table& table, std::string_view code) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& row) { return row.code == code; });
}

}  // namespace

ReasonBody document_reason(std::string_view code, const std::string& language,
                           documents::Kind kind) {
  const bool en = language == "en";
  const auto in_words = [&](const ProblemText& row) -> ReasonBody {
    return {std::string(code), std::string(en ? row.text_en : row.text_zh),
            std::string(en ? row.next_en : row.next_zh)};
  };
  if (kind == documents::Kind::bank_card) {
    const auto row = find_in(kBankCardProblems, code);
    if (row != kBankCardProblems.end()) return in_words(*row);
  }
  if (const auto row = find_in(kProblems, code); row != kProblems.end()) return in_words(*row);
  const auto* problem = find_problem(code);
  if (problem == nullptr) problem = find_problem("http.internal");
  MQ_CHECK(problem != nullptr);
  return {std::string(code), std::string(en ? problem->title_en : problem->title_zh),
          std::string(en ? problem->next_en : problem->next_zh)};
}

std::string check_text(std::string_view code, const std::string& language) {
  const auto row = find_in(kChecks, code);
  if (row == kChecks.end()) return std::string(code);
  return std::string(language == "en" ? row->en : row->zh);
}

}  // namespace mq::api
