// What somebody signed in with, in words its owner recognises.
#include <array>

#include "auth/auth.h"
#include "auth/columns.h"

namespace mq::auth {
namespace {

struct Word {
  std::string_view in_header, shown;
};
// The first that occurs. Apps name the browser inside them too, and most browsers name Safari.
constexpr std::array kPrograms = {Word{"MicroMessenger/", "WeChat"},
                                  Word{"AlipayClient/", "Alipay"},
                                  Word{"QQ/", "QQ"},
                                  Word{"HuaweiBrowser/", "Huawei"},
                                  Word{"MiuiBrowser/", "MIUI"},
                                  Word{"EdgA/", "Edge"},
                                  Word{"Edg/", "Edge"},
                                  Word{"UCBrowser/", "UC"},
                                  Word{"Firefox/", "Firefox"},
                                  Word{"EdgiOS/", "Edge"},
                                  Word{"FxiOS/", "Firefox"},
                                  Word{"OPR/", "Opera"},
                                  Word{"SamsungBrowser/", "Samsung"},
                                  Word{"CriOS/", "Chrome"},
                                  Word{"HeadlessChrome/", "Chrome"},
                                  Word{"Chrome/", "Chrome"},
                                  Word{"Safari/", "Safari"}};
constexpr std::array kSystems = {Word{"HarmonyOS", "HarmonyOS"}, Word{"OpenHarmony", "HarmonyOS"},
                                 Word{"iPhone", "iPhone"},       Word{"iPad", "iPad"},
                                 Word{"Android", "Android"},     Word{"Windows", "Windows"},
                                 Word{"Macintosh", "Mac"},       Word{"Linux", "Linux"}};
constexpr std::size_t kLongestHeader = 1024;

template <std::size_t N>
std::string_view first_of(const std::array<Word, N>& words, std::string_view header) {
  for (const Word& word : words) {
    if (header.find(word.in_header) != std::string_view::npos) return word.shown;
  }
  return {};
}

}  // namespace

std::string client_of(std::string_view user_agent) {
  const auto header = user_agent.substr(0, kLongestHeader);
  const auto program = first_of(kPrograms, header), system = first_of(kSystems, header);
  std::string out(program);
  if (!program.empty() && !system.empty()) out += " · ";
  return out.append(system);
}

std::string in_brackets(const std::string& client) {
  return client.empty() ? "" : "（" + client + "）";
}

}  // namespace mq::auth
