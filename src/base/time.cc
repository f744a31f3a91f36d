#include "base/time.h"

#include <chrono>
#include <cstdio>

namespace mq {

std::string Instant::iso() const {
  using namespace std::chrono;
  const auto point = sys_time<microseconds>(microseconds(us));
  const auto day = floor<days>(point);
  const year_month_day date(day);
  const hh_mm_ss time(floor<milliseconds>(point - day));
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

int days_in_month(int year, int month) {
  using namespace std::chrono;
  const year_month_day_last last{std::chrono::year(year) / std::chrono::month(month) / std::chrono::last};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

BusinessDate BusinessDate::from_ymd(int year, int month, int day) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  MQ_CHECK(date.ok());
  return {static_cast<std::int32_t>(sys_days(date).time_since_epoch().count())};
}

Result<BusinessDate> BusinessDate::parse(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return TimeErrc::malformed;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : iso.substr(from, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
    return TimeErrc::malformed;
  }
  return from_ymd(year, month, day);
}

BusinessDate::Ymd BusinessDate::ymd() const {
  using namespace std::chrono;
  const year_month_day date{sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::string BusinessDate::iso() const {
  const auto [year, month, day] = ymd();
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

BusinessDate BusinessDate::plus_months(int n) const {
  const auto [year, month, day] = ymd();
  const int index = year * 12 + (month - 1) + n;
  const int to_year = index / 12, to_month = index % 12 + 1;
  const int last = days_in_month(to_year, to_month);
  return from_ymd(to_year, to_month, day < last ? day : last);
}

BusinessDate BusinessDate::in_china(Instant at) {
  using namespace std::chrono;
  const auto local = sys_time<microseconds>(microseconds(at.us)) + hours(8);
  return {static_cast<std::int32_t>(floor<std::chrono::days>(local).time_since_epoch().count())};
}

Instant SystemClock::now() const {
  using namespace std::chrono;
  return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace mq
