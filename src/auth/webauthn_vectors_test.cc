// The values of Web Authentication Level 3, section 16 "Test Vectors" (w3.org/TR/webauthn-3). Many
// of them lack user verification, come from a cross-origin page or carry certificates: what is
// refused here for that reason is looked at one layer below as well, so that every signature is
// checked.
#include <gtest/gtest.h>

#include "auth/webauthn_data.h"
#include "auth/webauthn_keys.h"
#include "auth/webauthn_testing.h"

namespace mq::auth::webauthn {
namespace {

const RelyingParty kParty{"example.org", {"https://example.org"}};

Bytes bytes_of(std::string_view hex) {
  const auto bytes = crypto::unhex(hex);
  EXPECT_TRUE(bytes.ok());
  return *bytes;
}

std::string extra(std::string_view random) {
  return random.empty() ? ""
                        : R"(,"extraData":"clientDataJSON may be extended with additional fields )"
                          R"(in the future, such as this: )" +
                              std::string(random) + "\"";
}

std::string cross_origin(std::string text) {
  const std::string_view from = R"("crossOrigin":false)";
  return text.replace(text.find(from), from.size(), R"("crossOrigin":true)");
}

std::string create_data(std::string_view challenge, std::string_view random) {
  return client_data("webauthn.create", bytes_of(challenge), "https://example.org", extra(random));
}
std::string get_data(std::string_view challenge, std::string_view random) {
  return client_data("webauthn.get", bytes_of(challenge), "https://example.org", extra(random));
}

// What a registration would have stored, whether or not it is one that we take.
Credential stored_of(ByteView attestation) {
  const auto object = parse_attestation_object(attestation);
  const auto data = parse_authenticator_data(object->authenticator_data);
  EXPECT_TRUE(data.ok() && data->credential);
  const auto key = parse_public_key(data->credential->public_key);
  EXPECT_TRUE(key.ok());
  Credential out;
  out.id.assign(data->credential->id.begin(), data->credential->id.end());
  out.public_key.assign(data->credential->public_key.begin(), data->credential->public_key.end());
  out.algorithm = key->algorithm;
  out.backup_eligible = data->backup_eligible;
  return out;
}

// As a browser gives it that was asked for no attestation.
Bytes without_attestation(ByteView attestation) {
  return attestation_object("none", cbor::map({}),
                            parse_attestation_object(attestation)->authenticator_data);
}

Result<Credential> registered(std::string_view challenge, const std::string& json,
                              const Bytes& attestation) {
  return verify_registration(kParty, bytes_of(challenge), {json, attestation});
}

// The signature is good, whatever the rules say of the rest.
Result<Assertion> asserted(std::string_view challenge, const std::string& json,
                           const Credential& stored, std::string_view data,
                           std::string_view signature) {
  const Bytes authenticator_data = bytes_of(data);
  EXPECT_TRUE(
      parse_public_key(stored.public_key)
          ->verify(TestAuthenticator::message(authenticator_data, json), bytes_of(signature)));
  return verify_assertion(kParty, bytes_of(challenge), stored,
                          {stored.id, json, authenticator_data, bytes_of(signature)});
}

constexpr std::string_view kNoneObject =
    "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c473"
    "5ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0"
    "ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb640"
    "98d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e"
    "2664796b9220";

TEST(WebauthnVectors, NoneEs256IsWithoutUserVerification) {
  const std::string_view challenge =
      "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130";
  const auto json = create_data(challenge, "BkQeDjdcTBrXBiAwJTLE5Q");
  EXPECT_EQ(outcome(registered(challenge, json, bytes_of(kNoneObject))),
            "webauthn.user_not_verified");
  const std::string_view next = "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408";
  EXPECT_EQ(
      outcome(asserted(
          next, get_data(next, ""), stored_of(bytes_of(kNoneObject)),
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
          "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480"
          "ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87")),
      "webauthn.user_not_verified");
}

TEST(WebauthnVectors, SelfAttestationEs256) {
  const std::string_view challenge =
      "7869c2b772d4b58eba9378cf8f29e26cf935aa77df0da89fa99c0bdc0a76f7e5";
  const Bytes attestation = bytes_of(
      "a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf"
      "378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3"
      "f220272178f473b6006d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5"
      "e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6c"
      "c32df9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802"
      "046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484"
      "f2");
  const auto json = create_data(challenge, "U9hTXvKE2URkMnb_0xYHVg");
  const auto credential = registered(challenge, json, attestation);
  ASSERT_TRUE(credential.ok()) << credential.error().code();
  EXPECT_EQ(crypto::hex(credential->id),
            "455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c");
  EXPECT_EQ(crypto::hex(credential->aaguid), "df850e09db6afbdfab51697791506cfc");
  EXPECT_EQ(credential->algorithm, Algorithm::es256);
  EXPECT_TRUE(credential->backup_eligible && credential->backed_up);
  const std::string_view next = "4478a10b1352348dd160c1353b0d469b5db19eb91c27f7dfa6fed39fe26af20b";
  EXPECT_EQ(
      outcome(asserted(
          next, get_data(next, "gTb53rz6EhSWomXGzimC1Q"), *credential,
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50900000000",
          "304402203310b9431903c401f1be2bdc8d23a4007682dbbddcf846994947b7f465daf84002204e94dd00"
          "047b316061b3b99772b7efd95994a83ef584b3b6b825ea3550251b66")),
      "webauthn.user_not_verified");
}

TEST(WebauthnVectors, CrossOrigin) {
  const std::string_view challenge =
      "3be5aacd03537142472340ab5969f240f1d87716e20b6807ac230655fa4b3b49";
  const Bytes attestation = bytes_of(
      "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4"
      "735ae7f8edd46592a5e0f01452b2e4b54500000000883f4f6014f19c09d87aa38123be48d000206e1050c0d2ca2f"
      "07c755cb2c66a74c64fa43065c18f938354d9915db2bd5ce57a501020326200121582022200a473f90b110788515"
      "50d03b4e44a2279f8c4eca27b3153dedfe03e4e97d225820cbd0be95e746ad6f5a8191be11756e4c0420e72f65b4"
      "66d39bc56b8b123a9c6e");
  const auto json = create_data(challenge, "zZquEtDR9DWqpW5tBWTFug");
  EXPECT_EQ(outcome(registered(challenge, cross_origin(json), attestation)),
            "webauthn.wrong_origin");
  // No signature covers it: the same within no other page is good.
  const auto credential = registered(challenge, json, attestation);
  ASSERT_TRUE(credential.ok()) << credential.error().code();
  EXPECT_FALSE(credential->backup_eligible);
  const std::string_view next = "876aa517ba83fdee65fcffdbca4c84eeae5d54f8041a1fc85c991e5bbb273137";
  EXPECT_EQ(
      outcome(asserted(
          next, cross_origin(get_data(next, "92pcTVD0Aby-q4dtmj6efg")), *credential,
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50500000000",
          "3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c762"
          "37ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf")),
      "webauthn.wrong_origin");
}

TEST(WebauthnVectors, TopOrigin) {
  const std::string_view challenge =
      "4e1f4c6198699e33c14f192153f49d7e0e8e3577d5ac416c5f3adc92a41f27e5";
  const Bytes attestation = bytes_of(
      "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4"
      "735ae7f8edd46592a5e0f01452b2e4b5410000000097586fd09799a76401c200455099ef2a0020b8ad59b996047a"
      "b18e2ceb57206c362da57458793481f4a8ebf101c7ca7cc0f1a5010203262001215820a1c47c1d82da4ebe82cd72"
      "207102b380670701993bc35398ae2e5726427fe01d22582086c1080d82987028c7f54ecb1b01185de243b359294a"
      "0ed210cd47480f0adc88");
  const std::string top = R"(,"topOrigin":"https://example.com")";
  const auto json =
      cross_origin(client_data("webauthn.create", bytes_of(challenge), "https://example.org", top));
  EXPECT_EQ(outcome(registered(challenge, json, attestation)), "webauthn.wrong_origin");
  const std::string_view next = "d54a5c8ca4b62a8e3bb321e3b2bc73856f85a10150db2939ac195739eb1ea066";
  const auto get = cross_origin(client_data("webauthn.get", bytes_of(next), "https://example.org",
                                            top + extra("UiFoJMVRQHDAFWFi4vxUpQ")));
  EXPECT_EQ(
      outcome(asserted(
          next, get, stored_of(attestation),
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50500000000",
          "3045022100b5a70c81780d5fcc9a4f2ae9caae99058f8accaf58b91fb59329646c28ac6ffc022012e101"
          "c165db3c8e9957f0c54dd6ca9b56bc3bd2f280bd2faa6c1d02c6e5c171")),
      "webauthn.wrong_origin");
}

TEST(WebauthnVectors, LongestCredentialId) {
  const std::string_view challenge =
      "1113c7265ccf5e65124282fa1d7819a7a14cb8539aa4cdbec7487e5f35d8ec6c";
  const Bytes id = crypto::hkdf_sha256(as_bytes("WebAuthn test vectors"), Bytes{4},
                                       "none.ES256.long-credential-id", 1023);
  ASSERT_EQ(crypto::hex(id).substr(0, 16), "3a761a4e1674ad6c");
  const Bytes data = joined(
      {bytes_of("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b549000000008f3360c2"
                "cd1b0ac14ffe0795c5d2638e03ff"),
       id,
       bytes_of("a50102032620012158203b8176b7504489cc593046d7988abb7905a742de6ac2cdc748a873c663e90c"
                "b12258201436d5edc9a75f23999eef9d5950a5c2455514ee1014084720f841a06b828a11")});
  const Bytes attestation = attestation_object("none", cbor::map({}), data);
  EXPECT_EQ(outcome(registered(challenge, create_data(challenge, ""), attestation)),
            "webauthn.user_not_verified");
  const auto stored = stored_of(attestation);
  EXPECT_EQ(stored.id, id);
  const std::string_view next = "ef1deba56dce48f674a447ccf63b9599258ce87648e5c396f2ef0ca1da460e3b";
  const auto assertion = asserted(
      next, get_data(next, ""), stored,
      "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50d00000000",
      "304502203ecef83fb12a0cae7841055f9f87103a99fd14b424194bbf06c4623d3ee6e3fd022100d2ace3"
      "46db262b1374a6b70faa51f518a42ddca13a4125ce6f5052a75bac9fb6");
  ASSERT_TRUE(assertion.ok()) << assertion.error().code();
  EXPECT_FALSE(assertion->backed_up);
}

TEST(WebauthnVectors, CertificatesEs256) {
  const std::string_view challenge =
      "c1184a5fddf8045e13dc47f54b61f5a656b666b59018f16d870e9256e9952012";
  const Bytes attestation = bytes_of(
      "a363666d74667061636b65646761747453746d74a363616c6726637369675847304502203f19ec4b229f46ab8c45"
      "eff29b904ff10c0390dc40bf1216f04a78f4ceba3425022100fe7041a32759aff05a0f9f26c70a999c7a284451ba"
      "89234a1d3483c25e21925b637835638159022530820221308201c8a00302010202110088c220f83c8ef1feafe94d"
      "eae45faad0300a06082a8648ce3d0403023062311e301c06035504030c15576562417574686e2074657374207665"
      "63746f7273310c300a060355040a0c0357334331253023060355040b0c1c41757468656e74696361746f72204174"
      "746573746174696f6e204341310b30090603550406130241413020170d3234303130313030303030305a180f3330"
      "3234303130313030303030305a305f311e301c06035504030c15576562417574686e207465737420766563746f72"
      "73310c300a060355040a0c0357334331223020060355040b0c1941757468656e74696361746f7220417474657374"
      "6174696f6e310b30090603550406130241413059301306072a8648ce3d020106082a8648ce3d03010703420004a9"
      "1ba4389409dd38a428141940ca8feb1ac0d7b4350558104a3777a49322f3798440f378b3398ab2d3bb7bf91322c9"
      "2eb23556f59ad0a836fec4c7663b0e4dc3a360305e300c0603551d130101ff04023000300e0603551d0f0101ff04"
      "0403020780301d0603551d0e04160414a589ba72d060842ab11f74fb246bdedab16f9b9b301f0603551d23041830"
      "16801445aff715b0dd786741fee996ebc16547a3931b1e300a06082a8648ce3d040302034700304402201726b9d8"
      "5"
      "ecd8a5ed51163722ca3a20886fd9b242a0aa0453d442116075defd502207ef471e530ac87961a88a7f0d0c17b091"
      "f"
      "fc6b9238d30f79f635b417be5910e768617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8"
      "e"
      "dd46592a5e0f01452b2e4b54d00000000876ca4f52071c3e9b25509ef2cdf7ed60020c9a6f5b3462d02873fea0c5"
      "6862234f99f081728084e511bb7760201a89054a5a50102032620012158201cf27f25da591208a4239c2e324f104"
      "f585525479a29edeedd830f48e77aeae522582059e4b7da6c0106e206ce390c93ab98a15a5ec3887e57f0cc2bece"
      "803b920c423");
  const auto json = create_data(challenge, "9a8bNYjKCgWrBXU-fCl1ag");
  EXPECT_EQ(outcome(registered(challenge, json, attestation)), "webauthn.unsupported_attestation");
  const auto credential = registered(challenge, json, without_attestation(attestation));
  ASSERT_TRUE(credential.ok()) << credential.error().code();
  EXPECT_EQ(crypto::hex(credential->id),
            "c9a6f5b3462d02873fea0c56862234f99f081728084e511bb7760201a89054a5");
}

// The product of 2^1279 - 1 and 2^2203 - 1.
Bytes mersenne_modulus() {
  Bytes out(436);
  for (unsigned bit = 0; bit < 3482; ++bit) {
    if (bit == 0 || (bit >= 1279 && bit != 2203)) {
      out[out.size() - 1 - bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  }
  return out;
}

TEST(WebauthnVectors, Rs256) {
  const std::string_view challenge =
      "bea8f0770009bd57f2c0df6fea9f743a27e4b61bbe923c862c7aad7a9fc8e4a6";
  const Bytes data = joined(
      {bytes_of(
           "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000428f8878"
           "298b9862a36ad8c7527bfef20020992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00"
           "b00b74dfa4010303390100205901b4"),
       mersenne_modulus(), bytes_of("2143010001")});
  const auto credential = registered(challenge, create_data(challenge, ""),
                                     attestation_object("none", cbor::map({}), data));
  ASSERT_TRUE(credential.ok()) << credential.error().code();
  EXPECT_EQ(credential->algorithm, Algorithm::rs256);
  const std::string_view next = "295f59f5fa8fe62c5aca9e27626c78c8da376ae6d8cd2dd29aebad601e1bc4c5";
  EXPECT_EQ(
      outcome(asserted(
          next, get_data(next, ""), *credential,
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
          "01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b"
          "1ecbe6c292b118c55ffaaddefa8cad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc90"
          "1fdc933212e579d199b89d672aa44891333e6a1355536025e82b25590256c3538229b55737083b2f6b93"
          "77e49e2472f11952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb5"
          "49d68d8892f95086a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9"
          "c9e3302acd0535d60d769f465e2ab57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377db"
          "e3dfd4b0b45f8f01e63bde6cfc76b62771f9b70aa27cf40152cad93aa5acd784fd4b90f676e2ea828d0b"
          "f2400aebbaae4153e5838f537f88b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11"
          "bfe653bf3e98cee8e341f02d67dbb6f9c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8"
          "de8c2daf7b1d15c8438e90d924df5c19045220a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b"
          "776de930756612cdc6dd398160ff02a6")),
      "webauthn.user_not_verified");
}

TEST(WebauthnVectors, Ed25519IsWithoutUserVerification) {
  const std::string_view challenge =
      "a8abf9dabdc6b0df63466b39bda9e8a34a34e185337a59f1c579990676d3b3bd";
  const Bytes attestation = attestation_object(
      "none", cbor::map({}),
      bytes_of(
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b54100000000d5aa33581e"
          "8ca478e20fe713f5d32ff20020ce9f840ed96599580cd140fbc7bb3230633f50f61041aff73308ae71ca"
          "a8a2bda401010327200621582044e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa8493"
          "4bf832"));
  EXPECT_EQ(
      outcome(registered(challenge, create_data(challenge, "B_DT5g7ZD_-9OTLYX5IvEQ"), attestation)),
      "webauthn.user_not_verified");
  const std::string_view next = "895957e01c633a698348a2d8a31a54b7db27e8c1c43b2080d79ae2190267bfd2";
  EXPECT_EQ(
      outcome(asserted(
          next, get_data(next, ""), stored_of(attestation),
          "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b50100000000",
          "f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48f85393bc0d40b01"
          "1f0d6fecb097d6607525713223a0dc0d453993dae00b")),
      "webauthn.user_not_verified");
}

}  // namespace
}  // namespace mq::auth::webauthn
