// A photo of a person who holds an identity card: the card's reading, the person's face and the
// card's portrait.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <span>
#include <vector>

#include "vision/document/card_reader.h"

namespace mq::vision {

// Why another photo is wanted, what stands most in the way first. What is wrong with the card alone
// stands in its own reading.
enum class HeldProblem {
  no_card,
  wrong_side,  // the portrait is on the other one
  mirrored,
  no_face,            // of a person, outside of the card
  several_people,     // another face at least half as wide
  card_face_missing,  // no face where the portrait is, or too small to be found
  number_covered,     // the card is there, its number cannot be read
  card_apart  // so far from the person, or so large beside the face, that the person cannot be
              // holding it
};
BOOST_DESCRIBE_ENUM(HeldProblem, no_card, wrong_side, mirrored, no_face, several_people,
                    card_face_missing, number_covered, card_apart)

// Faces are in pixels of the sent picture. The portrait of a card is small and printed:
// `portrait_eyes` is the distance of its eyes in the sent picture, and below about 20 pixels its
// scores are worse than the curves say.
struct HandHeldReading {
  std::vector<HeldProblem> problems;
  CardReading card;
  std::optional<Face> person;  // the widest outside of the card
  std::optional<Face>
      portrait;  // on the card, found in an enlarged cut-out; quality and liveness are of that
  float portrait_eyes = 0;
  int people = 0;  // the person and the faces at least half as wide
};

// Two faces compared as match.h says.
struct FaceMatch {
  float similarity = 0;
  double false_match_rate =
      1;               // share of strangers as alike; of good photos, not of small portraits
  bool match = false;  // at kDefaultFalseMatchRate
};

// Who is like whom; nothing where a face is missing.
struct HeldMatches {
  std::optional<FaceMatch> person_portrait, live_person, live_portrait;
};

// `live`: of a selfie or a capture, when there is one. Pure.
HeldMatches match_held(const HandHeldReading& held, const Face* live);

// Below this a face has too few pixels to tell a person from a stranger.
inline constexpr float kComparableEyes = 20;  // pixels between the eyes of the portrait
inline constexpr float kComparableFace = 48;  // pixels of the person's face across: as much

// As match_held, but nothing where a face is too small or, with several people, nobody knows whose
// card it is: "not alike" would say something about the photo, not about the person. Pure.
HeldMatches fair_matches(const HandHeldReading& held, const Face* live);

// Which face is the person's, and what is wrong; fills person, people and problems. `faces` are
// those of the whole picture, widest first; card and portrait are there already. Pure.
void judge_held(std::span<const Face> faces, HandHeldReading& held);

// Errors: the picture errors of VisionErrc. Thread-safe.
Result<HandHeldReading> read_hand_held(const Engine& engine, const CardReader& cards,
                                       ByteView picture);

}  // namespace mq::vision
