// Score and false-match rate: measured points in a file, and the line drawn through them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vision/match/evaluate.h"

namespace mq::vision {

enum class CurveErrc {
  malformed,      // not a curve file, or a curve that does not fall or spans less than one decade
  no_such_model,  // nothing in the file is about a model in use
  too_few_pairs   // the comparisons do not carry a curve over one decade
};
BOOST_DESCRIBE_ENUM(CurveErrc, malformed, no_such_model, too_few_pairs)
constexpr std::string_view error_domain(CurveErrc) { return "curve"; }

struct CurvePoint {
  double score = 0;
  double fmr = 0;    // share of the impostor pairs that scored at least `score`
  double upper = 0;  // its upper 95 % limit (two-sided), over pairs and over people
};

// What one set of photos says about one embedding.
struct MeasuredCurve {
  std::string measured_on;  // name of the set
  std::string group;        // of people, when the set is one; "" = everybody
  std::string date;         // ISO 8601
  std::uint64_t people = 0;
  std::uint64_t photos = 0;
  std::uint64_t genuine_pairs = 0;
  std::uint64_t impostor_pairs = 0;
  std::vector<CurvePoint> points;  // scores rise, limits fall
};

// The points a tally supports: ten a decade from 1e-1 down to 1e-6, each with at least ten false
// matches and inside the tally's kept part. With a crowd the upper limit is the larger of
// Clopper-Pearson's and that of the bootstrap over people. Only `points` and the numbers of pairs
// are filled. Errors: curve.too_few_pairs.
Result<MeasuredCurve> measure_curve(const Tally& tally, const Crowd* crowd, int draws,
                                    std::uint64_t seed);

// The stated false-match rate. Between points log-linear through the *upper limits*. Beyond the
// last point with the slope of the last measured decade, before the first with that of the first:
// the logarithm of an impostor tail is concave, so both state more false matches than there are. Of
// several curves (one per group of people) the worst one counts at every score, so the stated rate
// holds in each group without anybody having to be put into one. Always within 1e-6..1 and never
// rising with the score.
class FalseMatchCurve {
 public:
  // Errors: curve.malformed, also when there is none.
  static Result<FalseMatchCurve> of(std::span<const MeasuredCurve> curves);

  double rate(double score) const;
  double threshold(double rate) const;  // the inverse; `rate` is clamped to 1e-6..1

 private:
  struct Knot {
    double score;
    double log_rate;
  };
  std::vector<std::vector<Knot>> lines_;
};

// A curve file (models/curves.json is one): `{"format":1,"models":{"<model>":[curve…]}}`.
// Errors: curve.malformed, curve.no_such_model.
Result<std::vector<MeasuredCurve>> parse_curves(std::string_view text, std::string_view model);

// The file `text` ("" = a new one) with the curves of `model` replaced. Errors: curve.malformed.
Result<std::string> with_curves(std::string_view text, std::string_view model,
                                std::span<const MeasuredCurve> curves);

// models/curves.json as it was when the program was built.
std::string_view shipped_curves();

// From now on false_match_rate() and threshold_for() go by this curve file for the models it speaks
// of, and by the shipped one for the others. Call at start, before other threads compare. Errors:
// as parse_curves; then nothing has changed.
Status use_curves(std::string_view text);

// The curves in force for a model of match.h.
std::span<const MeasuredCurve> curves_in_use(std::string_view model);

}  // namespace mq::vision
