// Two looks at one card, of which the better one is taken and the other may still doubt it. Pure.
#pragma once

#include <array>
#include <optional>

#include "vision/document/card.h"
#include "vision/document/card_name.h"

namespace mq::vision {

std::array<CardField*, 9> all_fields(CardReading& reading);

// How much was read: fields that are sure count twice, the number most.
int worth(const CardReading& reading);

// What one look at the card gave.
struct CardLook {
  CardReading card;
  std::optional<NameJudgement> name;

  bool name_doubted(NameDoubt doubt) const;
  // For where the picture itself is a doubt: sharp ink is believed all the same.
  void doubt_name_unless_vouched();
};

// Two looks that read a field differently are a doubt, however sure the better one is. So is a name
// that was unsure once, or whose ink was like another character, where the better look does not see
// it sharply either.
void doubt_differences(CardLook& better, CardLook& other);

}  // namespace mq::vision
