#include "auth/webauthn_data.h"

#include <gtest/gtest.h>

#include "auth/webauthn_cbor.h"
#include "auth/webauthn_keys.h"
#include "auth/webauthn_testing.h"

namespace mq::auth::webauthn {
namespace {

using namespace cbor;

Bytes bytes_of(std::string_view hex) {
  const auto read = crypto::unhex(hex);
  EXPECT_TRUE(read.ok()) << hex;
  return *read;
}

std::string skipped(const Bytes& data) {
  CborReader in(data);
  const auto item = in.skip();
  if (item.ok()) {
    EXPECT_EQ(item->size() + in.rest().size(), data.size());
  }
  return outcome(item);
}

std::string parsed_key(const Bytes& key) { return outcome(parse_public_key(key)); }

// RFC 8949 appendix A, as far as CTAP2 allows it.
TEST(WebauthnCbor, Canonical) {
  for (const std::string_view hex : {"00",
                                     "17",
                                     "1818",
                                     "18ff",
                                     "190100",
                                     "1a00010000",
                                     "1b0000000100000000",
                                     "1bffffffffffffffff",
                                     "20",
                                     "37",
                                     "3818",
                                     "3bffffffffffffffff",
                                     "40",
                                     "4401020304",
                                     "60",
                                     "62c3bc",
                                     "80",
                                     "83010203",
                                     "a0",
                                     "a201020304",
                                     "f4",
                                     "f5",
                                     "f6",
                                     "f7",
                                     "f90000",
                                     "fa47c35000",
                                     "fb3ff199999999999a",
                                     "826161a161626163"}) {
    EXPECT_EQ(skipped(bytes_of(hex)), "ok") << hex;
  }
}

TEST(WebauthnCbor, NotCanonical) {
  for (const std::string_view hex : {"1817",
                                     "1900ff",
                                     "1a0000ffff",
                                     "1b00000000ffffffff",
                                     "3800",
                                     "3900ff",
                                     "5801ff",
                                     "590001ff",
                                     "780161",
                                     "98018100",
                                     "9800",
                                     "b800",
                                     "5f42010243030405ff",
                                     "7f6161ff",
                                     "9fff",
                                     "bfff",
                                     "ff",
                                     "c000",
                                     "d8184100",
                                     "c11a514b67b0",
                                     "e0",
                                     "f8ff",
                                     "fc",
                                     "1c",
                                     "1f",
                                     "3f"}) {
    EXPECT_EQ(skipped(bytes_of(hex)), "webauthn.malformed") << hex;
  }
}

TEST(WebauthnCbor, DeclaresMoreThanThereIs) {
  for (const std::string_view hex :
       {"", "18", "19ff", "1bffffffffffff", "41", "5bffffffffffffffff", "7b7fffffffffffffff", "81",
        "9affffffff", "9bffffffffffffffff", "9b8000000000000000", "a1", "a101", "baffffffff",
        "bbffffffffffffffff", "bb8000000000000000",
        "82"
        "9a7fffffff"
        "01"}) {
    EXPECT_EQ(skipped(bytes_of(hex)), "webauthn.malformed") << hex;
  }
}

TEST(WebauthnCbor, DepthIsLimited) {
  const auto nested = [](int levels) {
    Bytes out(static_cast<std::size_t>(levels), 0x81);
    out.push_back(0);
    return out;
  };
  EXPECT_EQ(skipped(nested(kCborDepth)), "ok");
  EXPECT_EQ(skipped(nested(kCborDepth + 1)), "webauthn.malformed");
  EXPECT_EQ(skipped(nested(100'000)), "webauthn.malformed");
  EXPECT_EQ(skipped(joined({Bytes(100'000, 0xA1), Bytes(100'000, 0)})), "webauthn.malformed");
}

TEST(WebauthnCbor, Integers) {
  const auto integer_of = [](std::string_view hex) {
    const Bytes data = bytes_of(hex);
    return CborReader(data).integer();
  };
  EXPECT_EQ(*integer_of("390100"), -257);
  EXPECT_EQ(*integer_of("1b7fffffffffffffff"), INT64_MAX);
  EXPECT_EQ(*integer_of("3b7fffffffffffffff"), INT64_MIN);
  for (const std::string_view hex :
       {"1b8000000000000000", "3b8000000000000000", "f4", "40", "80"}) {
    EXPECT_FALSE(integer_of(hex).ok()) << hex;
  }
}

class WebauthnKeys : public testing::Test {
 protected:
  const crypto::P256PublicKey p256_ = crypto::TestSigner::p256().p256_public();
  using Pair = std::pair<Bytes, Bytes>;
  const Pair type_{integer(1), integer(2)}, algorithm_{integer(3), integer(-7)},
      curve_{integer(-1), integer(1)}, x_{integer(-2), bytes(p256_.x)},
      y_{integer(-3), bytes(p256_.y)};
};

TEST_F(WebauthnKeys, ExactlyTheParameters) {
  EXPECT_EQ(parsed_key(map({type_, algorithm_, curve_, x_, y_})), "ok");
  const Pair private_part{integer(-4), bytes(p256_.x)}, key_id{integer(2), bytes(p256_.x)},
      operations{integer(4), head(kArray, 0)};
  for (const Bytes& bad : {
           map({}),
           map({type_}),
           map({type_, algorithm_}),
           map({type_, algorithm_, curve_, x_}),
           map({type_, algorithm_, curve_, x_, y_, private_part}),
           map({type_, key_id, algorithm_, curve_, x_, y_}),
           map({type_, algorithm_, operations, curve_, x_, y_}),
           map({type_, algorithm_, curve_, x_, y_, y_}),
           map({type_, type_, algorithm_, curve_, x_, y_}),
           map({type_, algorithm_, curve_, x_, x_}),
           map({type_, algorithm_, curve_, y_, x_}),
           map({algorithm_, type_, curve_, x_, y_}),
           map({curve_, x_, y_, type_, algorithm_}),
           map({{text("1"), integer(2)}, algorithm_, curve_, x_, y_}),
           joined({map({type_, algorithm_, curve_, x_, y_}), Bytes{0}}),
           // The same with a length of two bytes for x, and with the map's end left open.
           map({type_,
                algorithm_,
                curve_,
                {integer(-2), joined({bytes_of("590020"), p256_.x})},
                y_}),
           joined({Bytes{0xBF}, ByteView(cose_key(p256_)).subspan(1), Bytes{0xFF}}),
           // Fewer and more pairs declared than there are.
           joined({Bytes{0xA4}, ByteView(cose_key(p256_)).subspan(1)}),
           joined({Bytes{0xA6}, ByteView(cose_key(p256_)).subspan(1)}),
       }) {
    EXPECT_EQ(parsed_key(bad), "webauthn.malformed") << crypto::hex(bad);
  }
}

TEST_F(WebauthnKeys, TypeAlgorithmAndCurveBelongTogether) {
  const Pair okp{integer(1), integer(1)}, rsa{integer(1), integer(3)};
  EXPECT_EQ(parsed_key(map({okp, algorithm_, curve_, x_, y_})), "webauthn.malformed");
  EXPECT_EQ(parsed_key(map({rsa, algorithm_, curve_, x_, y_})), "webauthn.malformed");
  EXPECT_EQ(parsed_key(map({type_, algorithm_, {integer(-1), integer(2)}, x_, y_})),
            "webauthn.malformed");
  const Pair eddsa{integer(3), integer(-8)}, ed25519{integer(-1), integer(6)};
  EXPECT_EQ(parsed_key(map({okp, eddsa, ed25519, x_})), "ok");
  EXPECT_EQ(parsed_key(map({okp, eddsa, {integer(-1), integer(7)}, x_})), "webauthn.malformed");
  EXPECT_EQ(parsed_key(map({okp, eddsa, ed25519, x_, {integer(-4), bytes(p256_.x)}})),
            "webauthn.malformed");
  EXPECT_EQ(parsed_key(map({okp, eddsa, ed25519, {integer(-2), bytes(Bytes(31))}})),
            "webauthn.malformed");
  EXPECT_EQ(parsed_key(map({type_, eddsa, ed25519, x_})), "webauthn.malformed");
  // ES384, ES512, ES256K, PS256, RS1, EdDSA's and ES256's fully specified names, none at all.
  for (const std::int64_t number : {-35, -36, -47, -37, -65535, -19, -9, 0}) {
    EXPECT_EQ(parsed_key(map({type_, {integer(3), integer(number)}, curve_, x_, y_})),
              "webauthn.unsupported_algorithm");
  }
}

TEST_F(WebauthnKeys, PointIsWholeAndOnTheCurve) {
  const auto with = [&](const Bytes& x, const Bytes& y) {
    return parsed_key(map({type_, algorithm_, curve_, {integer(-2), x}, {integer(-3), y}}));
  };
  const Bytes x = bytes(p256_.x), y = bytes(p256_.y);
  EXPECT_EQ(with(x, y), "ok");
  auto off = p256_.y;
  off[31] ^= 1;
  EXPECT_EQ(with(x, bytes(off)), "webauthn.unsuitable_key");
  EXPECT_EQ(with(bytes(Bytes(32)), bytes(Bytes(32))), "webauthn.unsuitable_key");
  // Compressed: the sign of y instead of it.
  EXPECT_EQ(with(x, Bytes{0xF4}), "webauthn.malformed");
  EXPECT_EQ(with(x, Bytes{0xF5}), "webauthn.malformed");
  EXPECT_EQ(with(bytes(joined({Bytes{2}, p256_.x})), y), "webauthn.malformed");
  EXPECT_EQ(with(bytes(joined({Bytes{0}, p256_.x})), y), "webauthn.malformed");
  EXPECT_EQ(with(bytes(ByteView(p256_.x).subspan(1)), y), "webauthn.malformed");
  EXPECT_EQ(with(bytes({}), bytes({})), "webauthn.malformed");
}

TEST_F(WebauthnKeys, RsaIsStrong) {
  EXPECT_EQ(parsed_key(cose_key(crypto::TestSigner::rsa(1024).rsa_public())),
            "webauthn.unsuitable_key");
  auto key = crypto::TestSigner::rsa(2048).rsa_public();
  EXPECT_EQ(parsed_key(cose_key(key)), "ok");
  const Bytes good = cose_key(key);
  const Bytes with_private =
      joined({Bytes{0xA5}, ByteView(good).subspan(1), integer(-3), bytes({})});
  EXPECT_EQ(parsed_key(with_private), "webauthn.malformed");
  for (const Bytes& exponent : {Bytes{}, Bytes{1}, Bytes{2}, Bytes{0, 1, 0, 1}}) {
    key.exponent = exponent;
    EXPECT_EQ(parsed_key(cose_key(key)), "webauthn.unsuitable_key");
  }
  key.exponent = {3};
  key.modulus.insert(key.modulus.begin(), 0);
  EXPECT_EQ(parsed_key(cose_key(key)), "webauthn.unsuitable_key");
  key.modulus.assign(513, 0xFF);
  EXPECT_EQ(parsed_key(cose_key(key)), "webauthn.unsuitable_key");
}

Bytes data_with(std::uint8_t flags, ByteView rest) {
  return joined({Bytes(32, 7), Bytes{flags}, Bytes{1, 2, 3, 4}, rest});
}

TEST(WebauthnData, Fixed) {
  const Bytes data = data_with(0x1D, {});
  const auto read = parse_authenticator_data(data);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->user_present && read->user_verified && read->backup_eligible &&
              read->backed_up);
  EXPECT_EQ(read->counter, 0x01020304U);
  EXPECT_FALSE(read->credential);
  // Reserved for future use: not looked at.
  EXPECT_FALSE(parse_authenticator_data(data_with(0x22, {}))->user_present);
  EXPECT_FALSE(parse_authenticator_data(ByteView(data).first(36)).ok());
  EXPECT_FALSE(parse_authenticator_data(data_with(0x1D, Bytes{0})).ok());
}

TEST(WebauthnData, ExtensionsAreOneMap) {
  const auto extended = [](const Bytes& extensions) {
    return outcome(parse_authenticator_data(data_with(0x85, extensions)));
  };
  const Bytes key = text("credProtect");
  EXPECT_EQ(extended(map({{key, integer(2)}})), "ok");
  EXPECT_EQ(extended(map({})), "ok");
  for (const Bytes& bad :
       {Bytes{}, integer(1), head(kArray, 0), text(""), head(kMap, 1), map({{key, {}}}),
        joined({map({}), map({})}), bytes_of("bfff"), map({{key, bytes_of("c000")}})}) {
    EXPECT_EQ(extended(bad), "webauthn.malformed") << crypto::hex(bad);
  }
  const auto padded = [&](std::size_t size) { return extended(map({{key, bytes(Bytes(size))}})); };
  const std::size_t around = data_with(0, {}).size() + map({{key, {}}}).size() + 3;
  EXPECT_EQ(padded(kAuthenticatorDataBytes - around), "ok");
  EXPECT_EQ(padded(kAuthenticatorDataBytes - around + 1), "webauthn.malformed");
}

TEST(WebauthnData, CredentialStaysWithinBounds) {
  const Bytes aaguid(16, 0xAA), key = cose_key(crypto::Ed25519PublicKey{});
  const auto attested = [&](const Bytes& length, const Bytes& id, const Bytes& rest) {
    return outcome(parse_authenticator_data(data_with(0x45, joined({aaguid, length, id, rest}))));
  };
  EXPECT_EQ(attested({0, 2}, {1, 2}, key), "ok");
  EXPECT_EQ(attested({0, 0}, {}, key), "webauthn.malformed");
  EXPECT_EQ(attested({3, 0xFF}, Bytes(1023), key), "ok");
  EXPECT_EQ(attested({4, 0}, Bytes(1024), key), "webauthn.malformed");
  EXPECT_EQ(attested({0xFF, 0xFF}, Bytes(1023), key), "webauthn.malformed");
  EXPECT_EQ(attested({0, 2}, {1, 2}, {}), "webauthn.malformed");
  EXPECT_EQ(attested({0, 2}, {1, 2}, joined({key, map({})})), "webauthn.malformed");
  EXPECT_EQ(attested({0, 2}, {1}, {}), "webauthn.malformed");
  EXPECT_EQ(outcome(parse_authenticator_data(data_with(0x45, ByteView(aaguid).first(15)))),
            "webauthn.malformed");
}

TEST(WebauthnData, AttestationObjectHasThreeMembersInAnyOrder) {
  using Pair = std::pair<Bytes, Bytes>;
  const Pair format{text("fmt"), text("none")}, statement{text("attStmt"), map({})},
      data{text("authData"), bytes(Bytes(37))};
  const auto parsed = [](const Bytes& object) { return outcome(parse_attestation_object(object)); };
  EXPECT_EQ(parsed(map({format, statement, data})), "ok");
  EXPECT_EQ(parsed(map({data, format, statement})), "ok");
  for (const Bytes& bad :
       {map({format, statement}), map({format, data}), map({statement, data}),
        map({format, statement, data, data}), map({format, format, statement, data}),
        map({format, statement, statement, data}),
        map({format, statement, data, {text("epAtt"), map({})}}),
        map({{text("fmt"), integer(1)}, statement, data}),
        map({format, statement, {text("authData"), text("")}}),
        map({{bytes(as_bytes("fmt")), text("none")}, statement, data}), head(kMap, 0xFFFFFFFF),
        joined({map({format, statement, data}), Bytes{0}}), Bytes{}, head(kArray, 3)}) {
    EXPECT_EQ(parsed(bad), "webauthn.malformed") << crypto::hex(bad);
  }
  const auto padded = [&](std::size_t size) {
    return parsed(map({format, statement, {text("authData"), bytes(Bytes(size))}}));
  };
  const std::size_t around = map({format, statement, {text("authData"), {}}}).size() + 3;
  EXPECT_EQ(padded(kAttestationObjectBytes - around), "ok");
  EXPECT_EQ(padded(kAttestationObjectBytes - around + 1), "webauthn.malformed");
}

}  // namespace
}  // namespace mq::auth::webauthn
