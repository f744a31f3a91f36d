#include "bankcard/issuer.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mq::bankcard {
namespace {

TEST(Issuer, PublicPrefixesLeadToTheirBanks) {
  struct Known {
    const char* number;
    const char* name;
    CardKind kind;
  };
  for (const Known& known : {Known{"6222023965724952057", "中国工商银行", CardKind::debit},
                             Known{"6228480000000000000", "中国农业银行", CardKind::debit},
                             Known{"6217000000000000000", "中国建设银行", CardKind::debit},
                             Known{"6216610000000000000", "中国银行", CardKind::debit},
                             Known{"6222600000000000000", "交通银行", CardKind::debit},
                             Known{"6217990000000000000", "中国邮政储蓄银行", CardKind::debit},
                             Known{"6225880000000000", "招商银行", CardKind::debit},
                             Known{"622908000000000000", "兴业银行", CardKind::debit},
                             Known{"6221550000000000", "平安银行", CardKind::credit}}) {
    const auto issuer = find_issuer(known.number);
    ASSERT_TRUE(issuer) << known.number;
    EXPECT_EQ(issuer->bank.name_zh, known.name) << known.number;
    EXPECT_EQ(issuer->kind, known.kind) << known.number;
    EXPECT_TRUE(issuer->length_fits) << known.number;
    EXPECT_FALSE(issuer->bank.name_en.empty()) << known.number;
  }
}

TEST(Issuer, AnotherLengthIsSaid) {
  const auto issuer = find_issuer("622202396572495205");
  ASSERT_TRUE(issuer);
  EXPECT_EQ(issuer->bank.code, "ICBC");
  EXPECT_FALSE(issuer->length_fits);
}

TEST(Issuer, WhereTwoBanksShareAPrefixTheLengthDecides) {
  ASSERT_TRUE(find_issuer("622303000000000000"));
  EXPECT_EQ(find_issuer("622303000000000000")->bank.code, "ICBC");
  ASSERT_TRUE(find_issuer("6223030000000000"));
  EXPECT_EQ(find_issuer("6223030000000000")->bank.code, "NJCB");
  EXPECT_FALSE(find_issuer("6223030000000000000")) << "neither of them";
}

TEST(Issuer, UnknownPrefixesAndShortTextsHaveNone) {
  for (const auto* number :
       {"", "6", "62220", "6299990000000000", "4111111111111111", "abcdefghijklmnop"}) {
    EXPECT_FALSE(find_issuer(number)) << number;
  }
}

TEST(Banks, AreFoundByTheNamesOnTheirCards) {
  const auto codes = [](std::string_view text) {
    std::vector<std::string> out;
    for (const Bank& bank : banks_named(text)) out.emplace_back(bank.code);
    return out;
  };
  EXPECT_EQ(codes("中国工商银行 ICBC"), std::vector<std::string>{"ICBC"});
  EXPECT_EQ(codes("邮储银行"), std::vector<std::string>{"PSBC"});
  EXPECT_EQ(codes("交通银行"), std::vector<std::string>{"BOCOM"});
  EXPECT_EQ(codes("中国民生银行"), std::vector<std::string>{"CMBC"})
      << "and not the bank whose name is in it";
  EXPECT_EQ(codes("上海浦东发展银行"), std::vector<std::string>{"SPDB"});
  EXPECT_EQ(codes("银联 UnionPay 借记卡"), std::vector<std::string>{});
  EXPECT_EQ(codes(std::string(limits::kCardTextBytes + 1, ' ') + "中国银行"),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace mq::bankcard
