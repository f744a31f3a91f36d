// The catalogue. A changed product is a new version; contracts name the version they were made under.
#include <array>

#include "origination/origination.h"

namespace mq::origination {

std::span<const Product> products() {
  using terms::RepaymentMethod;
  static const std::array<Product, 2> kProducts = {
      Product{"easy-12", 1, "安心分期", "Steady Instalments",
              "每月还款金额相同，可借 3、6、12 个月", "The same amount every month, for 3, 6 or 12 months",
              RepaymentMethod::equal_instalment, Rate::from_nano(72'000'000),
              Money(100'000, Currency::CNY), Money(5'000'000, Currency::CNY),
              Money(10'000, Currency::CNY), {3, 6, 12}, Rate::from_nano(108'000'000), 3},
      Product{"flex-6", 1, "灵活周转", "Flexible Bridge",
              "先付利息，最后一期还本，可借 3、6 个月",
              "Interest first, principal with the last instalment, for 3 or 6 months",
              RepaymentMethod::interest_first, Rate::from_nano(96'000'000),
              Money(100'000, Currency::CNY), Money(2'000'000, Currency::CNY),
              Money(10'000, Currency::CNY), {3, 6}, Rate::from_nano(144'000'000), 3},
  };
  return kProducts;
}

Result<const Product*> find_product(std::string_view product_id) {
  for (const auto& product : products()) {
    if (product.product_id == product_id) return &product;
  }
  return OriginationErrc::unknown_product;
}

}  // namespace mq::origination
