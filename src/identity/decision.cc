#include "identity/decision.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace mq::identity {
namespace {

void add_held(const Facts& facts, std::vector<Reason>& serious) {
  const auto differ = [&](std::optional<std::int64_t> pair) {
    return pair && *pair < facts.threshold;
  };
  if (differ(facts.held_live_person)) serious.push_back(Reason::held_person_differs);
  if (differ(facts.held_person_portrait) || differ(facts.held_live_portrait)) {
    serious.push_back(Reason::held_portrait_differs);
  }
  if (facts.held_number_agrees == false) serious.push_back(Reason::held_number_differs);
}

}  // namespace

Decision decide(const Facts& facts) {
  std::vector<Reason> mendable, serious;
  mendable.reserve(3);
  serious.reserve(3);
  if (facts.card_selfie < facts.threshold) mendable.push_back(Reason::face_mismatch_card);
  if (!facts.liveness_passed) mendable.push_back(Reason::liveness_suspicion);
  switch (facts.authority) {
    case AuthorityResult::no_match:
      serious.push_back(Reason::authority_no_match);
      break;
    case AuthorityResult::no_photo:
      serious.push_back(Reason::authority_no_photo);
      break;
    case AuthorityResult::match:
      if (!facts.selfie_authority || !facts.card_authority) {
        serious.push_back(Reason::authority_photo_unusable);
        break;
      }
      if (*facts.selfie_authority < facts.threshold) {
        mendable.push_back(Reason::face_mismatch_authority);
      }
      if (*facts.card_authority < facts.threshold) {
        serious.push_back(Reason::card_mismatch_authority);
      }
      break;
  }
  if (facts.card_name_agrees == false || facts.card_number_agrees == false) {
    serious.push_back(Reason::typed_against_card);
  }
  add_held(facts, serious);
  Decision decision;
  if (mendable.empty() && serious.empty()) {
    decision.outcome = Outcome::passed;
    return decision;
  }
  const bool last = facts.attempt >= facts.attempts_allowed;
  decision.outcome = serious.empty() && !last ? Outcome::retry : Outcome::review;
  decision.reasons = std::move(serious);
  decision.reasons.insert(decision.reasons.end(), mendable.begin(), mendable.end());
  if (last && !mendable.empty()) decision.reasons.push_back(Reason::attempts_used_up);
  return decision;
}

const ReasonText& reason_text(Reason reason) {
  static const std::array<std::pair<Reason, ReasonText>, 13> kTexts = {{
      {Reason::face_mismatch_card,
       {"自拍与身份证照片不够相似",
        "请摘下口罩和眼镜，在光线均匀处正对镜头重拍；身份证照片也请拍清晰",
        "The selfie does not resemble the ID card photo enough",
        "Take off mask and glasses, face the camera in even light, and retake; make sure the card "
        "is sharp"}},
      {Reason::face_mismatch_authority,
       {"自拍与权威机构留存照片不够相似", "请在光线均匀处正对镜头重拍自拍",
        "The selfie does not resemble the authority's photo enough",
        "Face the camera in even light and retake the selfie"}},
      {Reason::card_mismatch_authority,
       {"身份证照片与权威机构留存照片不一致", "工作人员将进行人工核验，请留意通知",
        "The card photo differs from the authority's photo",
        "Our staff will check; you will be notified"}},
      {Reason::authority_no_match,
       {"姓名与身份证号未能核对一致", "请检查填写是否有误；工作人员将进行人工核验",
        "Name and ID number could not be confirmed",
        "Check what you typed; our staff will look at it"}},
      {Reason::authority_no_photo,
       {"权威机构暂无您的照片", "工作人员将进行人工核验，请留意通知",
        "The authority holds no photo of you", "Our staff will check; you will be notified"}},
      {Reason::authority_photo_unusable,
       {"权威机构留存照片无法用于比对", "工作人员将进行人工核验，请留意通知",
        "The authority's photo cannot be compared", "Our staff will check; you will be notified"}},
      {Reason::liveness_suspicion,
       {"未能确认是真人现场拍摄", "请不要翻拍照片或屏幕，在光线均匀处重拍自拍",
        "We could not confirm a live person",
        "Do not photograph a print or a screen; retake the selfie in even light"}},
      {Reason::attempts_used_up,
       {"自动核验次数已用完", "工作人员将进行人工核验，请留意通知",
        "No automatic attempts are left", "Our staff will check; you will be notified"}},
      {Reason::staff_decision,
       {"工作人员已作出决定", "如有疑问请联系客服", "Our staff have decided",
        "Contact us if you have questions"}},
      {Reason::typed_against_card,
       {"填写的姓名或号码与身份证照片不一致", "工作人员将进行人工核验，请留意通知",
        "The name or number you gave is not the one on the card's photo",
        "Our staff will check; you will be notified"}},
      {Reason::held_person_differs,
       {"手持证件照里的人与自拍不够相似", "工作人员将进行人工核验，请留意通知",
        "The person in the hand-held photo does not resemble the selfie enough",
        "Our staff will check; you will be notified"}},
      {Reason::held_portrait_differs,
       {"手持的身份证上的头像与本人不够相似", "工作人员将进行人工核验，请留意通知",
        "The portrait on the card in your hand does not resemble you enough",
        "Our staff will check; you will be notified"}},
      {Reason::held_number_differs,
       {"手持的身份证与填写的号码不一致", "工作人员将进行人工核验，请留意通知",
        "The card in your hand has another number than the one you gave",
        "Our staff will check; you will be notified"}},
  }};
  for (const auto& [code, text] : kTexts) {
    if (code == reason) return text;
  }
  check_failed("every reason has a text");
}

}  // namespace mq::identity
