#include "vision/document/card_name.h"

#include <gtest/gtest.h>

namespace mq::vision {
namespace {

// A name as read, one glyph a character, with the ink that fits it.
struct Case {
  Passage name;
  ReadLine again;
  std::vector<InkWitness> ink;

  Case& character(const std::string& text, float confidence = 0.999F) {
    name.glyphs.push_back({text, confidence, 0});
    name.text += text;
    again.glyphs.push_back({text, 0.99F, 0});
    InkWitness witness;
    witness.after = name.glyphs.size() - 1;
    witness.read = true;
    witness.score = 0.95F;
    witness.nearest = {{text, 0.95F}, 0.80F};
    ink.push_back(witness);
    return *this;
  }
  NameJudgement judge() const {
    return judge_name(name, again, ink, [](const std::string& c) { return c != "媵"; });
  }
};

bool has(const NameJudgement& judgement, NameDoubt doubt) {
  return std::find(judgement.doubts.begin(), judgement.doubts.end(), doubt) !=
         judgement.doubts.end();
}

TEST(JudgeName, IsSureWhenAllWitnessesAgree) {
  const NameJudgement out = Case().character("王").character("小").character("明").judge();
  EXPECT_EQ(out.text, "王小明");
  EXPECT_TRUE(out.doubts.empty());
}

TEST(JudgeName, InkWithoutACharacterIsALostOne) {
  Case one = Case().character("石").character("玉");
  InkWitness lost;
  lost.after = 1;
  lost.nearest = {{"䴘", 0.92F}, 0.80F};
  one.ink.insert(one.ink.begin() + 1, lost);
  const NameJudgement out = one.judge();
  EXPECT_TRUE(has(out, NameDoubt::character_lost));
  EXPECT_EQ(out.text, "石䴘玉") << "put in where the ink is like one character alone";

  one.ink[1].nearest.runner_up = 0.90F;
  EXPECT_EQ(one.judge().text, "石玉") << "not put in where it is like several";
  EXPECT_TRUE(has(one.judge(), NameDoubt::character_lost));
}

TEST(JudgeName, InkThatIsClearlyAnotherCharacterIsBelievedAndAskedAbout) {
  Case one = Case().character("丁").character("春").character("岩", 0.994F);
  one.ink[2].score = 0.80F;
  one.ink[2].nearest = {{"𬒈", 0.94F}, 0.80F};
  const NameJudgement out = one.judge();
  EXPECT_TRUE(has(out, NameDoubt::looks_otherwise));
  EXPECT_EQ(out.text, "丁春𬒈");
}

TEST(JudgeName, UnclearInkAccusesNobody) {
  Case one = Case().character("丁").character("春");
  one.ink[1].score = 0.50F;
  one.ink[1].nearest = {{"舂", 0.70F}, 0.50F};
  EXPECT_TRUE(one.judge().doubts.empty());
  EXPECT_EQ(one.judge().text, "丁春");
}

TEST(JudgeName, AnUnsureCharacterNeedsTheInkToVouchForIt) {
  Case one = Case().character("朱").character("明", 0.6F);
  EXPECT_TRUE(one.judge().doubts.empty());
  one.ink[1].nearest.runner_up = 0.94F;  // nearly as like another
  EXPECT_TRUE(has(one.judge(), NameDoubt::unsure));
  EXPECT_EQ(one.judge().text, "朱明");
}

TEST(JudgeName, ARareCharacterNeedsMoreThanACommonOne) {
  Case common = Case().character("姚").character("明", 0.98F),
       rare = Case().character("姚").character("皙", 0.98F);
  common.ink[1].nearest.runner_up = rare.ink[1].nearest.runner_up = 0.94F;
  EXPECT_TRUE(common.judge().doubts.empty());
  EXPECT_TRUE(has(rare.judge(), NameDoubt::unsure));
}

TEST(JudgeName, ARareCharacterOfAKnownSurnameDoesNot) {
  Case one = Case().character("邬", 0.98F).character("明");
  one.ink[0].nearest.runner_up = 0.94F;
  EXPECT_TRUE(one.judge().doubts.empty());
}

TEST(JudgeName, ReadersThatDifferWithoutInkToDecide) {
  Case one = Case().character("邓").character("暖").character("欣");
  one.again.glyphs[1].text = "暧";
  EXPECT_TRUE(one.judge().doubts.empty()) << "the ink says the same as the first reader";
  one.ink[1].nearest.runner_up = 0.94F;
  EXPECT_TRUE(has(one.judge(), NameDoubt::readers_differ));
  one.again.glyphs.erase(one.again.glyphs.begin() + 1);
  EXPECT_TRUE(has(one.judge(), NameDoubt::readers_differ)) << "left out by the second";
}

TEST(JudgeName, ACharacterUnknownToTheSecondReaderMayBeMissingThere) {
  Case one = Case().character("赵").character("媵");
  one.ink[1].nearest.runner_up = 0.94F;
  one.again.glyphs.pop_back();
  EXPECT_FALSE(has(one.judge(), NameDoubt::readers_differ));
}

TEST(JudgeName, DotsAreNotComparedAndAllOfOneKind) {
  Case one = Case().character("阿").character("・", 0.5F).character("木");
  one.again.glyphs[1].text = "·";
  one.ink[1].nearest = {{"拳", 0.9F}, 0.7F};
  const NameJudgement out = one.judge();
  EXPECT_TRUE(out.doubts.empty());
  EXPECT_EQ(out.text, "阿·木");
}

TEST(JudgeName, SharpInkThatIsNearerToALookAlikeIsADoubtWithoutSayingWhichItIs) {
  Case one = Case().character("赵").character("暖", 0.96F).character("辉");
  one.ink[1].score = 0.92F;
  one.ink[1].nearest = {{"暧", 0.956F}, 0.92F};
  EXPECT_TRUE(has(one.judge(), NameDoubt::looks_otherwise));
  EXPECT_EQ(one.judge().text, "赵暖辉");
  one.ink[1].score = 0.84F;
  one.ink[1].nearest = {{"暧", 0.876F}, 0.84F};
  EXPECT_TRUE(one.judge().doubts.empty()) << "not as sharp";
}

TEST(JudgeName, FaintLikenessDoesNotVouchForARareCharacterOrAgainstTheSecondReader) {
  Case rare = Case().character("戴").character("美").character("禔", 0.987F);
  EXPECT_TRUE(rare.judge().doubts.empty());
  rare.ink[2].score = 0.807F;
  rare.ink[2].nearest = {{"禔", 0.807F}, 0.746F};
  EXPECT_TRUE(has(rare.judge(), NameDoubt::unsure));

  Case differs = Case().character("库", 0.95F).character("明");
  differs.again.glyphs[0].text = "厍";
  EXPECT_FALSE(has(differs.judge(), NameDoubt::readers_differ));
  differs.ink[0].score = 0.738F;
  differs.ink[0].nearest = {{"库", 0.738F}, 0.670F};
  EXPECT_TRUE(has(differs.judge(), NameDoubt::readers_differ));
}

TEST(JudgeName, ACompoundSurnameAloneHasLostWhatFollows) {
  EXPECT_TRUE(has(Case().character("长").character("孙").judge(), NameDoubt::unlikely));
  EXPECT_TRUE(Case().character("长").character("孙").character("明").judge().doubts.empty());
}

TEST(JudgeName, OneCharacterIsAskedAboutUnlessItsInkIsPlainlyIt) {
  Case one = Case().character("王");
  EXPECT_TRUE(one.judge().doubts.empty());
  one.ink[0].score = one.ink[0].nearest.best.score = 0.84F;
  EXPECT_TRUE(has(one.judge(), NameDoubt::unlikely));
  Case more = Case().character("王");
  InkWitness lost;
  lost.after = 1;
  lost.nearest = {{"䴘", 0.70F}, 0.69F};
  more.ink.push_back(lost);
  EXPECT_TRUE(has(more.judge(), NameDoubt::unlikely)) << "ink is left over";
  EXPECT_TRUE(has(Case().character("长").character("孙").judge(), NameDoubt::unlikely));
}

TEST(JudgeName, ASurnameInNoListIsADoubtUnlessAllOfALongerNameIsCertain) {
  Case tibetan = Case().character("扎").character("西").character("顿").character("珠");
  EXPECT_TRUE(tibetan.judge().doubts.empty());
  tibetan.ink[2].nearest.runner_up = 0.94F;
  EXPECT_TRUE(tibetan.judge().doubts.empty()) << "both readers are sure of a common character";
  tibetan.name.glyphs[2].confidence = 0.96F;
  EXPECT_TRUE(has(tibetan.judge(), NameDoubt::unlikely));
  Case three = Case().character("扎").character("西").character("顿");
  EXPECT_TRUE(three.judge().doubts.empty());
  three.ink[2].nearest.runner_up = 0.94F;
  EXPECT_TRUE(has(three.judge(), NameDoubt::unlikely));
  EXPECT_TRUE(has(Case().character("园").character("炀").judge(), NameDoubt::unlikely))
      << "a lost first character";
  EXPECT_TRUE(has(Case().character("名").character("端").character("木").character("荔").judge(),
                  NameDoubt::unlikely))
      << "what is left of the label";
}

TEST(JudgeName, FaintInkNearAnotherCharacterIsADoubtWhereTheRestIsSharp) {
  Case one = Case().character("毛").character("草");
  one.ink[1].score = 0.73F;
  one.ink[1].nearest = {{"䓬", 0.83F}, 0.82F};
  const NameJudgement doubted = one.judge();
  EXPECT_TRUE(has(doubted, NameDoubt::looks_otherwise));
  EXPECT_EQ(doubted.text, "毛草") << "too faint to say what it is";
  EXPECT_FALSE(doubted.vouched);
  one.ink[0].score = one.ink[0].nearest.best.score = 0.80F;
  EXPECT_TRUE(one.judge().doubts.empty()) << "blurred ink is like characters of many strokes";
}

TEST(JudgeName, TheReaderHasToBeSurerAgainstTheInk) {
  Case one = Case().character("陆").character("炯", 0.94F).character("弘");
  EXPECT_TRUE(one.judge().doubts.empty());
  one.ink[1].score = 0.80F;
  one.ink[1].nearest = {{"烔", 0.82F}, 0.80F};
  EXPECT_TRUE(has(one.judge(), NameDoubt::unsure));
  one.name.glyphs[1].confidence = 0.96F;
  EXPECT_TRUE(one.judge().doubts.empty());
}

TEST(JudgeName, InkAloneIsNotBelievedAgainstTheSecondReader) {
  Case one = Case().character("王").character("別", 0.50F).character("克");
  one.again.glyphs[1].text = "别";
  EXPECT_TRUE(has(one.judge(), NameDoubt::readers_differ));
  one.name.glyphs[1].confidence = 0.95F;
  EXPECT_TRUE(one.judge().doubts.empty()) << "two witnesses against one";
}

TEST(JudgeName, SaysWhetherTheInkVouchesForAllOfIt) {
  EXPECT_TRUE(Case().character("王").character("明").judge().vouched);
  Case one = Case().character("王").character("明");
  one.ink[1].nearest.runner_up = 0.94F;
  EXPECT_FALSE(one.judge().vouched);
}

}  // namespace
}  // namespace mq::vision
