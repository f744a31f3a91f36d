#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/curve_file.h"
#include "app/eval_measure.h"
#include "app/eval_report.h"
#include "app/eval_trial.h"
#include "app/face_support.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

class EvalFace : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "mq-eval-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& content) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  std::string read(const std::string& name) {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
};

// People point in directions of their own, and somewhat in a common one.
vision::FaceTemplate face_of(std::size_t person, float apart) {
  vision::FaceTemplate out;
  const float main = std::sqrt(1 - apart * apart);
  out.first[person] = out.second[person] = main;
  out.first[100] = out.second[100] = apart;
  return out;
}

// `people` with three photos each; the groups alternate.
Trial crowd(std::uint32_t people) {
  Trial out;
  out.people = people;
  out.groups = {"sex=female", "sex=male"};
  for (std::uint32_t i = 0; i < 3 * people; ++i) {
    out.photos.push_back("p" + std::to_string(i / 3) + "/" + std::to_string(i % 3) + ".jpg");
    out.person_of.push_back(i / 3);
    out.groups_of.push_back({i / 3 % 2});
  }
  return out;
}

Enrolled enrolled(const Trial& trial) {
  Enrolled out;
  for (std::size_t i = 0; i < trial.photos.size(); ++i) {
    out.templates.emplace_back(face_of(trial.person_of[i], 0.1F * static_cast<float>(i % 3)));
  }
  return out;
}

TEST_F(EvalFace, ReadsPairsWithTheirGroups) {
  const auto trial = read_pairs(file("pairs.csv",
                                     "\xEF\xBB\xBF"
                                     "a,b,same,group,sex\r\n"
                                     "1.jpg,2.jpg,1,set,f\r\n"
                                     "\r\n"
                                     "1.jpg,3.jpg,0,,m\r\n"
                                     "2.jpg,3.jpg,0,set,\r\n"));
  ASSERT_TRUE(trial.ok()) << trial.error().detail();
  EXPECT_EQ(trial->photos, (std::vector<std::string>{"1.jpg", "2.jpg", "3.jpg"}));
  EXPECT_EQ(trial->groups, (std::vector<std::string>{"set", "sex=f", "sex=m"}));
  ASSERT_EQ(trial->pairs.size(), 3U);
  EXPECT_TRUE(trial->pairs[0].same);
  EXPECT_EQ(trial->pairs[0].groups, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(trial->pairs[1].groups, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(trial->pairs[2].groups, (std::vector<std::uint32_t>{0}));
}

TEST_F(EvalFace, SaysWhichLineIsWrong) {
  const auto refused = [&](const std::string& content) {
    const auto trial = read_pairs(file("pairs.csv", content));
    EXPECT_TRUE(trial.error().is(FileErrc::invalid)) << content;
    return trial.error().detail();
  };
  EXPECT_NE(refused("a,b\n1,2\n").find("columns"), std::string::npos);
  EXPECT_NE(refused("a,b,same\n1,2,1\n1,2,yes\n").find("line 3"), std::string::npos);
  EXPECT_NE(refused("a,b,same\n1,2\n").find("line 2"), std::string::npos);
  EXPECT_NE(refused("a,b,same\n1,2,1,4\n").find("line 2"), std::string::npos);
  EXPECT_NE(refused("a,b,same\n,2,1\n").find("line 2"), std::string::npos);
  EXPECT_NE(refused("a,b,same\n").find("no pairs"), std::string::npos);
  EXPECT_TRUE(read_pairs((folder_ / "absent.csv").string()).error().is(FileErrc::unreadable));
  EXPECT_TRUE(read_pairs(folder_.string()).error().is(FileErrc::unreadable))
      << "a folder is no list";
}

TEST_F(EvalFace, AFolderIsAPersonAndAttributesAreGroups) {
  for (const char* name : {"ann/1.jpg", "ann/2.PNG", "bob/1.webp", "bob/notes.txt"})
    file("photos/" + std::string(name), "x");
  const auto by_person = file("people.csv", "person,sex,age\nann,f,30\nbob,m,30\ncarl,m,40\n");
  const auto trial = every_pair((folder_ / "photos").string(), "", by_person).value();
  EXPECT_EQ(trial.photos, (std::vector<std::string>{"ann/1.jpg", "ann/2.PNG", "bob/1.webp"}));
  EXPECT_EQ(trial.person_of, (std::vector<std::uint32_t>{0, 0, 1}));
  EXPECT_EQ(trial.people, 2U);
  EXPECT_EQ(trial.groups, (std::vector<std::string>{"sex=f", "age=30", "sex=m"}));
  EXPECT_EQ(trial.groups_of[1], (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(trial.groups_of[2], (std::vector<std::uint32_t>{1, 2}));

  const auto by_photo = file("photos.csv", "photo,light\nbob/1.webp,dark\n");
  EXPECT_EQ(every_pair((folder_ / "photos").string(), "", by_photo)->groups_of[2].size(), 1U);
  const auto neither = file("other.csv", "name,light\nbob,dark\n");
  EXPECT_TRUE(every_pair((folder_ / "photos").string(), "", neither).error().is(FileErrc::invalid));
  EXPECT_TRUE(every_pair((folder_ / "nowhere").string(), "", "").error().is(FileErrc::unreadable));
  fs::create_directory(folder_ / "empty");
  EXPECT_TRUE(every_pair((folder_ / "empty").string(), "", "").error().is(FileErrc::invalid));
}

TEST_F(EvalFace, MissingPhotosAreToldBeforeTheModelsLoad) {
  const auto trial = read_pairs(file("pairs.csv", "a,b,same\nabsent.jpg,other.jpg,1\n")).value();
  const auto found = enroll(trial, folder_.string(), "no models here", 1);
  EXPECT_TRUE(found.error().is(FileErrc::unreadable));
  EXPECT_NE(found.error().detail().find("absent.jpg"), std::string::npos);
}

TEST_F(EvalFace, MeasuresEverybodyAndEachGroup) {
  const Trial trial = crowd(20);
  Enrolled photos = enrolled(trial);
  photos.templates[0].reset();  // one photo of person 0, who is in the first group
  const auto found = measure(trial, photos, vision::kTemplateModel);
  ASSERT_EQ(found.size(), 3U);
  const Measured &all = found[0], &female = found[1], &male = found[2];
  EXPECT_EQ(all.pairs, 60U * 59 / 2);
  EXPECT_EQ(all.tally.genuine().size(), 60U);
  EXPECT_EQ(all.tally.impostor_pairs(), 60U * 57 / 2 - 57) << "without the photo that failed";
  EXPECT_EQ(all.failed.count, 1U);
  EXPECT_EQ(all.people, 20U);
  EXPECT_EQ(all.stated.back().fnmr.count, 2U) << "its two pairs of one person are refused";
  EXPECT_EQ(female.photos, 30U);
  EXPECT_EQ(female.failed.count, 1U);
  EXPECT_EQ(male.failed.count, 0U);
  EXPECT_EQ(male.pairs, 30U * 29 / 2) << "pairs within the group";
  EXPECT_EQ(male.people, 10U);
  EXPECT_DOUBLE_EQ(*male.auc, 1);
  EXPECT_TRUE(male.at_rates[0].fnmr.people);
  EXPECT_EQ(male.at_rates.size(), 3U) << "too few pairs for 1e-5";
  EXPECT_TRUE(curve_of(male, trial).error().is(vision::CurveErrc::too_few_pairs));
}

TEST_F(EvalFace, AListKeepsItsOrderAndCountsFailures) {
  Trial trial =
      read_pairs(file("pairs.csv", "a,b,same,group\n1,2,1,x\n1,3,0,x\n2,3,0,y\n")).value();
  Enrolled photos;
  photos.templates = {face_of(0, 0), face_of(0, 0.1F), std::nullopt};
  const auto found = measure(trial, photos, vision::kEmbeddingModel);
  EXPECT_EQ(found[0].listed.size(), 3U);
  EXPECT_EQ(found[0].listed[1].score, -1);
  EXPECT_EQ(found[0].tally.impostor_pairs(), 0U);
  EXPECT_FALSE(found[0].auc);
  EXPECT_FALSE(found[0].two_fold);
  EXPECT_EQ(found[2].failed.count, 1U);
  EXPECT_EQ(found[2].stated.back().fnmr.of, 0U);
}

TEST_F(EvalFace, ReportSaysWhatItMust) {
  Trial trial = crowd(20);
  trial.photos[0] = "p0/<script>alert(1)</script>.jpg";
  trial.groups[0] = "origin=<b>";
  Enrolled photos = enrolled(trial);
  photos.templates[0].reset();
  vision::ModelFile net;
  net.file = "net.onnx";
  net.sha256 = "ab12";
  net.package = "pack";
  net.version = "1.0";
  const std::vector<vision::ModelFile> models = {net};
  const auto written =
      write_report((folder_ / "report").string(), {"our staff", "2026-11-22", models}, trial,
                   measure(trial, photos, vision::kTemplateModel));
  ASSERT_TRUE(written.ok());
  const std::string page = read("report/report.html");
  for (const char* wanted : {"our staff", "2026-11-22", "sex=male", "Wilson", "Clopper-Pearson",
                             "over people", "<svg", "polygon", "&lt;script&gt;", "origin=&lt;b&gt;",
                             "no face found", "ab12", "pack@1.0", "fr_feature@0.0.1"}) {
    EXPECT_NE(page.find(wanted), std::string::npos) << wanted;
  }
  for (const char* unwanted : {"<script", "<b>", "src=", "href="}) {
    EXPECT_EQ(page.find(unwanted), std::string::npos) << unwanted;
  }
  EXPECT_TRUE(read("report/det.svg").starts_with("<svg"));
  EXPECT_NE(read("report/scores.svg").find("</svg>"), std::string::npos);
  const auto blocked = file("file", "x") + "/report";
  EXPECT_FALSE(
      write_report(blocked, {"", "", {}}, trial, measure(trial, photos, vision::kTemplateModel))
          .ok());
}

TEST_F(EvalFace, CurveFilesAreReadOrRefused) {
  EXPECT_TRUE(use_curve_file("").ok());
  EXPECT_TRUE(use_curve_file((folder_ / "absent.json").string()).error().is(FileErrc::unreadable));
  EXPECT_EQ(*read_curve_file((folder_ / "absent.json").string()), "");
  const auto refused = use_curve_file(file("bad.json", "{}"));
  EXPECT_TRUE(refused.error().is(vision::CurveErrc::malformed));
  EXPECT_NE(refused.error().detail().find("bad.json"), std::string::npos);
  EXPECT_TRUE(read_curve_file(file("large.json", std::string(1'000'001, ' ')))
                  .error()
                  .is(FileErrc::invalid));
}

}  // namespace
}  // namespace mq::app
