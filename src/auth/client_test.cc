#include <gtest/gtest.h>

#include "auth/auth.h"

namespace mq::auth {
namespace {

TEST(Client, IsNamedAsItsOwnerKnowsIt) {
  const std::pair<const char*, const char*> headers[] = {
      {"Mozilla/5.0 (Linux; Android 14; 2211133C) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Version/4.0 "
       "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47",
       "WeChat · Android"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
       "Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
       "Safari · iPhone"},
      {"Mozilla/5.0 (Phone; OpenHarmony 4.1) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Chrome/114.0.0.0 "
       "Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300",
       "Huawei · HarmonyOS"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
       "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
       "Edge · Windows"},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0",
       "Firefox · Mac"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
       "Gecko) CriOS/122.0.6261.89 Mobile/15E148 Safari/604.1",
       "Chrome · iPhone"},
      {"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
       "SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
       "Samsung · Android"},
      {"curl/8.5.0", ""},
      {"", ""},
  };
  for (const auto& [header, shown] : headers) EXPECT_EQ(client_of(header), shown) << header;
}

// The header is the sender's: only words of ours are kept, whatever stands in it.
TEST(Client, KeepsNothingOfWhatIsSent) {
  EXPECT_EQ(client_of("<script> 13800000000 Chrome/1 \n Android 'x'"), "Chrome · Android");
  EXPECT_EQ(client_of(std::string(100'000, 'a') + "Chrome/1 Android"), "");
  EXPECT_EQ(client_of(std::string("\0\xFF Safari/", 10)), "Safari");
}

}  // namespace
}  // namespace mq::auth
