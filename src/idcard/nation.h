// The nation printed on a card (民族). Pure.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mq::idcard {

// What may stand in the field: notice of the Ministry of Public Security and the State Ethnic
// Affairs Commission of 1 February 1986, with the Ministry's reply to Guizhou of 28 August 2003.
enum class NationKind {
  nation,       // one of the 56 (GB/T 3304)
  annotated,    // one of the 56 with the group's own name behind it: 纳西(摩梭)
  people,       // no nation of the 56: 穿青人, 革家人, 僜人, 夏尔巴人
  naturalised,  // a nation that is none of the 56, with 入籍 behind it: 乌克兰(入籍)
  other,        // 其他
};
BOOST_DESCRIBE_ENUM(NationKind, nation, annotated, people, naturalised, other)

struct NationMatch {
  NationKind kind = NationKind::nation;
  std::string name;    // as the standard writes it; the note left out
  int code = 0;        // GB/T 3304: 1–56; 0 for all other kinds
  bool exact = false;  // the text was this, spaces aside; otherwise somebody has to confirm it
  int distance = 0;    // characters that differ
};

// The nation in a text of at most limits::kCardFieldBytes. A text that is none gets the nearest
// name: at most half of its characters differ and no other name is as near, or it is one character
// that is easily read instead. Never silently: `exact` is false then. Nothing where no name is
// near.
std::optional<NationMatch> match_nation(std::string_view printed);

std::span<const std::string_view> nations();  // by code, from 1

}  // namespace mq::idcard
