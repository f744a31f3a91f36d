// The served routes and sdk/openapi.yaml are the same list.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "support/api.h"

namespace mq::api {
namespace {

class OpenApiTest : public test::ApiTest {};
INSTANTIATE_TEST_SUITE_P(On, OpenApiTest, testing::Values("sqlite"));  // no question of databases

struct Described {
  std::set<std::string> operations;                       // "GET /v1/me"
  std::map<std::string, std::set<std::string>> mentions;  // operation → words in its block
};

// Paths stand two spaces deep below "paths:", methods four.
Described described() {
  const char* root = std::getenv("MQ_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/sdk/openapi.yaml");
  Described out;
  std::string line, path, operation;
  bool inside = false;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != ' ') inside = line == "paths:";
    if (!inside || !line.ends_with(':')) {
      if (inside && !operation.empty()) {
        for (const auto* word : {"IdempotencyKey", "security: []", "partnerSignature"}) {
          if (line.find(word) != std::string::npos) out.mentions[operation].insert(word);
        }
      }
      continue;
    }
    const auto depth = line.find_first_not_of(' ');
    auto name = line.substr(depth, line.size() - depth - 1);
    if (depth == 2) path = name;
    if (depth != 4 || name == "parameters") continue;
    for (auto& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    operation = name + " " + path;
    out.operations.insert(operation);
  }
  return out;
}

// A path of this pattern with ids of nothing.
std::string filled(std::string pattern) {
  for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{')) {
    pattern.replace(open, pattern.find('}') - open + 1, "0199a3f0-0000-7000-8000-000000000001");
  }
  return pattern;
}

TEST_P(OpenApiTest, EveryRouteIsDescribedAndEveryDescriptionServed) {
  std::set<std::string> served;
  for (const auto& route : router().routes()) served.insert(route.method + " " + route.pattern);
  const auto operations = described().operations;
  EXPECT_GT(operations.size(), 30U);
  for (const auto& operation : served) {
    EXPECT_TRUE(operations.contains(operation)) << operation << " is not in sdk/openapi.yaml";
  }
  for (const auto& operation : operations) {
    EXPECT_TRUE(served.contains(operation)) << operation << " is described but not served";
  }
}

TEST_P(OpenApiTest, WhatNeedsNoSessionIsWhatTheDescriptionSays) {
  const auto all = described();
  for (const auto& route : router().routes()) {
    const auto operation = route.method + " " + route.pattern;
    const auto mentions = all.mentions.find(operation);
    const bool open = mentions != all.mentions.end() &&
                      (mentions->second.contains("security: []") ||
                       mentions->second.contains("partnerSignature"));
    const auto said = send(route.method, filled(route.pattern), "", {});
    EXPECT_EQ(said.code() == "auth.no_session", !open) << operation << " " << said.code();
  }
}

TEST_P(OpenApiTest, WhatNeedsAKeyIsWhatTheDescriptionSays) {
  const auto all = described();
  const auto person = borrower().session.token;
  const auto desk = staff({auth::kAllRoles.begin(), auth::kAllRoles.end()});
  for (const auto& route : router().routes()) {
    const auto operation = route.method + " " + route.pattern;
    if (route.method == "DELETE") continue;  // would end the session
    const auto mentions = all.mentions.find(operation);
    const bool keyed =
        mentions != all.mentions.end() && mentions->second.contains("IdempotencyKey");
    const bool console = route.pattern.starts_with("/v1/console/");
    const auto said = send(route.method, filled(route.pattern), "",
                           {{"Authorization", "Bearer " + (console ? desk : person)}});
    EXPECT_EQ(said.code() == "api.idempotency_key_missing", keyed)
        << operation << " " << said.code();
  }
}

}  // namespace
}  // namespace mq::api
