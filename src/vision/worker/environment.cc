#include "vision/worker/environment.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace mq::vision {

bool start_again_as_a_child() {
  bool as_wanted = true;
  for (const auto& [name, value] : kChildVariables) {
    const char* has = std::getenv(name);
    if (has != nullptr && std::strcmp(has, value) == 0) continue;
    as_wanted = false;
    setenv(name, value, 1);
  }
  if (as_wanted) return true;
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
  std::perror("the program could not start itself again");
  return false;
}

}  // namespace mq::vision
