// The SMS gateway: keeps what it was given and shows it in an inbox instead of sending it.
#include <algorithm>

#include "base/limits.h"
#include "signing.h"

namespace mq::sandbox {
namespace {

constexpr std::size_t kTextBytes = 1'500;  // 500 Chinese characters, a long SMS
constexpr std::size_t kInboxItems = 100;

struct MessageBody {
  std::string request_id, phone, text;
};
BOOST_DESCRIBE_STRUCT(MessageBody, (), (request_id, phone, text))

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_phone(std::string_view phone) {
  if (phone.starts_with('+')) phone.remove_prefix(1);
  return phone.size() >= 5 && phone.size() <= 20 &&
         std::all_of(phone.begin(), phone.end(), is_digit);
}

// The first run of exactly six digits: what a person would copy from the message.
std::optional<std::string> code_in(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end - i == 6) return std::string(text.substr(i, 6));
    i = end + 1;
  }
  return std::nullopt;
}

Answer accept_message(Sandbox& sandbox, const MessageBody& body) {
  if (!is_phone(body.phone) || body.text.empty() || body.text.size() > kTextBytes) {
    return error_answer(422, "refused");
  }
  const auto now = sandbox.clock.now();
  const auto kept = sandbox.store.put(Sms{.request_id = body.request_id,
                                          .digest = digest_of({body.phone, body.text}),
                                          .message_id = Uuid::v7(now, sandbox.random).str(),
                                          .phone = body.phone,
                                          .text = body.text,
                                          .at = now.iso()});
  if (!kept.ok()) return put_failed(kept.error());
  return {202, boost::json::serialize(boost::json::object{{"message_id", kept->message_id}})};
}

runtime::HttpResponse show_inbox(const Sandbox& sandbox, const runtime::HttpRequest& request) {
  const auto wanted = request.query.find("phone");
  const auto messages = sandbox.store.messages();
  boost::json::array items;
  for (auto sms = messages.rbegin(); sms != messages.rend() && items.size() < kInboxItems; ++sms) {
    if (wanted != request.query.end() && sms->phone != wanted->second) continue;
    boost::json::object item{{"phone", sms->phone}, {"text", sms->text}, {"at", sms->at}};
    if (const auto code = code_in(sms->text)) item["code"] = *code;
    items.push_back(std::move(item));
  }
  return runtime::HttpResponse::json(
      200, boost::json::serialize(boost::json::object{{"items", std::move(items)}}));
}

}  // namespace

void add_sms_routes(runtime::Router& router, Sandbox& sandbox) {
  router.add({.method = "POST",
              .pattern = "/sms/messages",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return partner_post<MessageBody>(
                    sandbox, Partner::sms, request,
                    [&](const MessageBody& body) { return accept_message(sandbox, body); });
              }});
  router.add({.method = "GET",
              .pattern = "/sandbox/sms",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return show_inbox(sandbox, request);
              }});
}

}  // namespace mq::sandbox
