#include "vision/document/two_looks.h"

#include <algorithm>

namespace mq::vision {

std::array<CardField*, 9> all_fields(CardReading& reading) {
  return {&reading.name,      &reading.sex,        &reading.nation,
          &reading.birth,     &reading.address,    &reading.number,
          &reading.authority, &reading.valid_from, &reading.valid_to};
}

int worth(const CardReading& reading) {
  const auto of = [](const CardField& field) {
    return field.state == FieldState::read ? 2 : field.state == FieldState::confirm ? 1 : 0;
  };
  int out = 0;
  for (const CardField* field :
       {&reading.name, &reading.sex, &reading.nation, &reading.birth, &reading.address,
        &reading.number, &reading.number, &reading.authority, &reading.valid_from}) {
    out += of(*field);
  }
  return out;
}

bool CardLook::name_doubted(NameDoubt doubt) const {
  return name && std::find(name->doubts.begin(), name->doubts.end(), doubt) != name->doubts.end();
}

void CardLook::doubt_name_unless_vouched() {
  if (name && !name->vouched) card.name.state = std::max(card.name.state, FieldState::confirm);
}

void doubt_differences(CardLook& better, CardLook& other) {
  const auto fields = all_fields(better.card), others = all_fields(other.card);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i]->text.empty() || others[i]->text.empty() || fields[i]->text == others[i]->text)
      continue;
    fields[i]->state = std::max(fields[i]->state, FieldState::confirm);
  }
  if (other.name_doubted(NameDoubt::looks_otherwise) || other.name_doubted(NameDoubt::unsure))
    better.doubt_name_unless_vouched();
}

}  // namespace mq::vision
