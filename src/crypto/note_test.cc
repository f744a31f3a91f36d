#include "crypto/note.h"

#include <gtest/gtest.h>

namespace mq::crypto {
namespace {

Key256 seed_of(std::uint8_t fill) { return *Key256::from_bytes(Bytes(32, fill)); }

// The example of Go's golang.org/x/mod/sumdb/note, made by an independent implementation.
constexpr std::string_view kForeignKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kForeignNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6R"
    "yyBwJnAM=\n";

TEST(Note, OpensANoteOfAnotherImplementation) {
  const auto verifier = NoteVerifier::parse(kForeignKey);
  ASSERT_TRUE(verifier.ok());
  EXPECT_EQ(verifier->name, "PeterNeumann");
  EXPECT_EQ(verifier->str(), kForeignKey);
  const auto text = open_note(kForeignNote, *verifier);
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(text->ends_with("what your problem is.\n"));
}

TEST(Note, RoundTrip) {
  const NoteSigner signer("bank.example/audit", seed_of(1));
  const auto note = signer.sign("a\nb\n\nc\n");
  const auto text = open_note(note, signer.verifier());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "a\nb\n\nc\n");
  const auto parsed = NoteVerifier::parse(signer.verifier().str());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, signer.verifier());
}

TEST(Note, AnyChangedByteIsNoticed) {
  const NoteSigner signer("bank.example/audit", seed_of(1));
  const auto note = signer.sign("bank.example/audit\n7\nroot\n");
  for (std::size_t i = 0; i < note.size(); ++i) {
    auto changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_note(changed, signer.verifier()).ok()) << i;
  }
  for (std::size_t size = 0; size < note.size(); ++size) {
    EXPECT_FALSE(open_note(std::string_view(note).substr(0, size), signer.verifier()).ok()) << size;
  }
}

TEST(Note, OtherKeysAreRefusedOrIgnored) {
  const NoteSigner signer("bank.example/audit", seed_of(1));
  const NoteSigner other("bank.example/audit", seed_of(2));
  const NoteSigner renamed("other.example/audit", seed_of(1));
  const auto note = signer.sign("text\n");
  EXPECT_TRUE(open_note(note, other.verifier()).error().is(CryptoErrc::signature_invalid));
  EXPECT_TRUE(open_note(note, renamed.verifier()).error().is(CryptoErrc::signature_invalid));
  // A witness adds its line; both keys can read the note then.
  const auto witness_line = renamed.sign("text\n").substr(std::string_view("text\n\n").size());
  const auto cosigned = note + witness_line;
  EXPECT_TRUE(open_note(cosigned, signer.verifier()).ok());
  EXPECT_TRUE(open_note(cosigned, renamed.verifier()).ok());
}

TEST(Note, MalformedKeysAreRefused) {
  const NoteSigner signer("bank.example/audit", seed_of(1));
  const auto good = signer.verifier().str();
  for (const auto& bad :
       {std::string(), std::string("name"), std::string("name+00000000"), "x" + good, good + "A",
        good.substr(1), std::string("+") + good,
        std::string("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")}) {
    EXPECT_FALSE(NoteVerifier::parse(bad).ok()) << bad;
  }
}

TEST(Note, UnverifiedTextNeedsTheFormOnly) {
  EXPECT_TRUE(unverified_note_text(kForeignNote).ok());
  EXPECT_FALSE(unverified_note_text("no blank line\n").ok());
  EXPECT_FALSE(unverified_note_text("").ok());
}

TEST(Checkpoint, RoundTripWithExtensions) {
  Checkpoint checkpoint{"bank.example/audit", 20852163, sha256(as_bytes("x")), {"vkey a+b+c"}};
  const auto parsed = Checkpoint::parse(checkpoint.text());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->origin, checkpoint.origin);
  EXPECT_EQ(parsed->size, checkpoint.size);
  EXPECT_EQ(parsed->root, checkpoint.root);
  EXPECT_EQ(parsed->extensions, checkpoint.extensions);
}

TEST(Checkpoint, ReadsTheExampleOfTheFormat) {
  const auto parsed = Checkpoint::parse(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->size, 20852163U);
}

TEST(Checkpoint, RefusesOtherSpellings) {
  const std::string root = base64(sha256({}));
  EXPECT_TRUE(Checkpoint::parse("o\n0\n" + root + "\n").ok());
  for (const auto& bad :
       {"o\n00\n" + root + "\n", "o\n07\n" + root + "\n", "o\n+7\n" + root + "\n",
        "o\n-7\n" + root + "\n", "o\n\n" + root + "\n", "o\n7 \n" + root + "\n",
        "o\n99999999999999999999\n" + root + "\n", "o\n7\n" + root, std::string("o\n7\nAAAA\n"),
        std::string("o\n7\n"), "\n7\n" + root + "\n", "o\n7\n" + root + "\n\n", std::string()}) {
    EXPECT_FALSE(Checkpoint::parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace mq::crypto
