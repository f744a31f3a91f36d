// Who issues the cards of a number. Pure.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace mq::bankcard {

// 借记卡, 信用卡 (贷记卡), 准贷记卡, 预付卡
enum class CardKind { debit, credit, semi_credit, prepaid };
BOOST_DESCRIBE_ENUM(CardKind, debit, credit, semi_credit, prepaid)

struct Bank {
  std::string_view code;  // ours
  std::string_view name_zh;
  std::string_view name_en;  // empty: not known to us
};

struct Issuer {
  Bank bank;
  std::optional<CardKind> kind;
  // Whether cards of this prefix are known to have numbers of this length. Otherwise their length
  // is not known, or that of others.
  bool length_fits = false;
};

// By the longest known prefix of six digits or more; a row for just this length goes before another
// one. Nothing for a prefix that is not known, which says nothing about the card: the tables are
// not complete.
std::optional<Issuer> find_issuer(std::string_view number);

// The banks whose name, short name or brand stands in the text, each once.
std::vector<Bank> banks_named(std::string_view text);

}  // namespace mq::bankcard
