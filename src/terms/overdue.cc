#include <algorithm>

#include "terms/terms.h"

namespace mq::terms {

int days_past_due(BusinessDate due, BusinessDate date) {
  return std::max(0, days_actual(due, date));
}

int penalty_days(BusinessDate due, BusinessDate date, int grace_days) {
  return std::max(0, days_past_due(due, date) - std::max(0, grace_days));
}

Money penalty_to_date(Money overdue_principal, Rate penalty_rate, DayCount rule, BusinessDate due,
                      BusinessDate date, int grace_days) {
  return simple_interest(overdue_principal, penalty_rate, rule,
                         penalty_days(due, date, grace_days));
}

Rate default_penalty_rate(Rate contract_rate) {
  return Rate::from_nano((contract_rate.nano() * 3 + 1) / 2);
}

AssetClass asset_class_floor(int days_past_due) {
  if (days_past_due > 360) return AssetClass::loss;
  if (days_past_due > 270) return AssetClass::doubtful;
  if (days_past_due > 90) return AssetClass::substandard;
  return days_past_due > 0 ? AssetClass::special_mention : AssetClass::normal;
}

std::string_view asset_class_zh(AssetClass asset_class) {
  switch (asset_class) {
    case AssetClass::normal:
      return "正常";
    case AssetClass::special_mention:
      return "关注";
    case AssetClass::substandard:
      return "次级";
    case AssetClass::doubtful:
      return "可疑";
    case AssetClass::loss:
      break;
  }
  return "损失";
}

}  // namespace mq::terms
