// The authority that issued a card (签发机关) beside the region of the number. Pure.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mq::idcard {

// Where the authority is, seen from the region of the number or from what became of it. People
// move, and a card is issued where one is registered now, or elsewhere on request: none of these is
// wrong.
enum class AuthorityPlace {
  county,      // of the county or district itself
  prefecture,  // of its prefecture or municipality, or of another district there
  province,    // elsewhere in the province
  elsewhere,   // a known place in another province
  unknown,     // begins with no known place: misread, or a body without a region (a division of the
               // Xinjiang Production and Construction Corps)
};
BOOST_DESCRIBE_ENUM(AuthorityPlace, county, prefecture, province, elsewhere, unknown)

struct AuthorityFinding {
  AuthorityPlace place = AuthorityPlace::unknown;
  bool police = false;  // ends as police bodies do: 公安局, 公安分局 or, after 公安局, 分局
};

// Names are those of `issue_year` and of the ten years before, which seals outlive; of the region
// of the number also all names it ever had. A text above limits::kCardFieldBytes is unknown.
AuthorityFinding place_authority(std::string_view authority, int region, int issue_year);

struct AuthorityCandidate {
  std::string name;  // 定州市公安局, 北京市公安局朝阳分局
  int region = 0;
  int distance = 0;  // characters that differ from the text
};

// The usual names of authorities in `issue_year` that differ from a misread text by the fewest
// characters, two at most and fewer than a quarter of the text; all that are equally near, those of
// the number's county, prefecture and province first, up to `most`. To be offered for confirming,
// never to be put in place of what was read.
std::vector<AuthorityCandidate> nearest_authorities(std::string_view text, int region,
                                                    int issue_year, std::size_t most = 5);

}  // namespace mq::idcard
