#include "auth/webauthn.h"

#include <gtest/gtest.h>

#include "auth/webauthn_testing.h"

namespace mq::auth::webauthn {
namespace {

const RelyingParty kParty{"example.org", {"https://example.org", "https://example.org:8443"}};
const Bytes kChallenge(32, 0x17), kOther(32, 0x18);
constexpr std::uint8_t kGood = TestAuthenticator::kPresent | TestAuthenticator::kVerified;

// One of each kind for all tests: making an RSA key takes a tenth of a second.
const TestAuthenticator& authenticator(Algorithm algorithm = Algorithm::es256) {
  static const TestAuthenticator es256(Algorithm::es256), eddsa(Algorithm::eddsa),
      rs256(Algorithm::rs256);
  return algorithm == Algorithm::es256 ? es256 : algorithm == Algorithm::eddsa ? eddsa : rs256;
}
constexpr Algorithm kAlgorithms[] = {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256};

Result<Credential> verified(const MadeRegistration& made, ByteView challenge = kChallenge) {
  return verify_registration(kParty, challenge, made.response());
}
Result<Credential> registered(const TestAuthenticator& from) {
  return verified(from.register_at(kParty.id, kChallenge));
}
Result<Assertion> verified(const Credential& stored, const MadeAssertion& made,
                           ByteView challenge = kChallenge) {
  return verify_assertion(kParty, challenge, stored, made.response());
}

Credential stored(const TestAuthenticator& from) {
  const auto credential = registered(from);
  EXPECT_TRUE(credential.ok()) << credential.error().code();
  return *credential;
}

// A registration and an assertion that are good but for their client data.
std::string registered_with(const std::string& json) {
  const auto& from = authenticator();
  return outcome(verified(
      from.register_with(json, from.authenticator_data(kParty.id, from.attested_credential()))));
}
std::string asserted_with(const std::string& json) {
  const auto& from = authenticator();
  return outcome(
      verified(stored(from), from.assert_with(json, from.authenticator_data(kParty.id))));
}

std::string create_data(std::string_view origin = kParty.origins[0], std::string_view more = "") {
  return client_data("webauthn.create", kChallenge, origin, more);
}
std::string get_data(std::string_view origin = kParty.origins[0], std::string_view more = "") {
  return client_data("webauthn.get", kChallenge, origin, more);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Bytes flipped(Bytes bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  return bytes;
}

TEST(Webauthn, EveryAlgorithmWithAndWithoutSelfAttestation) {
  for (const Algorithm algorithm : kAlgorithms) {
    TestAuthenticator from = authenticator(algorithm);
    for (const bool self : {false, true}) {
      from.self_attestation = self;
      from.counter = 7;
      const auto credential = registered(from);
      ASSERT_TRUE(credential.ok()) << credential.error().code();
      EXPECT_EQ(credential->algorithm, algorithm);
      EXPECT_EQ(credential->id, from.credential_id);
      EXPECT_EQ(credential->public_key, from.public_key);
      EXPECT_EQ(credential->counter, 7U);
      EXPECT_EQ(credential->aaguid[0], 0xAA);
      EXPECT_FALSE(credential->backup_eligible || credential->backed_up);
      from.counter = 0x01020304;
      const auto assertion = verified(*credential, from.assert_at(kParty.id, kChallenge));
      ASSERT_TRUE(assertion.ok()) << assertion.error().code();
      EXPECT_EQ(assertion->counter, 0x01020304U);
      EXPECT_FALSE(assertion->backed_up);
    }
  }
}

TEST(Webauthn, ExtensionsAreReadOverAndIdsMayBeAnySize) {
  TestAuthenticator from = authenticator();
  from.extensions = cbor::map(
      {{cbor::text("hmac-secret"), cbor::integer(1)}, {cbor::text("credProtect"), cbor::map({})}});
  for (const std::size_t size : {std::size_t{1}, std::size_t{16}, kCredentialIdBytes}) {
    from.credential_id.assign(size, 9);
    const auto credential = stored(from);
    EXPECT_EQ(credential.id, from.credential_id);
    EXPECT_EQ(outcome(verified(credential, from.assert_at(kParty.id, kChallenge))), "ok");
  }
  for (const std::size_t size : {std::size_t{0}, kCredentialIdBytes + 1}) {
    from.credential_id.assign(size, 9);
    EXPECT_EQ(outcome(registered(from)), "webauthn.malformed") << size;
  }
}

TEST(Webauthn, ClientDataIsGood) {
  for (const std::string& data :
       {create_data(), create_data(kParty.origins[1]), "\xEF\xBB\xBF" + create_data(),
        replaced(create_data(), R"(,"crossOrigin":false)", ""),
        create_data(kParty.origins[0], R"(,"other_keys_can_be_added_here":["do not compare"])"),
        replaced(create_data(), "https://", R"(https:\/\/)"), " " + create_data() + "\n"}) {
    EXPECT_EQ(registered_with(data), "ok") << data;
  }
}

TEST(Webauthn, TypeTellsTheCeremoniesApart) {
  EXPECT_EQ(registered_with(get_data()), "webauthn.wrong_type");
  EXPECT_EQ(asserted_with(create_data()), "webauthn.wrong_type");
  EXPECT_EQ(asserted_with(get_data()), "ok");
  for (const std::string_view type : {"", "webauthn.GET", "webauthn.get ", "webauthn.get\\u0000",
                                      "payment.get", "navigator.id.getAssertion"}) {
    EXPECT_EQ(asserted_with(replaced(get_data(), "webauthn.get", type)), "webauthn.wrong_type")
        << type;
  }
}

TEST(Webauthn, ChallengeIsThisOne) {
  const auto& from = authenticator();
  const auto again = from.assert_at(kParty.id, kChallenge);
  EXPECT_EQ(outcome(verified(stored(from), again, kChallenge)), "ok");
  EXPECT_EQ(outcome(verified(stored(from), again, kOther)), "webauthn.wrong_challenge");
  EXPECT_EQ(outcome(verified(from.register_at(kParty.id, kChallenge), kOther)),
            "webauthn.wrong_challenge");
  const ByteView cut = ByteView(kChallenge).first(31);
  EXPECT_EQ(outcome(verified(stored(from), again, cut)), "webauthn.wrong_challenge");
  // One that could be guessed is never expected.
  for (const std::size_t size : {0U, 15U}) {
    const Bytes small(size, 1);
    EXPECT_EQ(outcome(verified(stored(from), from.assert_at(kParty.id, small), small)),
              "webauthn.wrong_challenge");
  }
  const std::string text = crypto::base64url(kChallenge);
  EXPECT_EQ(asserted_with(replaced(get_data(), text, text + "A")), "webauthn.wrong_challenge");
  for (const std::string& bad : {text + "=", text.substr(0, 42) + "d", " " + text,
                                 crypto::base64(kChallenge), std::string("!")}) {
    EXPECT_EQ(asserted_with(replaced(get_data(), text, bad)), "webauthn.malformed") << bad;
  }
}

TEST(Webauthn, OriginIsExactlyOneOfOurs) {
  for (const std::string_view origin :
       {"", "null", "http://example.org", "https://example.org/", "https://example.org:443",
        "https://example.org:84430", "https://EXAMPLE.org", "https://www.example.org",
        "https://example.org.evil.test", "https://example.com", "https://example.org\\u0000",
        "android:apk-key-hash:abc"}) {
    EXPECT_EQ(registered_with(create_data(origin)), "webauthn.wrong_origin") << origin;
    EXPECT_EQ(asserted_with(get_data(origin)), "webauthn.wrong_origin") << origin;
  }
  const auto made = authenticator().register_at(kParty.id, kChallenge);
  EXPECT_EQ(outcome(verify_registration({kParty.id, {}}, kChallenge, made.response())),
            "webauthn.wrong_origin");
}

TEST(Webauthn, NotWithinPagesOfOthers) {
  const auto crossing = [](std::string_view value) {
    return replaced(get_data(), R"("crossOrigin":false)", R"("crossOrigin":)" + std::string(value));
  };
  EXPECT_EQ(asserted_with(crossing("true")), "webauthn.wrong_origin");
  for (const std::string_view value : {"null", "\"false\"", "0", "[]"}) {
    EXPECT_EQ(asserted_with(crossing(value)), "webauthn.malformed") << value;
  }
  for (const std::string_view value : {R"("https://example.org")", "null"}) {
    const std::string more = R"(,"topOrigin":)" + std::string(value);
    EXPECT_EQ(asserted_with(get_data(kParty.origins[0], more)), "webauthn.wrong_origin");
    EXPECT_EQ(registered_with(create_data(kParty.origins[0], more)), "webauthn.wrong_origin");
  }
}

TEST(Webauthn, ClientDataIsStrictJson) {
  const std::string good = get_data();
  const std::string deep = R"(,"a":)" + std::string(40, '[') + std::string(40, ']');
  const std::string long_member = R"(,"a":")" + std::string(kClientDataBytes, 'a') + "\"";
  for (const std::string& bad : std::vector<std::string>{
           "",
           "{}",
           "null",
           "[" + good + "]",
           "\"" + crypto::base64url(as_bytes(good)) + "\"",
           good + "x",
           good + good,
           good + std::string(1, '\0'),
           "\xEF\xBB\xBF\xEF\xBB\xBF" + good,
           "\xFF\xFE" + good,
           replaced(good, "{", "{// comment\n"),
           replaced(good, "}", ",}"),
           replaced(good, "example", "ex\xC3mple"),
           replaced(good, R"("type":"webauthn.get",)", ""),
           replaced(good, R"("webauthn.get")", "7"),
           replaced(good, R"("challenge")", R"("Challenge")"),
           replaced(good, R"("origin":"https://example.org",)", ""),
           replaced(good, R"("https://example.org")", R"(["https://example.org"])"),
           get_data(kParty.origins[0], R"(,"type":"webauthn.get")"),
           get_data(kParty.origins[0], R"(,"origin":"https://evil.test")"),
           get_data(kParty.origins[0], deep),
           get_data(kParty.origins[0], long_member),
       }) {
    EXPECT_EQ(asserted_with(bad), "webauthn.malformed") << bad.substr(0, 200);
  }
}

TEST(Webauthn, OtherRelyingParty) {
  TestAuthenticator from = authenticator();
  from.origin = kParty.origins[0];
  EXPECT_EQ(outcome(verified(from.register_at("example.com", kChallenge))),
            "webauthn.wrong_relying_party");
  EXPECT_EQ(outcome(verified(stored(from), from.assert_at("org", kChallenge))),
            "webauthn.wrong_relying_party");
}

TEST(Webauthn, UserIsPresentAndVerified) {
  TestAuthenticator from = authenticator();
  const Credential credential = stored(from);
  for (const auto& [flags, code] : {std::pair<std::uint8_t, std::string>{0, "webauthn.user_absent"},
                                    {TestAuthenticator::kVerified, "webauthn.user_absent"},
                                    {TestAuthenticator::kPresent, "webauthn.user_not_verified"},
                                    {kGood | TestAuthenticator::kBackedUp, "webauthn.backup_state"},
                                    {kGood, "ok"}}) {
    from.flags = flags;
    EXPECT_EQ(outcome(registered(from)), code);
    EXPECT_EQ(outcome(verified(credential, from.assert_at(kParty.id, kChallenge))), code);
  }
}

TEST(Webauthn, BackupEligibilityStaysAndBackupMayCome) {
  TestAuthenticator from = authenticator();
  const auto asserted = [&](const Credential& credential, std::uint8_t more) {
    from.flags = kGood | more;
    return verified(credential, from.assert_at(kParty.id, kChallenge));
  };
  const Credential bound = stored(from);
  EXPECT_EQ(outcome(asserted(bound, TestAuthenticator::kEligible)), "webauthn.backup_state");

  from.flags = kGood | TestAuthenticator::kEligible;
  const Credential synced = stored(from);
  EXPECT_TRUE(synced.backup_eligible && !synced.backed_up);
  EXPECT_EQ(outcome(asserted(synced, 0)), "webauthn.backup_state");
  EXPECT_FALSE(asserted(synced, TestAuthenticator::kEligible)->backed_up);
  EXPECT_TRUE(
      asserted(synced, TestAuthenticator::kEligible | TestAuthenticator::kBackedUp)->backed_up);
}

TEST(Webauthn, CounterGoesUp) {
  TestAuthenticator from = authenticator();
  Credential credential = stored(from);
  const std::uint32_t most = 0xFFFFFFFF;
  const std::string rolled_back = "webauthn.counter_rolled_back";
  struct Case {
    std::uint32_t stored, now;
    std::string code;
  };
  for (const Case& c : {Case{0, 0, "ok"}, Case{0, 1, "ok"}, Case{5, 6, "ok"}, Case{5, most, "ok"},
                        Case{5, 5, rolled_back}, Case{5, 4, rolled_back}, Case{5, 0, rolled_back},
                        Case{most, 0, rolled_back}, Case{most, most, rolled_back}}) {
    credential.counter = c.stored;
    from.counter = c.now;
    EXPECT_EQ(outcome(verified(credential, from.assert_at(kParty.id, kChallenge))), c.code)
        << c.stored << " " << c.now;
  }
}

TEST(Webauthn, CredentialIsTheStoredOne) {
  const auto& from = authenticator();
  const auto made = from.assert_at(kParty.id, kChallenge);
  Credential other = stored(from);
  other.id.push_back(1);
  EXPECT_EQ(outcome(verified(other, made)), "webauthn.wrong_credential");
  other = stored(from);
  other.algorithm = Algorithm::eddsa;
  EXPECT_EQ(outcome(verified(other, made)), "webauthn.wrong_credential");
  other = stored(from);
  other.public_key.pop_back();
  EXPECT_EQ(outcome(verified(other, made)), "webauthn.wrong_credential");
  other = stored(from);
  other.public_key = TestAuthenticator().public_key;
  EXPECT_EQ(outcome(verified(other, made)), "webauthn.bad_signature");
}

TEST(Webauthn, CredentialDataBelongsToRegistrations) {
  const auto& from = authenticator();
  EXPECT_EQ(
      outcome(verified(from.register_with(create_data(), from.authenticator_data(kParty.id)))),
      "webauthn.malformed");
  const Bytes attested = from.authenticator_data(kParty.id, from.attested_credential());
  EXPECT_EQ(outcome(verified(stored(from), from.assert_with(get_data(), attested))),
            "webauthn.malformed");
}

TEST(Webauthn, AttestationIsNoneOrByItself) {
  using namespace cbor;
  const auto& from = authenticator();
  const Bytes data = from.authenticator_data(kParty.id, from.attested_credential());
  const Bytes signature = from.sign(TestAuthenticator::message(data, create_data()));
  const auto attested = [&](std::string_view format, const Bytes& statement) {
    return outcome(verified({create_data(), attestation_object(format, statement, data)}));
  };
  EXPECT_EQ(attested("none", map({})), "ok");
  EXPECT_EQ(attested("none", packed_statement(-7, signature)), "webauthn.malformed");
  EXPECT_EQ(attested("none", head(kArray, 0)), "webauthn.malformed");
  EXPECT_EQ(attested("packed", packed_statement(-7, signature)), "ok");
  EXPECT_EQ(attested("packed", packed_statement(-257, signature)), "webauthn.malformed");
  EXPECT_EQ(attested("packed", packed_statement(-7, flipped(signature, 100))),
            "webauthn.bad_signature");
  EXPECT_EQ(attested("packed", packed_statement(-7, {})), "webauthn.bad_signature");
  EXPECT_EQ(attested("packed", packed_statement(-7, Bytes(kSignatureBytes + 1))),
            "webauthn.malformed");
  EXPECT_EQ(attested("packed", map({})), "webauthn.malformed");
  EXPECT_EQ(attested("packed", head(kArray, 0)), "webauthn.malformed");
  const std::pair<Bytes, Bytes> algorithm = {text("alg"), integer(-7)},
                                sig = {text("sig"), bytes(signature)},
                                chain = {text("x5c"), joined({head(kArray, 1), bytes(data)})};
  EXPECT_EQ(attested("packed", map({sig, algorithm})), "ok");
  EXPECT_EQ(attested("packed", map({algorithm, sig, chain})), "webauthn.unsupported_attestation");
  EXPECT_EQ(attested("packed", map({algorithm, sig, {text("ecdaaKeyId"), bytes(data)}})),
            "webauthn.malformed");
  EXPECT_EQ(attested("packed", map({algorithm, sig, sig})), "webauthn.malformed");
  for (const std::string_view format :
       {"fido-u2f", "tpm", "android-key", "apple", "None", "packed ", ""}) {
    EXPECT_EQ(attested(format, packed_statement(-7, signature)),
              "webauthn.unsupported_attestation");
  }
  EXPECT_EQ(attested("compound", head(kArray, 0)), "webauthn.unsupported_attestation");
  // Of another registration.
  EXPECT_EQ(
      outcome(verified({create_data(kParty.origins[1]),
                        attestation_object("packed", packed_statement(-7, signature), data)})),
      "webauthn.bad_signature");
}

// An assertion is signed as a whole: nothing of it can be changed.
TEST(Webauthn, EveryChangedBitOfAnAssertionIsRefused) {
  for (const Algorithm algorithm : kAlgorithms) {
    TestAuthenticator from = authenticator(algorithm);
    from.extensions = cbor::map({{cbor::text("uvm"), cbor::integer(1)}});
    const Credential credential = stored(from);
    const MadeAssertion good = from.assert_at(kParty.id, kChallenge);
    ASSERT_EQ(outcome(verified(credential, good)), "ok");
    const auto refused_everywhere = [&](auto member) {
      const auto& part = good.*member;
      for (std::size_t bit = 0; bit < part.size() * 8; ++bit) {
        MadeAssertion bad = good;
        (bad.*member)[bit / 8] ^= static_cast<char>(1U << (bit % 8));
        EXPECT_NE(outcome(verified(credential, bad)), "ok") << bit;
      }
      for (std::size_t size = 0; size < part.size(); ++size) {
        MadeAssertion bad = good;
        (bad.*member).resize(size);
        EXPECT_NE(outcome(verified(credential, bad)), "ok") << size;
      }
      MadeAssertion bad = good;
      (bad.*member).push_back(0);
      EXPECT_NE(outcome(verified(credential, bad)), "ok");
    };
    refused_everywhere(&MadeAssertion::credential_id);
    refused_everywhere(&MadeAssertion::client_data_json);
    refused_everywhere(&MadeAssertion::authenticator_data);
    refused_everywhere(&MadeAssertion::signature);
  }
}

TEST(Webauthn, EveryChangedBitOfASelfAttestedRegistrationIsRefused) {
  TestAuthenticator from = authenticator();
  from.self_attestation = true;
  const MadeRegistration good = from.register_at(kParty.id, kChallenge);
  ASSERT_EQ(outcome(verified(good)), "ok");
  for (std::size_t bit = 0; bit < good.attestation_object.size() * 8; ++bit) {
    const auto changed = verified({good.client_data_json, flipped(good.attestation_object, bit)});
    EXPECT_NE(outcome(changed), "ok") << bit;
  }
}

TEST(Webauthn, CutRegistrationsAndTrailingBytesAreRefused) {
  for (const Algorithm algorithm : kAlgorithms) {
    TestAuthenticator from = authenticator(algorithm);
    from.extensions = cbor::map({{cbor::text("credProtect"), cbor::integer(3)}});
    const MadeRegistration good = from.register_at(kParty.id, kChallenge);
    for (std::size_t size = 0; size < good.attestation_object.size(); ++size) {
      MadeRegistration bad = good;
      bad.attestation_object.resize(size);
      EXPECT_EQ(outcome(verified(bad)), "webauthn.malformed") << size;
    }
    MadeRegistration longer = good;
    longer.attestation_object.push_back(0);
    EXPECT_EQ(outcome(verified(longer)), "webauthn.malformed");

    const Bytes data = from.authenticator_data(kParty.id, from.attested_credential());
    for (std::size_t size = 0; size < data.size(); ++size) {
      EXPECT_EQ(
          outcome(verified(from.register_with(good.client_data_json, ByteView(data).first(size)))),
          "webauthn.malformed")
          << size;
    }
    EXPECT_EQ(
        outcome(verified(from.register_with(good.client_data_json, joined({data, Bytes{0}})))),
        "webauthn.malformed");
  }
}

TEST(Webauthn, ErrorsSayNothingOfTheInput) {
  const auto result = verified({create_data("https://evil.test"), {}});
  EXPECT_EQ(result.error().detail(), "");
}

}  // namespace
}  // namespace mq::auth::webauthn
