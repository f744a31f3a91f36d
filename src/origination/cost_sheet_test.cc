// The price as it is shown, and what is checked before any decision: pure.
#include <gtest/gtest.h>

#include "origination/contract.h"
#include "origination/origination.h"

namespace mq::origination {
namespace {

const BusinessDate kStart = BusinessDate::from_ymd(2026, 1, 5);

Money yuan(std::string_view text) { return *Money::parse(text); }

Result<CostSheet> easy(std::string_view amount, int months, std::string_view language = "zh") {
  return quote("easy-12", yuan(amount), months, kStart, language);
}

TEST(Quote, VectorA) {
  const auto sheet = easy("10000.00", 12);
  ASSERT_TRUE(sheet.ok()) << sheet.error().code();
  const char* interest[] = {"60.00", "55.16", "50.30", "45.40", "40.48", "35.52",
                            "30.54", "25.52", "20.48", "15.41", "10.30", "5.17"};
  const char* principal[] = {"806.19", "811.03", "815.89", "820.79", "825.71", "830.67",
                             "835.65", "840.67", "845.71", "850.78", "855.89", "861.02"};
  ASSERT_EQ(sheet->schedule.size(), 12U);
  for (int i = 0; i < 12; ++i) {
    const auto& row = sheet->schedule[i];
    EXPECT_EQ(row.no, i + 1);
    EXPECT_EQ(row.due, kStart.plus_months(i + 1));
    EXPECT_EQ(row.payment.str(), "866.19");
    EXPECT_EQ(row.interest.str(), interest[i]);
    EXPECT_EQ(row.principal.str(), principal[i]);
  }
  EXPECT_TRUE(sheet->schedule.back().balance.is_zero());
  EXPECT_EQ(sheet->total_interest.str(), "394.28");
  EXPECT_EQ(sheet->total_payment.str(), "10394.28");
  EXPECT_EQ(sheet->irr_simple, "0.072001");
  EXPECT_EQ(sheet->irr_compound, "0.074425");
}

TEST(Quote, ItemsAddUpToTheTotalCost) {
  for (const auto& product : products()) {
    for (const int months : product.terms_months) {
      for (const auto amount : {product.min_amount, product.max_amount}) {
        const auto sheet = quote(product.product_id, amount, months, kStart, "zh");
        ASSERT_TRUE(sheet.ok()) << product.product_id << " " << sheet.error().code();
        Money items, principal;
        for (const auto& item : sheet->items) items += item.amount;
        for (const auto& row : sheet->schedule) principal += row.principal;
        EXPECT_EQ(items, sheet->total_cost);
        EXPECT_EQ(principal, amount);
        EXPECT_EQ(sheet->total_payment, amount + sheet->total_cost);
        EXPECT_EQ(sheet->product_version, product.version);
      }
    }
  }
}

TEST(Quote, SaysInBothLanguagesWhatMayBeChargedBesides) {
  const auto zh = easy("5000.00", 3), en = easy("5000.00", 3, "en");
  ASSERT_TRUE(zh.ok() && en.ok());
  ASSERT_EQ(zh->contingent.size(), en->contingent.size());
  EXPECT_NE(zh->contingent[0].method.find("10.8%"), std::string::npos) << zh->contingent[0].method;
  EXPECT_NE(en->contingent[0].method.find("10.8%"), std::string::npos) << en->contingent[0].method;
  EXPECT_NE(en->contingent[0].method.find("3 days"), std::string::npos);
  EXPECT_NE(zh->items[0].method.find("7.2%"), std::string::npos);
}

TEST(Quote, RefusesWhatIsNotOffered) {
  const auto refused = [](const Result<CostSheet>& sheet, OriginationErrc why) {
    return !sheet.ok() && sheet.error().is(why);
  };
  EXPECT_TRUE(refused(quote("gift", yuan("1000.00"), 3, kStart, "zh"),
                      OriginationErrc::unknown_product));
  EXPECT_TRUE(refused(quote("", yuan("1000.00"), 3, kStart, "zh"),
                      OriginationErrc::unknown_product));
  for (const auto* amount : {"0.00", "-1000.00", "999.99", "900.00", "50100.00", "1050.00",
                             "1000.01"}) {
    EXPECT_TRUE(refused(easy(amount, 12), OriginationErrc::amount_not_offered)) << amount;
  }
  for (const int months : {-3, 0, 1, 4, 13, 24, 600}) {
    EXPECT_TRUE(refused(easy("1000.00", months), OriginationErrc::term_not_offered)) << months;
  }
  EXPECT_TRUE(refused(quote("flex-6", yuan("1000.00"), 12, kStart, "zh"),
                      OriginationErrc::term_not_offered));
  EXPECT_TRUE(easy("1000.00", 3).ok());
  EXPECT_TRUE(easy("50000.00", 12).ok());
}

TEST(Contract, SaysEverythingTheSheetSays) {
  auto sheet = easy("10000.00", 12);
  ASSERT_TRUE(sheet.ok());
  const ContractFacts facts{ContractId{},
                            "abcdef",
                            Pii<std::string>("张小明"),
                            Pii<std::string>("110101199003070134"),
                            "6225********6783",
                            "教育",
                            "cafe",
                            *sheet};
  const auto text = contract_markdown(facts);
  for (const auto* part :
       {"张小明", "110101199003070134", "6225********6783", "10000.00 元", "12 个月", "7.2%",
        "等额本息", "教育", "394.28", "10394.28", "0.072001", "0.074425", "cafe", "abcdef",
        "| 12 | 2027-01-05 | 866.19 | 861.02 | 5.17 | 0.00 |", "逾期罚息", "10.8%"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(text, contract_markdown(facts));
  auto other = facts;
  other.nonce = "abcdee";
  EXPECT_NE(text, contract_markdown(other));
}

}  // namespace
}  // namespace mq::origination
