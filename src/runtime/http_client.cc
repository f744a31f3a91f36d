#include <curl/curl.h>

#include "base/check.h"
#include "runtime/http_parts.h"
#include "runtime/text.h"

namespace mq::runtime {
namespace {

struct SlistDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// One handle a thread: a reset keeps its open connections.
CURL* thread_handle() {
  static const bool initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  MQ_CHECK(initialised);
  thread_local const std::unique_ptr<CURL, EasyDeleter> handle(curl_easy_init());
  MQ_CHECK(handle != nullptr);
  curl_easy_reset(handle.get());
  return handle.get();
}

struct Exchange {
  const ClientRequest& request;
  ClientResponse response;
  std::size_t header_bytes = 0;
  bool body_too_large = false;
  bool headers_too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  auto& body = exchange.response.body;
  if (count > exchange.request.max_body - body.size()) {
    exchange.body_too_large = true;
    return 0;
  }
  body.append(data, count);
  return count;
}

std::size_t on_header(char* data, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.header_bytes += count;
  if (exchange.header_bytes > limits::kHttpHeaderBytes) {
    exchange.headers_too_large = true;
    return 0;
  }
  std::string_view line(data, count);
  if (line.starts_with("HTTP/")) exchange.response.headers.clear();  // of an interim answer
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && !line.starts_with("HTTP/")) {
    exchange.response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return count;
}

std::unique_ptr<curl_slist, SlistDeleter> header_list(const ClientRequest& request) {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) {
    auto* longer = curl_slist_append(list, line.c_str());
    MQ_CHECK(longer != nullptr);
    list = longer;
  };
  add("Expect:");  // curl would wait a second for servers that ignore it
  if (!find_header(request.headers, "Content-Type")) add("Content-Type:");
  for (const auto& [name, value] : request.headers) {
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  return std::unique_ptr<curl_slist, SlistDeleter>(list);
}

bool request_is_clean(const ClientRequest& request) {
  const bool scheme = request.url.starts_with("http://") || request.url.starts_with("https://");
  return scheme && method_label(request.method) != "OTHER" && headers_are_clean(request.headers) &&
         request.url.find_first_of(std::string_view("\r\n\0 ", 4)) == std::string::npos;
}

Error error_of(CURLcode code, const Exchange& exchange) {
  if (exchange.body_too_large) return HttpErrc::body_too_large;
  if (exchange.headers_too_large) return Error(HttpErrc::bad_response, "the header is too large");
  const char* const detail = curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Error(HttpErrc::deadline_exceeded, detail);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Error(HttpErrc::connect_failed, detail);
    case CURLE_URL_MALFORMAT:
      return Error(HttpErrc::bad_request, detail);
    default:
      return Error(HttpErrc::bad_response, detail);
  }
}

void set_options(CURL* handle, Exchange& exchange, curl_slist* headers) {
  const auto& request = exchange.request;
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeout_ms));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  if (request.insecure) {
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (request.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.method != "GET" || !request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

}  // namespace

Result<ClientResponse> http_send(const ClientRequest& request) {
  MQ_CHECK(request.timeout_ms > 0);  // curl takes 0 as "for ever"
  if (!request_is_clean(request)) {
    return Error(HttpErrc::bad_request, "the URL, method or a header is not allowed");
  }
  CURL* const handle = thread_handle();
  const auto headers = header_list(request);
  Exchange exchange{.request = request, .response = {}};
  set_options(handle, exchange, headers.get());
  const auto code = curl_easy_perform(handle);
  if (code != CURLE_OK) return error_of(code, exchange);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  return std::move(exchange.response);
}

}  // namespace mq::runtime
