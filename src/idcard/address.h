// Where an address (住址) begins, beside the region of the number. Pure.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

namespace mq::idcard {

enum class AddressPlace {
  // As a place is or was called, down to its county or, where that is a development zone or the
  // like, to its city. The region of the number or another one: people move and keep the number.
  known,
  // One character away from how the region of the number is written, or a county of the city that
  // the address names: misread, most likely.
  nearly,
  unknown,  // as no place: a county of another province, a district without its city
};
BOOST_DESCRIBE_ENUM(AddressPlace, known, nearly, unknown)

// Names are all that a code ever had; what stands between province and county may be left out, the
// province too, and an autonomous region is also written short (新疆). `region` is 0 where no
// number was read. A text above limits::kCardFieldBytes is unknown.
AddressPlace place_address(std::string_view address, int region);

}  // namespace mq::idcard
