// RFC 9457 problem details.
#include <algorithm>

#include "api/handlers.h"
#include "api/problem_table.h"
#include "runtime/log.h"

namespace mq::api {
namespace {

struct AdviceText {
  std::string_view code, zh, en;
};
constexpr AdviceText kAdvice[] = {
    {"hold_still", "请拿稳手机再拍", "Hold the phone still"},
    {"more_light", "请到光线更亮的地方", "Find more light"},
    {"less_light", "光线太强，请避开直射光", "Too bright: avoid direct light"},
    {"even_light", "请让光线均匀地照在脸上，不要背光", "Let the light fall evenly on your face"},
    {"face_camera", "请正对镜头", "Face the camera"},
    {"level_head", "请把头摆正，不要歪头", "Hold your head upright"},
    {"come_closer", "请靠近一些", "Come closer"},
    {"one_person_only", "请确保画面中只有您本人", "Make sure only you are in the picture"},
    {"open_eyes", "请睁开眼睛", "Open your eyes"},
    {"close_mouth", "请闭上嘴", "Close your mouth"},
    {"relax_face", "请保持自然表情", "Relax your face"},
    {"remove_mask", "请摘下口罩", "Take off your mask"},
    {"remove_glasses", "请摘下墨镜", "Take off your sunglasses"},
    {"remove_hat", "请摘下帽子", "Take off your hat"},
    {"use_camera", "请直接用相机拍摄，不要使用转发或压缩过的照片",
     "Take a new photo instead of sending one that was forwarded or compressed"},
};

// "more_light,come_closer" as a list of code and text, in the same order.
boost::json::array advice_errors(std::string_view list, bool en) {
  boost::json::array errors;
  while (!list.empty()) {
    const auto code = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), code.size() + 1));
    const auto* known = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                     [&](const AdviceText& advice) { return advice.code == code; });
    if (known == std::end(kAdvice)) continue;
    errors.push_back({{"code", known->code}, {"text", en ? known->en : known->zh}});
  }
  return errors;
}

}  // namespace

HttpResponse render_problem(const Error& error, const HttpRequest& request) {
  const auto* row = find_problem(error.code());
  const bool unknown = row == nullptr;
  if (unknown) row = find_problem("http.internal");
  MQ_CHECK(row != nullptr);
  if (row->status >= 500) {
    log::warn("api.problem",
              {{"error", error}, {"route", request.route}, {"trace_id", request.trace_id}});
  }
  const bool en = language_of(request) == "en";
  boost::json::object body{{"type", "urn:mianqian:problem:" + std::string(row->code)},
                           {"title", en ? row->title_en : row->title_zh},
                           {"status", row->status},
                           {"code", row->code},
                           {"next", en ? row->next_en : row->next_zh},
                           {"trace_id", request.trace_id},
                           {"retryable", row->retryable}};
  // What went wrong inside stays in the log; only the client's own mistakes are spelled out.
  if (row->status < 500 && !error.detail().empty()) body["detail"] = error.detail();
  if (error.is(identity::IdentityErrc::photo_quality)) {
    body["errors"] = advice_errors(error.detail(), en);
  }
  auto response = HttpResponse::json(row->status, boost::json::serialize(body));
  for (auto& [name, value] : response.headers) {
    if (name == "Content-Type") value = "application/problem+json";
  }
  if (row->retryable) {
    const bool seconds = error.is(auth::AuthErrc::too_many_codes) ||
                         error.is(auth::AuthErrc::too_many_guesses) ||
                         error.is(origination::OriginationErrc::read_longer);
    response.headers.emplace_back("Retry-After", seconds && !error.detail().empty()
                                                     ? error.detail()
                                                     : std::string("1"));
  }
  return response;
}

}  // namespace mq::api
