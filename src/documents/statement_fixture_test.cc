// Generated statements (testdata/) end to end: exact, turned, as whole lines, with misread digits,
// forged.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "documents/statement_test_support.h"

namespace mq::documents {
namespace {

using test::placed_pages;
using test::truth;

class Generated : public ::testing::TestWithParam<const char*> {
 protected:
  std::string name() const { return GetParam(); }
  std::vector<StatementPage> pages(float confidence = 1) const {
    return placed_pages(name() + ".placed.json", confidence);
  }
  boost::json::value truth() const { return test::truth(name() + ".truth.json"); }
};

std::string text(const boost::json::value& value, const char* key) {
  return std::string(value.at(key).as_string());
}
std::int64_t number(const boost::json::value& value, const char* key) {
  return value.at(key).as_int64();
}

std::string without_blanks(const std::string& value) { return statements::key_of(value); }

void expect_rows(const Statement& read, const boost::json::value& truth) {
  const auto& rows = truth.at("rows").as_array();
  ASSERT_EQ(read.rows.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = read.rows[i];
    ASSERT_TRUE(row.date.has_value()) << i;
    EXPECT_EQ(row.date->iso(), text(rows[i], "date")) << i;
    EXPECT_EQ(row.time, text(rows[i], "time")) << i;
    EXPECT_EQ(row.amount.minor(), number(rows[i], "amount")) << i;
    ASSERT_TRUE(row.balance.has_value()) << i;
    EXPECT_EQ(row.balance->minor(), number(rows[i], "balance")) << i;
    EXPECT_EQ(without_blanks(row.description.expose()),
              without_blanks(text(rows[i], "description")))
        << i;
    EXPECT_EQ(row.counterparty.expose(), text(rows[i], "counterparty")) << i;
    EXPECT_TRUE(row.flags.none()) << i;
  }
}

TEST_P(Generated, EveryRowAndTheHeadAreRead) {
  const auto read = read_statement(pages());
  ASSERT_TRUE(read.ok()) << read.error().code();
  const auto expected = truth();
  expect_rows(*read, expected);
  EXPECT_EQ(read->bank.expose().substr(0, text(expected, "bank").size()), text(expected, "bank"));
  EXPECT_EQ(read->holder.expose(), text(expected, "holder"));
  EXPECT_EQ(read->account_tail, text(expected, "account_tail"));
  EXPECT_TRUE(read->currency_printed);
  ASSERT_TRUE(read->from && read->to && read->opening && read->closing);
  EXPECT_EQ(read->from->iso(), text(expected, "from"));
  EXPECT_EQ(read->to->iso(), text(expected, "to"));
  EXPECT_EQ(read->opening->minor(), number(expected, "opening"));
  EXPECT_EQ(read->closing->minor(), number(expected, "closing"));
  EXPECT_EQ(boost::describe::enum_to_string(read->order, "?"), text(expected, "order"));
}

TEST_P(Generated, SalaryRowsAreTheEmployers) {
  const auto read = read_statement(pages());
  ASSERT_TRUE(read.ok());
  const auto income = income_of(*read);
  EXPECT_FALSE(income.too_short);
  std::vector<std::size_t> salary, expected;
  for (const auto& source : income.salaries)
    salary.insert(salary.end(), source.rows.begin(), source.rows.end());
  const auto known = truth();
  for (const auto& row : known.at("salary_rows").as_array())
    expected.push_back(row.to_number<std::size_t>());
  EXPECT_EQ(salary, expected);
  const auto& rows = known.at("rows").as_array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto kind = text(rows[i], "kind");
    if (number(rows[i], "amount") < 0) {
      EXPECT_EQ(income.use[i], RowUse::outflow) << i;
    } else {
      const auto wanted = kind == "loan"     ? RowUse::loan_payout
                          : kind == "refund" ? RowUse::refund
                          : kind == "own"    ? RowUse::own_transfer
                          : kind == "salary" ? RowUse::salary
                                             : RowUse::other_income;
      EXPECT_EQ(income.use[i], wanted) << i << " " << kind;
    }
  }
}

// Turned by the angle about the upper left corner, as recognition boxes a scan.
std::vector<StatementPage> turned(std::vector<StatementPage> pages, float degrees) {
  const float a = degrees * 3.14159265F / 180;
  for (auto& page : pages) {
    for (auto& text : page.texts) {
      auto& box = text.box;
      const float x = box.x + box.width / 2, y = box.y + box.height / 2;
      const float width = box.width * std::cos(a) + box.height * std::abs(std::sin(a));
      const float height = box.width * std::abs(std::sin(a)) + box.height * std::cos(a);
      box.x = x * std::cos(a) - y * std::sin(a) - width / 2 + 60;
      box.y = x * std::sin(a) + y * std::cos(a) - height / 2 + 60;
      box.width = width;
      box.height = height;
    }
    page.width += 120;
    page.height += 120;
  }
  return pages;
}

TEST_P(Generated, ASlightTurnChangesNothing) {
  for (const float degrees : {-1.5F, -0.6F, 0.4F, 1.0F, 2.0F}) {
    SCOPED_TRACE(degrees);
    const auto read = read_statement(turned(pages(0.97F), degrees));
    ASSERT_TRUE(read.ok()) << read.error().code();
    expect_rows(*read, truth());
  }
}

// Words of a line as one text, where they stand close: the way recognition joins cells.
std::vector<StatementPage> as_lines(std::vector<StatementPage> pages) {
  for (auto& page : pages) {
    std::vector<PlacedText> out;
    for (auto& text : page.texts) {
      if (!out.empty() && text.box.height < 20) {
        auto& last = out.back();
        const float gap = text.box.x - last.box.x - last.box.width;
        if (std::abs(last.box.y - text.box.y) < 1 && gap > 0 && gap < 18 && last.box.height < 20) {
          last.box.width = text.box.x + text.box.width - last.box.x;
          last.text += " " + text.text;
          continue;
        }
      }
      out.push_back(std::move(text));
    }
    page.texts = std::move(out);
  }
  return pages;
}

TEST_P(Generated, JoinedCellsKeepTheirAmounts) {
  const auto read = read_statement(as_lines(pages(0.97F)));
  ASSERT_TRUE(read.ok());
  const auto known = truth();
  const auto& rows = known.at("rows").as_array();
  ASSERT_EQ(read->rows.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(read->rows[i].amount.minor(), number(rows[i], "amount")) << i;
    EXPECT_EQ(read->rows[i].balance->minor(), number(rows[i], "balance")) << i;
    EXPECT_EQ(read->rows[i].date->iso(), text(rows[i], "date")) << i;
  }
}

// One digit in a hundred becomes another one.
void misread(std::vector<StatementPage>& pages, unsigned seed) {
  std::mt19937 random(seed);
  for (auto& page : pages) {
    for (auto& text : page.texts) {
      for (char& c : text.text) {
        if (c < '0' || c > '9' || random() % 100 != 0) continue;
        c = static_cast<char>('0' + (static_cast<unsigned>(c - '0') + 1 + random() % 9) % 10);
      }
    }
  }
}

TEST_P(Generated, EveryMisreadAmountIsPutRightOrFlagged) {
  const auto known = truth();
  const auto& rows = known.at("rows").as_array();
  int repaired = 0, hurt = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    auto hurt_pages = pages(0.95F);
    misread(hurt_pages, seed);
    const auto read = read_statement(hurt_pages);
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->rows.size(), rows.size()) << seed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = read->rows[i];
      repaired += row.flags.has(RowFlag::repaired) ? 1 : 0;
      const bool right = row.amount.minor() == number(rows[i], "amount") && row.balance &&
                         row.balance->minor() == number(rows[i], "balance");
      if (right) continue;
      ++hurt;
      EXPECT_TRUE(row.flags.has(RowFlag::balance_breaks) || row.flags.has(RowFlag::unchecked))
          << seed << " " << i;
    }
  }
  EXPECT_GT(repaired, 20);
  EXPECT_LT(hurt, repaired) << "most misread digits have two witnesses";
}

TEST_P(Generated, AChangedAmountInATextLayerBreaksTheBalanceAndStaysAsItIs) {
  auto forged = pages();
  const auto known = truth();
  const auto amount = std::abs(number(known.at("rows").as_array()[3], "amount"));
  const auto shown = Money(amount, Currency::CNY).str();
  bool changed = false;
  for (auto& text : forged[0].texts) {
    std::string plain;
    for (const char c : text.text) {
      if ((c >= '0' && c <= '9') || c == '.') plain.push_back(c);
    }
    if (plain != shown || changed) continue;
    auto& digit = text.text[text.text.find_first_of("123456789")];
    digit = digit == '9' ? '1' : static_cast<char>(digit + 1);
    changed = true;
  }
  ASSERT_TRUE(changed);
  const auto read = read_statement(forged);
  ASSERT_TRUE(read.ok());
  int breaks = 0;
  for (const auto& row : read->rows) {
    EXPECT_FALSE(row.flags.has(RowFlag::repaired));
    breaks += row.flags.has(RowFlag::balance_breaks) ? 1 : 0;
  }
  EXPECT_EQ(breaks, 1);
  EXPECT_TRUE(read->rows[3].flags.has(RowFlag::balance_breaks));
  EXPECT_EQ(income_of(*read).use[3], RowUse::left_out);

  // The picture of the unchanged page tells as well.
  auto picture = as_lines(pages(0.97F))[0];
  for (auto& text : picture.texts) {
    text.box = {text.box.x * 2, text.box.y * 2, text.box.width * 2, text.box.height * 2};
  }
  picture.width *= 2;
  picture.height *= 2;
  const auto found = compare_layers(forged[0], picture);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ((*found)[0].kind, MismatchKind::different);
  EXPECT_NE((*found)[0].text_layer, (*found)[0].picture);
  const auto honest = compare_layers(pages()[0], picture);
  ASSERT_TRUE(honest.ok());
  EXPECT_TRUE(honest->empty());
}

TEST_P(Generated, ARepeatedAndAMissingPageAreSeen) {
  const auto whole = pages();
  ASSERT_GE(whole.size(), 2U);
  auto twice = whole;
  twice.insert(twice.begin(), whole[0]);
  const auto read = read_statement(twice);
  ASSERT_TRUE(read.ok());
  const auto income = income_of(*read);
  std::size_t repeated = 0, first = 0;
  for (const auto& row : read->rows) first += row.page == 0 ? 1 : 0;
  for (std::size_t i = 0; i < read->rows.size(); ++i) {
    if (!read->rows[i].flags.has(RowFlag::repeated_row)) continue;
    ++repeated;
    EXPECT_EQ(read->rows[i].page, 1U);
    EXPECT_EQ(income.use[i], RowUse::left_out);
  }
  EXPECT_EQ(repeated, first);

  auto gap = whole;
  gap.erase(gap.begin() + 1);
  const auto rest = read_statement(gap);
  ASSERT_TRUE(rest.ok());
  // Two pages: the opening or closing balance misses its neighbour; more: the rows beside the gap
  // do not fit.
  if (whole.size() > 2) {
    bool seen = false;
    for (const auto& row : rest->rows) seen |= row.flags.has(RowFlag::balance_breaks);
    EXPECT_TRUE(seen);
  }
}

INSTANTIATE_TEST_SUITE_P(Banks, Generated, ::testing::Values("bank-a", "bank-b", "bank-c"),
                         [](const auto& one) { return std::string(one.param).substr(5); });

}  // namespace
}  // namespace mq::documents
