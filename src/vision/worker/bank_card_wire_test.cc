#include "vision/worker/bank_card_wire.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace mq::vision {
namespace {

BankCardReading reading() {
  BankCardReading out;
  out.state = CardState::read;
  out.number.text = "6222023965724952057";
  out.number.confidence = 0.97F;
  out.number.state = FieldState::read;
  out.number.places = {{{{1, 2}, {3, 4}, {5, 6}, {7, 8}}},
                       {{{9, 10}, {11, 12}, {13, 14}, {15, 16}}}};
  out.issuer.text = "中国工商银行";
  out.issuer.confidence = 0.97F;
  out.issuer.state = FieldState::read;
  out.expiry.text = "05/29";
  out.expiry.state = FieldState::confirm;
  out.kind = bankcard::CardKind::debit;
  return out;
}

TEST(BankCardWire, ReadingsSurviveTheJourney) {
  const Bytes body = encode(reading());
  const auto there = decode_bank_card(body);
  ASSERT_TRUE(there);
  EXPECT_EQ(encode(*there), body);
  EXPECT_EQ(there->number.text, reading().number.text);
  EXPECT_EQ(there->number.places.size(), 2U);
  EXPECT_EQ(there->number.places[1][3].y, 16);
  EXPECT_EQ(there->kind, bankcard::CardKind::debit);
  BankCardReading none;
  none.problems = {CardProblem::no_card, CardProblem::too_small};
  const auto nothing = decode_bank_card(encode(none));
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->problems, none.problems);
  EXPECT_FALSE(nothing->kind);
}

TEST(BankCardWire, EveryShortenedOrLengthenedBodyIsRefused) {
  Bytes body = encode(reading());
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_bank_card(ByteView(body).first(size))) << size;
  }
  body.push_back(0);
  EXPECT_FALSE(decode_bank_card(body));
}

TEST(BankCardWire, WhatNoReaderSaysIsRefused) {
  using Change = std::function<void(BankCardReading&)>;
  const std::pair<const char*, Change> lies[] = {
      {"letters", [](auto& r) { r.number.text = "6222O23965724952057"; }},
      {"a wrong check digit that was read", [](auto& r) { r.number.text = "6222023965724952058"; }},
      {"a sure card without its number", [](auto& r) { r.number = {}; }},
      {"a sure card with an unsure number", [](auto& r) { r.number.state = FieldState::confirm; }},
      {"a sure card with an unsure issuer", [](auto& r) { r.issuer.state = FieldState::confirm; }},
      {"a sure card with a problem", [](auto& r) { r.problems = {CardProblem::two_cards}; }},
      {"a field that is missing and has a text",
       [](auto& r) { r.expiry.state = FieldState::missing; }},
      {"no number", [](auto& r) { r.number.confidence = std::numeric_limits<float>::quiet_NaN(); }},
      {"more than sure", [](auto& r) { r.number.confidence = 1.5F; }},
      {"a place outside of every picture", [](auto& r) { r.number.places[0][0].x = 1e12F; }},
      {"broken text", [](auto& r) { r.issuer.text = "\xC3("; }},
      {"an endless text", [](auto& r) { r.issuer.text = std::string(4096, 'x'); }},
      {"no such state", [](auto& r) { r.state = static_cast<CardState>(7); }},
      {"no such problem", [](auto& r) {
         r.state = CardState::retake;
         r.problems = {static_cast<CardProblem>(99)};
       }}};
  for (const auto& [what, change] : lies) {
    BankCardReading lie = reading();
    change(lie);
    EXPECT_FALSE(decode_bank_card(encode(lie))) << what;
  }
}

}  // namespace
}  // namespace mq::vision
